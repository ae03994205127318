"""Cores are shared out trial by trial: by this run, and by others on the same machine."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path

from harness.execute.core_pool import CorePool


def test_each_trial_has_cores_of_its_own(tmp_path: Path) -> None:
    pool = CorePool((0, 2, 4, 6), tmp_path)
    assert [pool.take(2), pool.take(2)] == [(0, 2), (4, 6)]
    pool.give_back((4, 6))
    assert pool.take(1) == (4,)


def test_trials_of_two_runs_take_different_cores(tmp_path: Path) -> None:
    first, second = CorePool((0, 1, 2), tmp_path), CorePool((0, 1, 2), tmp_path)
    assert (first.take(1), second.take(1), first.take(1)) == ((0,), (1,), (2,))


def test_where_too_few_cores_are_free_those_with_the_fewest_trials_are_shared(tmp_path: Path) -> None:
    first, second, third = (CorePool((0, 1), tmp_path) for _ in range(3))
    assert first.take(2) == (0, 1)
    assert [second.take(1), third.take(1), second.take(1)] == [(0,), (1,), (0,)]
    third.give_back((1,))
    assert third.take(1) == (1,)


def test_the_next_trial_takes_the_core_that_another_run_has_left(tmp_path: Path) -> None:
    ending, going_on = CorePool((0, 1), tmp_path), CorePool((0, 1), tmp_path)
    assert [ending.take(1), ending.take(1)] == [(0,), (1,)]
    assert going_on.take(1) == (0,)
    ending.give_back((1,))
    going_on.give_back((0,))
    assert going_on.take(1) == (1,)


def test_a_run_that_holds_none_of_the_locks_is_pinned_to_nothing(tmp_path: Path) -> None:
    pool = CorePool((), tmp_path)
    assert pool.take(1) == ()
    pool.give_back(())
    assert not list(tmp_path.iterdir())


def take_one_and_tell(locks: Path, parent: Connection) -> None:
    pool = CorePool((0, 1), locks)
    parent.send(pool.take(1))
    parent.recv()


def test_a_killed_run_holds_no_core(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    other = context.Process(target=take_one_and_tell, args=(tmp_path, there))
    other.start()
    assert here.recv() == (0,)
    assert CorePool((0, 1), tmp_path).take(1) == (1,)
    other.kill()
    other.join()
    assert CorePool((0, 1), tmp_path).take(2) == (0, 1)


def test_cores_are_shared_evenly_where_no_lock_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    pool = CorePool((0, 1), tmp_path / "file")
    assert [pool.take(1), pool.take(1), pool.take(1)] == [(0,), (1,), (0,)]
