"""Cores, memory, disk and data: what would stop a run is a problem, what would slow it is advice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.app.doctor.finding import State, homely
from harness.app.doctor.machine import Cores, cores, data, folder, memory, nearest_existing

GIB = 2**30


def test_a_quota_below_the_cores_is_told_with_the_jobs_that_fit() -> None:
    assert cores(Cores(8, 4, 4, None)).state is State.FINE
    assert cores(Cores(8, 4, 4, 4.0)).state is State.FINE
    found = cores(Cores(8, 4, 4, 1.5))
    assert found.state is State.ADVICE
    assert found.remedy is not None
    assert found.remedy.startswith("bench run --jobs 1")


@pytest.mark.parametrize(("available", "state"), [(8, State.FINE), (1.5, State.ADVICE), (0.5, State.PROBLEM)])
def test_memory_for_one_trial_is_needed_and_for_all_cores_wanted(available: float, state: State) -> None:
    assert memory(int(available * GIB), jobs=2, largest_trial=GIB).state is state


def test_a_full_disk_or_a_read_only_folder_stops_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = tmp_path / "results" / "of" / "today"
    assert folder("results", new, 1).state is State.FINE
    assert not new.exists()
    assert nearest_existing(new) == tmp_path
    assert folder("results", new, 2**70).state is State.PROBLEM
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert folder("results", new, 1).state is State.PROBLEM


def test_missing_data_is_no_problem_since_a_run_fetches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    copy, cache = data()
    assert (copy.state, cache.state) == (State.ADVICE, State.FINE)
    assert copy.remedy is not None
    assert "bench data fetch mnist" in copy.remedy
    assert not (tmp_path / "cache").exists()


def test_the_home_folder_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert homely(tmp_path / "cache") == "~/cache"
    assert str(tmp_path) not in homely(tmp_path / "a" / "b")
