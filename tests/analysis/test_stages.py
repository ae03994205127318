"""Every second of a trial stands in one stage, and unknown ones are unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_records import architectures, fake_trials, findings, remeasured
from fake_trials import CLOCKS, CONDITIONS

from harness.analysis.runs import ArchitectureResults
from harness.analysis.speed import stages
from harness.reporting.page import page
from harness.reporting.sections.speed import stages_table

CHOSEN = architectures("dense_512")
FOUND = findings(CHOSEN, fake_trials(CHOSEN, (0, 1, 2)))
(DENSE,) = FOUND.study.entries


def with_conditions(stolen: list[float | None], after: float = 199.0) -> ArchitectureResults:
    changes = [{"stolen_seconds": seconds, "calibration_after_gflops": after} for seconds in stolen]
    runs = zip(DENSE.runs, changes, strict=True)
    return replace(
        DENSE, runs=tuple(remeasured(run, conditions=CONDITIONS.model_copy(update=change)) for run, change in runs)
    )


def test_each_stage_is_the_median_over_the_seeds() -> None:
    found = stages(DENSE)
    shown = (found.start_up_seconds, found.compile_seconds, found.train_seconds, found.test_seconds)
    medians = [spread.median for spread in shown if spread]
    seconds = sorted(run.train_seconds for run in DENSE.runs)[1]
    assert medians == pytest.approx([CLOCKS.start_up_seconds, CLOCKS.compile_seconds, seconds, 0.4 * DENSE.epochs])
    assert found.processor_share == pytest.approx(0.99)
    assert (found.peak_memory_bytes, found.concurrent_trials) == (900 * 2**20, 1)


def test_the_loudest_seed_is_told() -> None:
    found = stages(with_conditions([0.0, 1.0, None], after=180.0))
    assert found.stolen_seconds == 1.0
    assert found.drift == pytest.approx(0.1)


def test_what_was_not_recorded_is_unknown() -> None:
    bare = tuple(remeasured(run, conditions=None, peak_memory_bytes=None) for run in DENSE.runs)
    found = stages(replace(DENSE, runs=bare))
    assert (found.peak_memory_bytes, found.stolen_seconds, found.drift) == (None, None, None)
    found = stages(replace(DENSE, runs=()))
    assert (found.start_up_seconds, found.train_seconds, found.concurrent_trials) == (None, None, None)


def test_the_page_tells_it() -> None:
    (row,) = stages_table(FOUND).rows
    assert row[:5] == ("dense_512", "1.00", "0.10", "0.10", "0.30")
    assert row[-1] == "0.5"
    assert "Where a trial's time goes" in page(FOUND)
