"""Claims about differences err no more often than their level allows, and the simulation tests as the program does."""

from __future__ import annotations

import re
from pathlib import Path

import difference_rates
import numpy as np
import pytest
from difference_rates import ALPHA, ROWS, RUNS, Row
from verdict_rates import LAWS

from harness.statistics.comparisons import paired, welch

STUDIES, SLACK = 4_000, 1.2
ERRORS = [row for row in ROWS if row.claims == 1]
PAGE = Path(__file__).parents[2] / "docs" / "verdicts.md"
# The mean of few runs hides a loss that one run in ten has, which the page says.
HIDDEN = "loses exactly .30: called at most that"


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: row.name)
def test_no_error_is_more_frequent_than_its_level(row: Row) -> None:
    for law in LAWS:
        if (row.name, law.name) != (HIDDEN, "dips"):
            assert max(row.rate(law, runs, STUDIES) for runs in RUNS) <= 100 * ALPHA + SLACK


def test_the_page_has_what_the_simulation_gives() -> None:
    text = PAGE.read_text()
    for row in ROWS:
        cells = re.search(rf"^\| {re.escape(row.name)} \|(.*)\|$", text, re.MULTILINE)
        assert cells is not None, row.name
        for law, cell in zip(LAWS, cells[1].split("|"), strict=True):
            shown = [float(rate) for rate in cell.split("/")]
            found = [row.rate(law, runs, STUDIES) for runs in RUNS]
            assert found == pytest.approx(shown, abs=2.5)


def test_the_simulation_tests_as_the_program_does() -> None:
    generator = np.random.default_rng(3)
    first, second = generator.normal(0.4, 0.1, (3, 8)), generator.normal(0, 0.2, (3, 8))
    estimates, ps = difference_rates.welch(first, second, 0.3)
    for ours, theirs, estimate, p in zip(first, second, estimates, ps, strict=True):
        found = welch([value - 0.3 for value in ours], list(theirs))
        assert found is not None
        assert (found.estimate, (found.p or 0) / 2) == pytest.approx((estimate, p))
    estimates, ps = difference_rates.student(first, 0.3)
    for ours, estimate, p in zip(first, estimates, ps, strict=True):
        alone = paired([value - 0.3 for value in ours], [0.0] * 8)
        assert alone is not None
        assert (alone.estimate, (alone.p or 0) / 2) == pytest.approx((estimate, p))
