"""The whole benchmark with the real engine, the real worker and the real store; only the backend trains nothing."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from fake_architectures import architecture
from fake_backend import NAME, FakeBackend, forking_engine

from harness.app.training.benchmark import Benchmark, plan_benchmark
from harness.app.training.recording import run_benchmark
from harness.execute.engine import EngineOptions, TrialBuilt, TrialEvent
from harness.planning.settings import Settings
from harness.records.environment import current_environment
from harness.records.record import Record
from harness.records.store import Store

pytest_plugins = ["fake_training"]
THREE, FIVE = architecture("three", epochs=3), architecture("five", epochs=5)


def benchmark(folder: Path) -> Benchmark:
    settings = Settings(seeds=(0, 1), backend=NAME)
    return Benchmark((THREE, FIVE), settings, current_environment(threads=1, backend=NAME), Store(folder))


def run(of: Benchmark, jobs: int = 2) -> list[TrialEvent]:
    options = EngineOptions(jobs, checkpoints=of.store.checkpoints(of.environment.id))
    return list(run_benchmark(of, plan_benchmark(of), forking_engine(options)))


def bits(of: Benchmark) -> dict[str, list[str]]:
    return {name: weights(record) for name, record in of.store.load().of(of.environment.id).items()}


def weights(record: Record) -> list[str]:
    assert record.measurement is not None
    return [epoch.weights_sha256 for epoch in record.measurement.epochs]


def test_records_are_found_where_their_own_processes_say_that_they_belong(
    fake_backend: FakeBackend, tmp_path: Path
) -> None:
    del fake_backend
    of = benchmark(tmp_path)
    run(of)
    assert {record.environment for record in of.store.load().records} == {of.environment}
    assert not plan_benchmark(of).pending


@pytest.mark.parametrize("epoch", [1, 2, 5])
def test_a_benchmark_whose_trials_were_killed_ends_with_the_bits_of_an_undisturbed_one(
    fake_backend: FakeBackend, tmp_path: Path, epoch: int
) -> None:
    undisturbed, killed = benchmark(tmp_path / "undisturbed"), benchmark(tmp_path / "killed")
    run(undisturbed)
    fake_backend.actions[epoch] = lambda: os.kill(os.getpid(), signal.SIGKILL)
    run(killed)
    failed = killed.store.load().records
    assert [record.failure.kind for record in failed if record.failure] == ["crash"] * 2
    fake_backend.actions.clear()
    events = run(killed)
    assert [event.resumed_epochs for event in events if isinstance(event, TrialBuilt)] == [epoch - 1] * 2
    assert bits(killed) == bits(undisturbed)
    assert {len(epochs) for epochs in bits(killed).values()} == {5}
    assert not list(killed.store.checkpoints(killed.environment.id).glob("*.npz"))
