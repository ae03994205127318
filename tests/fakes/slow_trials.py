"""Benchmarks of the slow backend on a toy data set, with a diary of which process trained which epoch where."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import fake_digits
import ray_cluster

import harness.backends
from harness.app.training.benchmark import Benchmark, plan_benchmark
from harness.app.training.recording import run_benchmark
from harness.data.cache import CachedCopy
from harness.execute.engine import Engine, EngineOptions, TrialEvent, open_site
from harness.execute.process_start import variables_set
from harness.planning.settings import Settings
from harness.records.environment import current_environment
from harness.records.record import Record
from harness.records.store import Store
from harness.spec.architecture import Architecture

NAME = "slow"
BACKENDS = ray_cluster.FAKES / "ray_site" / "backends"


@dataclass(frozen=True)
class Begun:
    """An epoch that a process began to train."""

    seed: int
    epoch: int
    process: int
    carrier: int
    node: str | None


@dataclass(frozen=True)
class Slow:
    """The folder of a test, its data and its diary."""

    folder: Path
    seconds: float = 0.3

    @property
    def variables(self) -> dict[str, str]:
        """What its processes have to know."""
        return {
            "SLOW_BACKEND_SECONDS": str(self.seconds),
            "SLOW_BACKEND_DIARY": str(self.folder / "diary"),
            "BENCH_CACHE": str(self.folder / "cache"),
        }

    @property
    def diary(self) -> list[Begun]:
        """What has begun so far."""
        path = self.folder / "diary"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [Begun(**json.loads(line)) for line in lines]

    def forget(self) -> None:
        """Begin the diary anew."""
        (self.folder / "diary").unlink(missing_ok=True)

    def node(self, name: str) -> dict[str, str]:
        """Return the variables of a node: it has data of its own, or none."""
        return {**self.variables, "BENCH_CACHE": str(self.folder / f"cache of {name}"), "SLOW_BACKEND_NODE": name}

    def benchmark(self, results: str, seeds: tuple[int, ...] = (0, 1), epochs: int = 4) -> Benchmark:
        settings = Settings(seeds=seeds, backend=NAME)
        environment = current_environment(threads=1, backend=NAME)
        return Benchmark((toy(epochs),), settings, environment, Store(self.folder / results))

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """Let this process know the backend and the data."""
        dataset = fake_digits.declared()
        with variables_set(self.variables):
            copy = CachedCopy(dataset)
            with copy.empty_incoming():
                copy.write(fake_digits.arrays(), source="a test")
            harness.backends.__path__.append(str(BACKENDS))
            try:
                yield
            finally:
                harness.backends.__path__.remove(str(BACKENDS))


def toy(epochs: int) -> Architecture:
    return Architecture.model_validate(
        {
            "name": "toy",
            "path": Path("toy.yaml"),
            "title": "Toy",
            "dataset": "toy",
            "data": fake_digits.declared(),
            "layers": ["Flatten", {"Dense": {"units": 10, "activation": "softmax"}}],
            "training": {
                "optimizer": "Adam",
                "loss": "categorical_crossentropy",
                "batch_size": 4,
                "epochs": epochs,
            },
        }
    )


def options_for(of: Benchmark, address: str | None = None) -> EngineOptions:
    checkpoints = of.store.checkpoints(of.environment.id)
    return EngineOptions(name="ray", address=address, checkpoints=checkpoints, backend=NAME)


def train(of: Benchmark, engine: Engine) -> Iterator[TrialEvent]:
    return run_benchmark(of, plan_benchmark(of), engine)


def train_on(slow: Slow, address: str, results: str, seeds: tuple[int, ...] = (0, 1), epochs: int = 4) -> None:
    """Train what is not recorded yet, as a program of its own that may be killed."""
    with slow.at_hand(), variables_set(ray_cluster.QUIET):
        of = slow.benchmark(results, seeds, epochs)
        with open_site(options_for(of, address)) as site:
            assert site is not None
            for _ in train(of, site.engine(options_for(of, address))):
                pass


def bits(of: Benchmark) -> dict[str, list[str]]:
    """The digests of every recorded trial."""
    return {record.name: weights(record) for record in of.store.load().records}


def weights(record: Record) -> list[str]:
    assert record.failure is None
    assert record.measurement is not None
    return [record.measurement.initial_weights_sha256, *(epoch.weights_sha256 for epoch in record.measurement.epochs)]


def kill(process: int) -> None:
    os.kill(process, 9)
