"""The queue: each trial goes to one run only, and what another run has recorded is not handed out."""

from __future__ import annotations

from pathlib import Path

from fake_trials import dense_trial

from harness.execute.queue import InOrder, SharedQueue

TRIALS = [dense_trial(seed) for seed in range(3)]


def queue(folder: Path, recorded: set[str] | None = None) -> SharedQueue:
    known = recorded if recorded is not None else set()
    return SharedQueue(TRIALS, lambda trial: trial.name in known, folder)


def test_trials_come_in_order(tmp_path: Path) -> None:
    with queue(tmp_path) as one:
        assert [one.take() for _ in TRIALS] == TRIALS
        assert one.take() is None
        assert one.exhausted()


def test_a_trial_that_another_run_holds_is_left_to_it(tmp_path: Path) -> None:
    with queue(tmp_path) as one, queue(tmp_path) as other:
        assert one.take() == TRIALS[0]
        assert other.take() == TRIALS[1]
        assert one.take() == TRIALS[2]
        assert other.take() is None
        assert not other.exhausted()


def test_what_another_run_has_recorded_meanwhile_is_not_trained_again(tmp_path: Path) -> None:
    recorded: set[str] = set()
    with queue(tmp_path, recorded) as one, queue(tmp_path, recorded) as other:
        first = one.take()
        assert first is not None
        recorded.add(first.name)
        one.release(first)
        assert other.take() == TRIALS[1]
        assert other.newly_recorded_elsewhere() == [first]
        assert other.newly_recorded_elsewhere() == []


def test_a_trial_whose_run_failed_goes_to_the_next(tmp_path: Path) -> None:
    with queue(tmp_path) as one, queue(tmp_path) as other:
        first = one.take()
        assert first is not None
        one.release(first)
        assert other.take() == first


def test_closing_lets_go_of_every_lock(tmp_path: Path) -> None:
    with queue(tmp_path) as one:
        assert one.take() == TRIALS[0]
    with queue(tmp_path) as other:
        assert other.take() == TRIALS[0]


def test_a_queue_of_its_own_hands_out_each_trial_once() -> None:
    queue = InOrder(TRIALS[:1])
    assert not queue.exhausted()
    assert [queue.take(), queue.take()] == [TRIALS[0], None]
    assert queue.exhausted()
