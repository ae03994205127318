"""Benchmarks on a slice of real MNIST that train in seconds, in real processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harness.app.training.benchmark import Benchmark, plan_benchmark
from harness.app.training.recording import run_benchmark
from harness.execute.engine import Engine, EngineOptions, TrialEvent, make_engine
from harness.planning.settings import Settings
from harness.records.environment import current_environment
from harness.records.record import Record
from harness.records.store import Store
from harness.spec.architecture import Architecture
from harness.spec.reading import read_architecture

SPECS = Path(__file__).parents[2] / "architectures"
# A multiple of the documents' batches: no smaller last one, which would be compiled apart, in every trial.
SLICE = Settings(train_examples=640, test_examples=500)


def spec(name: str) -> Architecture:
    return read_architecture(SPECS / f"{name}.yaml")


def real_benchmark(results: Path, architectures: Sequence[Architecture], seeds: tuple[int, ...] = (0,)) -> Benchmark:
    settings = replace(SLICE, seeds=seeds)
    return Benchmark(tuple(architectures), settings, current_environment(threads=1), Store(results))


def engine_for(benchmark: Benchmark, jobs: int = 2, timeout_seconds: float | None = None) -> Engine:
    checkpoints = benchmark.store.checkpoints(benchmark.environment.id)
    return make_engine(EngineOptions(jobs, timeout_seconds=timeout_seconds, checkpoints=checkpoints))


def train(benchmark: Benchmark, engine: Engine | None = None) -> list[TrialEvent]:
    return list(run_benchmark(benchmark, plan_benchmark(benchmark), engine or engine_for(benchmark)))


def records(benchmark: Benchmark) -> dict[str, Record]:
    return benchmark.store.load().of(benchmark.environment.id)


def numbers(record: Record) -> list[tuple[object, ...]]:
    """Everything that must be the same twice: all but the times."""
    assert record.measurement is not None
    timed = {"train_seconds", "train_cpu_seconds", "test_seconds", "test_cpu_seconds"}
    epochs = [
        tuple((name, value) for name, value in epoch.columns.items() if name not in timed)
        for epoch in record.measurement.epochs
    ]
    return [(record.fingerprint, record.seed, record.measurement.initial_weights_sha256), *epochs]
