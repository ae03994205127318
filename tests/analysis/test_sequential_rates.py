"""Looks until decided err no more often than a single one may, and the simulation judges as the program does."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import fake_records as fake
import numpy as np
import pytest
import sequential_rates
import verdict_rates
from sequential_rates import CLAIMS, CORRECTED, EVERY_RUN, Rates
from verdict_rates import Law

from harness.analysis.judging import look
from harness.analysis.runs import Study
from harness.declaration.values import WrittenFloat
from harness.planning.settings import Settings
from harness.records.design import Design, UntilDecided
from harness.spec.claims.metrics import TestAccuracy
from harness.statistics.multiplicity import ALPHA

STUDIES, SLACK = 1_000, 0.015
# True claims that are called reproduced in the end, in per cent, at least.
REPRODUCED = {"N, sd 0.08": 99, "N, sd 0.12": 95, "dips": 87}


@pytest.mark.parametrize("law", verdict_rates.LAWS, ids=lambda law: law.name)
def test_three_looks_keep_the_level_of_one(law: Law) -> None:
    found = sequential_rates.rates(law, CORRECTED, STUDIES, seed=1)
    assert found.false_refutation <= ALPHA
    assert max(found.edge_high, found.edge_low) <= ALPHA
    assert 100 * (found.reproduced + SLACK) >= REPRODUCED[law.name]
    assert found.point_high >= 0.9
    assert 10 <= found.runs < 20


@pytest.mark.parametrize("law", verdict_rates.LAWS, ids=lambda law: law.name)
def test_looks_after_every_run_do_not(law: Law) -> None:
    found = sequential_rates.rates(law, EVERY_RUN, 200, seed=1)
    assert max(found.false_refutation, found.edge_high, found.edge_low) > 2 * ALPHA


def test_the_rates_in_the_document_are_those_of_the_simulation() -> None:
    document = (Path(__file__).parents[2] / "docs" / "verdicts.md").read_text(encoding="utf-8")
    table = document[document.index("## Until decided") : document.index("Looking after every seed")]
    found = [sequential_rates.rates(law, CORRECTED, STUDIES, seed=2) for law in verdict_rates.LAWS]
    rows = [line.strip("| ").split(" | ")[1:] for line in table.splitlines() if re.search(r" \| [0-9.]+ \|$", line)]
    for row, field in zip(rows, fields(Rates), strict=True):
        simulated = [getattr(one, field.name) * (1 if field.name.startswith("runs") else 100) for one in found]
        assert [float(cell) for cell in row] == pytest.approx(simulated, abs=2), field.name


def test_the_simulation_decides_what_the_program_decides() -> None:
    law, generator = verdict_rates.dips(), np.random.default_rng(3)
    values = 0.95 + law.draw(generator, (CLAIMS, 40)) / 100
    published = np.round(0.95 + law.draw(generator, (CLAIMS,)) / 100 + np.where(np.arange(CLAIMS) % 3, 0, 0.01), 10)
    names = tuple(f"c{place:02}" for place in range(CLAIMS))
    entries = tuple(
        fake.entry(name, runs.tolist(), [TestAccuracy(value=WrittenFloat(f"{number:.10f}"), where="here")])
        for name, runs, number in zip(names, values, published, strict=True)
    )
    until = UntilDecided(architectures=names)
    found = look(Study(Settings(), entries, design=Design(seeds=(0, 1), until_decided=until)))
    ended = sequential_rates.judged_in_turn(100 * values[None], 100 * published[None], CORRECTED)
    decisions = [(verdict.decision, verdict.look) for verdict in found.verdicts.values()]
    simulated = [
        ("reproduced" if right else "refuted" if wrong else "inconclusive", int(runs) if right or wrong else None)
        for right, wrong, runs in zip(ended.reproduced[0], ended.refuted[0], ended.runs[0], strict=True)
    ]
    assert decisions == simulated
    assert {decision for decision, _ in decisions} >= {"reproduced", "refuted"}
