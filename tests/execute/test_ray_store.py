"""Ray's object store, which may be full or lose what it holds: the trial is lost, and no failure of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fake_digits
import pytest
from slow_trials import toy

from harness.data.cache import CachedCopy
from harness.execute.cluster import on_node
from harness.execute.cluster.liaison import Liaison
from harness.execute.cluster.messages import Delivered, Lost, Parcel, PlaceTrial, Report
from harness.execute.cluster.on_node import Host, Load, Shipped, carry
from harness.execute.engine import EngineOptions
from harness.execute.process_start import process_context
from harness.planning.settings import Settings
from harness.planning.trial import Trial, trial_computation
from harness.records.environment import Commit
from harness.worker.messages import Failed

FULL = "Failed to put object in object store because it is full."


class RayError(Exception):
    """As Ray's."""

    __module__ = "ray.exceptions"


class RayTaskError(RayError):
    """As Ray's: with what a task raised."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class FakeRay:
    """As much of Ray as a liaison needs to start an attempt and to hear of it."""

    exceptions = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError, OutOfMemoryError=MemoryError)

    def __init__(self, error: Exception) -> None:
        self.error = error

    def remote(self, **_: object) -> Callable[[object], object]:
        return lambda function: function

    def put(self, _: object) -> object:
        raise self.error

    def get(self, *_: object, **__: object) -> object:
        raise self.error

    def nodes(self) -> list[dict[str, Any]]:
        return []


class Heard:
    """The run's end of the line: what was said."""

    def __init__(self) -> None:
        self.reports: list[Report] = []

    def send(self, report: Report) -> None:
        self.reports.append(report)


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trial:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    copy = CachedCopy(fake_digits.declared())
    with copy.empty_incoming():
        copy.write(fake_digits.arrays(), source="a test")
    return Trial(trial_computation(toy(1), Settings()), 0, 1, ("toy",))


def liaison(monkeypatch: pytest.MonkeyPatch, error: Exception) -> tuple[Liaison, Heard]:
    monkeypatch.setitem(sys.modules, "ray", FakeRay(error))
    heard = Heard()
    return Liaison(EngineOptions(name="ray"), heard), heard  # type: ignore[arg-type]


def test_data_that_a_full_store_does_not_take_loses_the_attempt(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    made, heard = liaison(monkeypatch, RayError(FULL))
    made._place(PlaceTrial(7, "a", trial, None, 2**20))
    assert heard.reports == [Lost(7, FULL)]


@pytest.mark.parametrize(
    ("error", "report"),
    [
        (RayTaskError(RayError("the object is lost")), Lost(7, "the object is lost")),
        (RayTaskError(ValueError("bad")), Delivered(7, Parcel(Failed("error", "bad")))),
    ],
)
def test_what_a_task_raises_of_rays_loses_the_attempt_and_all_else_fails_the_trial(
    monkeypatch: pytest.MonkeyPatch, error: Exception, report: Report
) -> None:
    made, heard = liaison(monkeypatch, error)
    attempt = iter([object()])
    made._attempts[attempt] = 7
    made._pass_on(attempt)
    assert heard.reports[-1] == report


def test_data_that_a_node_can_not_fetch_loses_the_attempt(
    trial: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_: object) -> Iterator[object]:
        raise RayError("the object is lost")

    (host_folder := tmp_path / "host").mkdir()
    host = Host(host_folder, process_context("fork"), Commit("0" * 40, False), {"BENCH_CACHE": str(tmp_path / "none")})  # noqa: FBT003 - no changes
    monkeypatch.setattr(on_node, "this_host", lambda: host)
    monkeypatch.setattr(on_node, "fetched", lost)
    attempt = carry(Load(trial, EngineOptions(), Shipped(trial.computation.data, object())))
    assert next(attempt) == Parcel(None)
    with pytest.raises(RayError, match="the object is lost"):
        next(attempt)
