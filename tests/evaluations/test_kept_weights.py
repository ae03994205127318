"""A recorded trial whose weights were kept is evaluated with them, by its own process, and nothing is trained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_architectures import architecture
from fake_backend import NAME, FakeBackend, forking_engine

from harness.app.training.benchmark import Benchmark, plan_benchmark
from harness.app.training.kept import KeptWeightsFinder
from harness.app.training.recording import run_benchmark
from harness.app.training.sentences import plan_sentences
from harness.execute.engine import EngineOptions, TrialEnded
from harness.planning.plan import Plan, Status
from harness.planning.settings import Settings
from harness.records.environment import current_environment
from harness.records.record import Evaluation
from harness.records.store import Store
from harness.worker.backend import Array

pytest_plugins = ["fake_training"]
THREE, FIVE, EIGHT = (architecture(f"of_{epochs}", epochs=epochs) for epochs in (3, 5, 8))


def benchmark(folder: Path, *evaluations: str) -> Benchmark:
    settings = Settings(seeds=(0, 1), backend=NAME, evaluations=evaluations)
    return Benchmark((FIVE,), settings, current_environment(threads=1, backend=NAME), Store(folder))


def planned(of: Benchmark) -> Plan:
    return plan_benchmark(of).with_weights(KeptWeightsFinder(of))


def run(of: Benchmark, *, keep_weights: bool = False) -> list[TrialEnded]:
    options = EngineOptions(
        2,
        checkpoints=of.store.checkpoints(of.environment.id),
        keep_weights=keep_weights,
        kept=KeptWeightsFinder(of),
    )
    events = run_benchmark(of, planned(of), forking_engine(options))
    return [event for event in events if isinstance(event, TrialEnded)]


def evaluated(of: Benchmark, evaluation: str) -> list[Evaluation]:
    last = [record.finished_epochs[-1] for record in of.store.load().records]
    return [epoch.evaluations[evaluation] for epoch in last]


def no_training(backend: FakeBackend) -> None:
    """Let every trial that trains an epoch fail."""

    def fail() -> None:
        raise AssertionError

    backend.actions[1] = fail


@pytest.fixture
def recorded(fake_backend: FakeBackend, tmp_path: Path) -> Path:
    """Return a results folder of two trials with their weights; trials that train from now on fail."""
    run(benchmark(tmp_path), keep_weights=True)
    no_training(fake_backend)
    return tmp_path


def test_weights_that_were_kept_are_evaluated_without_training(recorded: Path) -> None:
    before = {path: path.read_bytes() for path in recorded.glob("records/*/*")}
    of = benchmark(recorded, "shift", "calibration")
    assert [(one.status, one.from_weights) for one in planned(of).pending] == [(Status.EVALUATE, True)] * 2
    assert plan_sentences(planned(of), 1)[-2].startswith("2 of 2 trials to evaluate, one at a time: about ")
    assert [ended.outcome.failure for ended in run(of)] == [None, None]
    assert plan_benchmark(of).pending == ()
    assert {path: path.read_bytes() for path in before} == before
    assert of.store.load().unreadable == ()


def test_they_give_what_training_again_gives(fake_backend: FakeBackend, recorded: Path, tmp_path: Path) -> None:
    kept, trained = benchmark(recorded, "shift"), benchmark(tmp_path / "trained", "shift")
    run(kept)
    fake_backend.actions.clear()
    run(trained)
    for one, other in zip(evaluated(kept, "shift"), evaluated(trained, "shift"), strict=True):
        assert (one.metrics, one.predictions_sha256) == (other.metrics, other.predictions_sha256)


def test_an_epoch_whose_weights_were_not_kept_is_trained_again(fake_backend: FakeBackend, recorded: Path) -> None:
    of = replace(benchmark(recorded, "shift"), architectures=(THREE, FIVE))
    assert [one.from_weights for one in planned(of).pending] == [False, False]
    fake_backend.actions.clear()
    assert [ended.outcome.failure for ended in run(of)] == [None, None]
    assert plan_benchmark(of).pending == ()


@pytest.mark.parametrize("failed", [False, True])
def test_a_longer_training_is_trained_whatever_was_kept_of_the_shorter_one(
    fake_backend: FakeBackend, recorded: Path, *, failed: bool
) -> None:
    of = replace(benchmark(recorded, "shift"), architectures=(EIGHT,))
    if failed:
        run(of)
    assert {one.status for one in planned(of).pending} == {Status.RETRY if failed else Status.EXTEND}
    assert not planned(of).evaluated
    fake_backend.actions.clear()
    assert [ended.outcome.measurement and len(ended.outcome.measurement.epochs) for ended in run(of)] == [8, 8]
    assert planned(of).pending == ()


@pytest.mark.parametrize("change", [lambda array: array.view(np.int64), lambda array: array.reshape(2, -1)])
def test_weights_of_another_type_or_shape_are_no_weights_though_their_bytes_are_the_same(
    fake_backend: FakeBackend, recorded: Path, tmp_path: Path, change: Callable[[Array], Array]
) -> None:
    kept, trained = benchmark(recorded, "shift"), benchmark(tmp_path / "trained", "shift")
    for path in recorded.glob("records/*/*.weights-epoch5.npz"):
        with np.load(path) as arrays:
            weights = [arrays[name] for name in arrays.files]
        np.savez(path, *map(change, weights))
    fake_backend.actions.clear()
    for of in (kept, trained):
        assert [ended.outcome.failure for ended in run(of)] == [None, None]
    assert [one.metrics for one in evaluated(kept, "shift")] == [one.metrics for one in evaluated(trained, "shift")]


def test_the_checkpoint_of_a_longer_training_under_way_stays(recorded: Path) -> None:
    of = benchmark(recorded, "shift")
    checkpoint = of.store.checkpoint(of.environment.id, planned(of).pending[0].trial.name)
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    checkpoint.write_bytes(b"seven epochs of eight")
    run(of)
    assert checkpoint.exists()


@pytest.mark.parametrize("content", [b"", b"not weights"])
def test_damaged_weights_are_no_weights(fake_backend: FakeBackend, recorded: Path, content: bytes) -> None:
    of = benchmark(recorded, "shift")
    for path in recorded.glob("records/*/*seed0.weights-epoch5.npz"):
        path.write_bytes(content)
    assert {one.trial.seed: one.from_weights for one in planned(of).pending} == {0: False, 1: True}
    assert "2 of 2 trials to train or evaluate, one at a time" in plan_sentences(planned(of), 1)[-3]
    assert plan_sentences(planned(of), 1)[-2:] == (
        "1 of them is recorded, to be trained again to the same bits for shift.",
        "1 of them is recorded with the weights, which are enough for shift.",
    )
    fake_backend.actions.clear()
    run(of)
    assert plan_benchmark(of).pending == ()


def test_weights_of_another_seed_are_no_weights(recorded: Path) -> None:
    first, second = sorted(recorded.glob("records/*/*.weights-epoch5.npz"))
    first.write_bytes(second.read_bytes())
    assert [one.from_weights for one in planned(benchmark(recorded, "shift")).pending] == [False, True]


def test_what_was_recorded_in_another_environment_is_not_evaluated_as_if_it_were_from_here(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = benchmark(recorded, "shift")
    here = of.environment
    there = here.model_copy(update={"numerics": here.numerics.model_copy(update={"numpy": "0.0.1"})})
    monkeypatch.setattr("harness.worker.process.current_environment", lambda *_, **__: there)
    assert {ended.outcome.failure and ended.outcome.failure.kind for ended in run(of)} == {"error"}, "it was trained"
