"""Versions and settings that would change what is trained are found, each with a remedy."""

from __future__ import annotations

import pytest
from fake_trials import ENVIRONMENT, elsewhere

from harness.app.doctor.finding import State
from harness.app.doctor.setup import harness_commit, onednn, versions

PINNED = {"tensorflow": "2.21.0", "keras": "3.15.1"}


def test_the_versions_of_the_committed_results_are_fine() -> None:
    assert versions(ENVIRONMENT, PINNED).state is State.FINE


def test_another_minor_version_is_advised_against() -> None:
    found = versions(elsewhere(keras="3.14.2"), PINNED)
    assert (found.state, found.remedy) == (State.ADVICE, "pip install 'keras~=3.15.1'")


def test_a_missing_library_stops_a_run() -> None:
    found = versions(elsewhere(tensorflow="unknown"), PINNED)
    assert found.state is State.PROBLEM
    assert "tensorflow" in found.what


@pytest.mark.parametrize("changes", [{"onednn": False}, {"onednn_max_isa": "AVX2"}])
def test_a_limited_onednn_is_advised_against(changes: dict[str, object]) -> None:
    assert onednn(ENVIRONMENT).state is State.FINE
    assert onednn(elsewhere(**changes)).state is State.ADVICE


def test_uncommitted_changes_are_told() -> None:
    assert harness_commit(ENVIRONMENT).state is State.FINE
    assert harness_commit(ENVIRONMENT.model_copy(update={"uncommitted_changes": True})).state is State.ADVICE
