"""What would never end is refused with its reason before anything starts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fake_trials import dense_trial

from harness.app.plan import check_affordable
from harness.app.run import RunOptions, run
from harness.errors import Unaffordable
from harness.planning.plan import Plan, PlannedTrial, Status

HUGE = """
title: x
dataset: mnist
layers:
  - Flatten
  - Dense: {units: 30000}
  - Dense: {units: 10, activation: softmax}
training: {optimizer: adam, loss: categorical_crossentropy, batch_size: 64, epochs: 1000000}
"""


def plan(days: float) -> Plan:
    return Plan(tuple(PlannedTrial(dense_trial(seed), Status.PENDING, days * 86_400) for seed in (0, 1)))


def test_more_days_than_anybody_waits_are_refused_once_for_all_seeds() -> None:
    check_affordable(plan(29))
    with pytest.raises(Unaffordable) as refused:
        check_affordable(plan(40))
    assert str(refused.value).count("  - dense_16: about 40 days") == 1


def test_what_is_recorded_is_not_asked_about() -> None:
    check_affordable(Plan(tuple(replace(planned, status=Status.RECORDED) for planned in plan(40).trials)))


def test_a_run_of_it_starts_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "architectures"
    folder.mkdir()
    (folder / "huge.yaml").write_text(HUGE)
    with pytest.raises(Unaffordable, match=r"huge: about [\d,]+ days\n.*--timeout") as refused:
        run(RunOptions(architectures=folder, results=tmp_path / "results"))
    assert refused.value.exit_code == 2
    assert not (tmp_path / "results").exists()
