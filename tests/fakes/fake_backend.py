"""A backend that trains nothing: with it, the real worker and the real engine run in milliseconds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from fake_trials import dense_trial

from harness.evaluations.evaluation import Examples
from harness.execute.engine import EngineOptions
from harness.execute.engines.local import LocalEngine
from harness.planning.trial import Computation, Trial
from harness.spec.cost import cost
from harness.worker import backend as worker_backend
from harness.worker.backend import Array, Scores

NAME = "fake"
CLASSES = 10


class OutOfFakeMemory(Exception):
    """What this framework raises where memory runs out."""


@dataclass
class FakeNetwork:
    """Weights that each epoch changes by its order and by the optimizer's state; scores that depend on the weights."""

    backend: FakeBackend
    rng: np.random.Generator
    parameters: int
    trainable_parameters: int
    pretrained_sha256: str | None = None
    epochs: int = 0
    phase: int = 0
    rate: float = 1e-3
    examples: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = self.rng.standard_normal(8)
        self.momentum = np.zeros(8)

    def compile(self, training: int, evaluations: Mapping[str, int]) -> None:
        del training
        self.backend.on_compile()
        self.examples = evaluations

    def begin_phase(self, phase: int) -> None:
        """Forget the momentum of the phase before."""
        if phase != self.phase:
            self.phase, self.momentum = phase, np.zeros(8)

    def reduce_learning_rate(self, factor: float, lowest: float) -> None:
        self.rate = max(self.rate * factor, lowest)

    def train_epoch(self, order: npt.NDArray[np.int32]) -> Mapping[str, float]:
        self.epochs += 1
        self.backend.actions.get(self.epochs, lambda: None)()
        self.momentum = 0.9 * self.momentum + order[:8]
        self.values = self.values + self.rate * self.momentum
        return {"loss": self.backend.losses.get(self.epochs, 0.5), "accuracy": 0.75}

    def score(self, evaluation: str) -> Scores:
        rng = np.random.default_rng(np.frombuffer(self.values.tobytes(), np.uint32))
        return Scores(rng.random((self.examples[evaluation], CLASSES), dtype=np.float32), 0.25)

    def responses(self, evaluation: str) -> Iterator[Array]:
        yield self.score(evaluation).scores

    def weights(self) -> Sequence[Array]:
        return [self.values]

    def set_weights(self, weights: Sequence[Array]) -> None:
        (values,) = weights
        if values.shape != self.values.shape:
            raise ValueError(values.shape)
        self.values = values

    def state(self) -> Sequence[Array]:
        return [self.values, self.momentum, np.array([self.epochs, self.rate])]

    def restore(self, state: Sequence[Array]) -> None:
        values, self.momentum, rest = state
        if values.shape != self.values.shape:
            raise ValueError(values.shape)
        self.values, self.epochs, self.rate = values, int(rest[0]), float(rest[1])


@dataclass(frozen=True, eq=False)
class FakeModel:
    """Scores that depend on the weights; saved as they are."""

    values: Array

    def scores(self, inputs: Array) -> Array:
        rng = np.random.default_rng(np.frombuffer(self.values.tobytes(), np.uint32))
        return rng.random((len(inputs), CLASSES), dtype=np.float32)

    def save(self, target: Path) -> None:
        np.save(target, self.values)

    def saved_scores(self, target: Path, inputs: Array) -> Array:
        return FakeModel(np.load(target)).scores(inputs)


@dataclass
class FakeBackend:
    """Module and framework in one. A process forked from this one inherits what a test has set.

    ``actions`` are done in the trial's process when it trains the epoch, ``on_load`` when it loads the backend,
    ``on_compile`` when it compiles; ``losses`` are training losses by epoch.
    """

    actions: dict[int, Callable[[], object]] = field(default_factory=dict)
    losses: dict[int, float] = field(default_factory=dict)
    on_load: Callable[[], object] = lambda: None
    on_compile: Callable[[], object] = lambda: None
    memory_errors: tuple[type[Exception], ...] = (OutOfFakeMemory,)

    def variables(self, folder: Path) -> Mapping[str, str]:
        return {"FAKE_BACKEND_FOLDER": str(folder)}

    def load(self) -> FakeBackend:
        self.on_load()
        return self

    def configure(self, threads: int, *, deterministic: bool) -> None:
        pass

    def hold(self, examples: Examples, _: object) -> int:
        assert len(examples.images) == len(examples.labels)
        return len(examples.labels)

    def build(self, computation: Computation, seed: int) -> FakeNetwork:
        rng = np.random.default_rng((seed, int(computation.fingerprint, 16) % 2**32))
        costs = cost(computation)
        return FakeNetwork(self, rng, costs.parameters, costs.trainable_parameters)

    def model(self, computation: Computation, weights: Sequence[Array]) -> FakeModel:
        del computation
        return FakeModel(weights[0])


def install(backend: FakeBackend, patch: pytest.MonkeyPatch) -> None:
    """Let the backend be one of those that there are."""
    names = (NAME, *worker_backend.backend_names())
    patch.setattr(worker_backend, "backend_names", lambda: names)
    patch.setitem(sys.modules, f"harness.backends.{NAME}", backend)


def fake_backend_trial(seed: int = 0, epochs: int = 3, units: int = 16) -> Trial:
    plain = dense_trial(seed, epochs, units)
    return replace(plain, computation=plain.computation.model_copy(update={"backend": NAME}))


def forking_engine(options: EngineOptions) -> LocalEngine:
    """The real engine, whose processes are forked from this one: they need not import a thing."""
    return LocalEngine(options, start_method="fork")
