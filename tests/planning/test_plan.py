"""The plan: one trial per computation and seed, less what is recorded, in an order that keeps cores busy."""

from __future__ import annotations

import pytest
from fake_architectures import architecture

from harness.planning.forecast import IMPORT_SECONDS, Forecast
from harness.planning.plan import Plan, Recorded, Status, make_plan
from harness.planning.settings import Settings, smoke
from harness.planning.trial import Trial
from harness.spec.architecture import Architecture

FIVE, EIGHT, OTHER = architecture("five", epochs=5), architecture("eight", epochs=8), architecture("other", units=32)


def planned(
    *architectures: Architecture, recorded: dict[str, Recorded] | None = None, seeds: tuple[int, ...] = (0, 1)
) -> Plan:
    return make_plan(architectures, Settings(seeds=seeds), recorded or {}, Forecast())


def test_architectures_that_compute_the_same_share_trials_up_to_the_last_epoch() -> None:
    plan = planned(FIVE, EIGHT, OTHER)
    assert plan.shared == (("five", "eight"),)
    assert sorted((one.trial.seed, one.trial.epochs) for one in plan.trials) == [(0, 5), (0, 8), (1, 5), (1, 8)]


def test_adding_an_architecture_changes_no_address() -> None:
    alone = {one.trial.name for one in planned(FIVE).trials}
    together = {one.trial.name for one in planned(FIVE, EIGHT).trials}
    assert alone == together


def test_seeds_take_turns_and_the_longest_of_a_round_goes_first() -> None:
    plan = planned(OTHER, FIVE, EIGHT)
    assert [one.trial.seed for one in plan.trials] == [0, 0, 1, 1]
    assert [one.seconds for one in plan.trials[:2]] == sorted((one.seconds for one in plan.trials[:2]), reverse=True)


def status(epochs: int, *, failed: bool) -> Status:
    name = planned(FIVE, seeds=(0,)).trials[0].trial.name
    return planned(FIVE, seeds=(0,), recorded={name: Recorded(epochs, failed)}).trials[0].status


def test_what_is_recorded_is_not_pending() -> None:
    assert status(5, failed=False) is Status.RECORDED
    assert status(8, failed=False) is Status.RECORDED


def test_a_shorter_record_is_extended_and_a_failure_tried_again() -> None:
    assert status(3, failed=False) is Status.EXTEND
    assert status(3, failed=True) is Status.RETRY
    assert status(0, failed=True) is Status.RETRY


def test_a_trial_that_failed_later_than_is_asked_for_is_recorded() -> None:
    assert status(5, failed=True) is Status.RECORDED


def test_a_trial_that_failed_after_its_last_epoch_is_tried_again_and_serves_whoever_asks_for_fewer() -> None:
    def statuses(asked: Architecture) -> list[Status]:
        name = planned(asked, seeds=(0,)).trials[0].trial.name
        known = {name: Recorded(8, failed=True, unfinished=True)}
        return [one.status for one in planned(asked, seeds=(0,), recorded=known).trials]

    assert statuses(EIGHT) == [Status.RETRY]
    assert statuses(FIVE) == [Status.RECORDED]


def test_a_plan_knows_its_wall_time() -> None:
    plan = planned(FIVE, OTHER, seeds=(0,))
    assert plan.seconds(jobs=1) == IMPORT_SECONDS + sum(one.seconds for one in plan.trials)
    assert plan.seconds(jobs=2) == IMPORT_SECONDS + max(one.seconds for one in plan.trials)
    assert Plan(()).seconds(jobs=2) == 0


def test_smoke_trials_are_other_trials() -> None:
    settings = Settings(seeds=(0,))
    full = make_plan([FIVE], settings, {}, Forecast()).trials[0].trial
    cut = make_plan([FIVE], smoke(settings), {}, Forecast()).trials[0].trial
    assert cut.fingerprint != full.fingerprint
    assert cut.epochs == 1


def test_what_a_trial_takes_is_found_out_once_for_all_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    predicted: list[Trial] = []

    def predict(_: Forecast, trial: Trial) -> float:
        predicted.append(trial)
        return 1.0

    monkeypatch.setattr(Forecast, "trial_seconds", predict)
    found = planned(FIVE, OTHER, seeds=tuple(range(3_000)))
    assert len({one.trial.name for one in found.trials}) == 6_000
    assert len(predicted) == 2
