"""The time left: from the forecast at first, from the run's own epochs soon after."""

from __future__ import annotations

import pytest
from fake_architectures import architecture
from fake_trials import fake_epoch

from harness.app.time_left import TimeLeft
from harness.execute.engine import EpochEnded, Outcome, TrialBuilt, TrialEnded, TrialStarted
from harness.planning.forecast import IMPORT_SECONDS, Forecast
from harness.planning.plan import make_plan
from harness.planning.settings import Settings

FORECAST = Forecast(start_up_seconds=3.0, speed=0.01)  # a hundred times too slow
PLAN = make_plan([architecture("five")], Settings(seeds=(0, 1, 2, 3)), {}, FORECAST)
TRIALS = [planned.trial for planned in PLAN.trials]


def test_it_starts_with_the_plans_estimate() -> None:
    assert TimeLeft(PLAN, jobs=2).seconds(now=0.0) == PLAN.seconds(jobs=2) - IMPORT_SECONDS


def test_it_is_right_within_a_fifth_after_the_first_trials() -> None:
    time_left = TimeLeft(PLAN, jobs=1)
    now = 100.0
    time_left.observe(TrialStarted(TRIALS[0]), now)
    time_left.observe(TrialBuilt(TRIALS[0], 0), now := now + 3)
    for epoch in range(1, 6):
        time_left.observe(EpochEnded(TRIALS[0], fake_epoch(TRIALS[0], epoch)[0]), now := now + 2.2)
    time_left.observe(TrialEnded(TRIALS[0], Outcome(None)), now)
    assert time_left.seconds(now) == pytest.approx(3 * (3 + 5 * 2.2), rel=0.2)


def test_a_running_trial_counts_with_its_rest_only() -> None:
    time_left = TimeLeft(PLAN, jobs=4)
    for trial in TRIALS:
        time_left.observe(TrialStarted(trial), 0.0)
        time_left.observe(TrialBuilt(trial, 3), 3.0)
        time_left.observe(EpochEnded(trial, fake_epoch(trial, 4)[0]), 5.2)
    assert time_left.seconds(now=5.2) == pytest.approx(2.2, rel=0.1)
    assert time_left.seconds(now=6.2) == pytest.approx(1.2, rel=0.1)
    assert time_left.seconds(now=60.0) == 0.0
