"""What would stop a run is a problem, what would slow it or change its bits is advice, each with a remedy."""

from __future__ import annotations

import doctest
import os
from pathlib import Path

import pytest
from fake_trials import ENVIRONMENT, elsewhere
from packaging.specifiers import SpecifierSet

from harness.app import inspections
from harness.app.inspections import (
    below_home,
    cores,
    data,
    folder,
    harness_commit,
    memory,
    nearest_existing,
    onednn,
    versions,
    wanted_versions,
)
from harness.data import declarations

GIB = 2**30
WANTED = {"tensorflow": SpecifierSet("~=2.21.0"), "keras": SpecifierSet("~=3.15.1"), "numpy": SpecifierSet(">=2.0,<3")}


def test_a_quota_below_the_cores_is_told_with_the_jobs_that_fit() -> None:
    assert cores(4, None).state == "fine"
    assert cores(4, 4.0).state == "fine"
    found = cores(4, 1.5)
    assert found.state == "advice"
    assert found.remedy is not None
    assert found.remedy.startswith("bench run --jobs 1")


@pytest.mark.parametrize(("available", "state"), [(8, "fine"), (1.5, "advice"), (0.5, "problem")])
def test_memory_for_one_trial_is_needed_and_for_all_cores_wanted(available: float, state: str) -> None:
    assert memory(int(available * GIB), jobs=2, largest_trial=GIB).state == state


def test_a_full_disk_or_a_read_only_folder_stops_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = tmp_path / "results" / "of" / "today"
    assert folder("results", new, 1).state == "fine"
    assert not new.exists()
    assert nearest_existing(new) == tmp_path
    assert folder("results", new, 2**70).state == "problem"
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert folder("results", new, 1).state == "problem"


def test_missing_data_is_no_problem_since_a_run_fetches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    declarations._read.cache_clear()  # as in a process of its own
    copy, cache = data(tmp_path, {"mnist"})
    assert (copy.state, cache.state) == ("advice", "fine")
    assert copy.remedy is not None
    assert "bench data fetch mnist" in copy.remedy
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["texts"]  # the declaration's, and no data


def test_the_home_folder_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert below_home(tmp_path / "cache") == "~/cache"
    assert str(tmp_path) not in below_home(tmp_path / "a" / "b")


def test_the_versions_of_the_committed_results_are_fine() -> None:
    assert versions(ENVIRONMENT, WANTED).state == "fine"


def test_another_minor_version_is_advised_against() -> None:
    found = versions(elsewhere(keras="3.14.2"), WANTED)
    assert (found.state, found.remedy) == ("advice", "pip install 'keras~=3.15.1'")


@pytest.mark.parametrize("version", ["2.21.0rc1", "2.21.0.dev20260101", "2.22.0", "something"])
def test_a_candidate_for_a_release_is_another_version(version: str) -> None:
    assert versions(elsewhere(tensorflow=version), WANTED).state == "advice"


def test_what_is_asked_for_is_what_the_package_declares() -> None:
    wanted = wanted_versions()
    assert {"tensorflow", "keras", "numpy"} <= set(wanted)
    assert "ruff" not in wanted
    assert "2.21.0" in wanted["tensorflow"]


def test_examples_in_docstrings_hold() -> None:
    outcome = doctest.testmod(inspections)
    assert (outcome.failed, outcome.attempted > 0) == (0, True)


def test_a_missing_library_stops_a_run() -> None:
    found = versions(elsewhere(tensorflow="unknown"), WANTED)
    assert found.state == "problem"
    assert "tensorflow" in found.what


@pytest.mark.parametrize("changes", [{"onednn": False}, {"onednn_max_isa": "AVX2"}])
def test_a_limited_onednn_is_advised_against(changes: dict[str, object]) -> None:
    assert onednn(ENVIRONMENT).state == "fine"
    assert onednn(elsewhere(**changes)).state == "advice"


def test_uncommitted_changes_are_told() -> None:
    assert harness_commit(ENVIRONMENT).state == "fine"
    assert harness_commit(ENVIRONMENT.model_copy(update={"uncommitted_changes": True})).state == "advice"
