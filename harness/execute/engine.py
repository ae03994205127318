"""What every engine takes and gives: trials in, events and outcomes out; makes the engine that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy.typing as npt

from harness.errors import UnknownEngine
from harness.planning.trial import Trial
from harness.plugins import find_plugin, plugin_names
from harness.records.environment import Environment
from harness.records.predictions import Predictions
from harness.records.record import EpochMeasurement, Failure, Measurement
from harness.worker.messages import KeptWeights

ENGINES = "harness.execute.engines"
LOCAL = "local"


@dataclass(frozen=True)
class Outcome:
    """What a trial gave: the measurement of its finished epochs, and the failure that ended it, if any.

    ``environment`` is where it ran, as its own process describes it; None where it ended before it could. ``weights``
    are those after the last epoch, where they were to be kept. Nothing was ``trained`` where a recorded trial was
    evaluated with its weights.
    """

    measurement: Measurement | None
    predictions: Predictions = field(default_factory=dict)
    failure: Failure | None = None
    concurrent_trials: int = 0
    environment: Environment | None = None
    weights: tuple[npt.NDArray[Any], ...] | None = field(default=None, compare=False, repr=False)
    trained: bool = True


@dataclass(frozen=True)
class TrialStarted:
    """A process works on the trial from now on."""

    trial: Trial


@dataclass(frozen=True)
class TrialCompiling:
    """The network is built, and its epoch is being compiled: for a large one that takes longer than an epoch."""

    trial: Trial


@dataclass(frozen=True)
class TrialBuilt:
    """The network stands; ``resumed_epochs`` were finished before and are not trained again.

    ``warning`` says which checkpoint was set aside and why, where one was.
    """

    trial: Trial
    resumed_epochs: int
    warning: str | None = None


@dataclass(frozen=True)
class EpochEnded:
    """One epoch is trained and evaluated."""

    trial: Trial
    measurement: EpochMeasurement


@dataclass(frozen=True)
class TrialEnded:
    """The trial gave its outcome; its process is gone."""

    trial: Trial
    outcome: Outcome


@dataclass(frozen=True)
class TrialRecordedElsewhere:
    """Another run on the same results folder has trained the trial meanwhile."""

    trial: Trial


@dataclass(frozen=True)
class Waiting:
    """Nothing is left to start, but other runs still train some of this plan's trials."""


TrialEvent = TrialStarted | TrialCompiling | TrialBuilt | EpochEnded | TrialEnded | TrialRecordedElsewhere | Waiting


class Queue(Protocol):
    """Hands out the trials that are to be trained."""

    def take(self) -> Trial | None:
        """Return the next trial, or None where none can be taken now."""

    def exhausted(self) -> bool:
        """Whether nothing is left, now or later."""


class Engine(Protocol):
    """Trains the trials of a queue, several at once; closing the iterator ends them all."""

    @property
    def jobs(self) -> int:
        """How many trials it trains at once."""

    def __call__(self, queue: Queue) -> Generator[TrialEvent, None, None]:
        """Yield events until the queue is exhausted and every trial taken has ended."""


@dataclass(frozen=True)
class EngineOptions:
    """What every engine is made from.

    Args:
        jobs: Trials at once; None: as many as fit.
        threads: Threads and cores of each.
        timeout_seconds: How long a trial may take; None: as long as it needs.
        checkpoints: Folder of the trials' checkpoints; None: a killed trial starts again from its beginning.
        deterministic: Whether the backend's operations must be deterministic.
        keep_weights: Whether outcomes bring the weights.
        kept: Finds what a recorded trial can be evaluated with instead of being trained again, on this machine.
        name: Which engine: a module of ``harness.execute.engines``.
        address: Where the engine finds other machines, if it uses any.
        trial_bytes: The memory that the largest trial takes.
        backend: What trials are trained with.
    """

    jobs: int | None = None
    threads: int = 1
    timeout_seconds: float | None = None
    checkpoints: Path | None = None
    deterministic: bool = True
    keep_weights: bool = False
    kept: Callable[[Trial], KeptWeights | None] | None = None
    name: str = LOCAL
    address: str | None = None
    trial_bytes: int = 0
    backend: str = "tensorflow"


class Site(Protocol):
    """Other machines, connected: what is known of them before a trial is chosen."""

    @property
    def environments(self) -> tuple[Environment, ...]:
        """What the bits and times of trials depend on there; numerics are the same in all of them."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the user should know: which machines are left out, and why."""

    def engine(self, options: EngineOptions) -> Engine:
        """Return the engine that trains there."""


def make_engine(options: EngineOptions) -> Engine:
    """Return the engine that the options name.

    Raises:
        UnknownEngine: There is none of that name.
    """
    engine: Engine = find_plugin(ENGINES, options.name, engine_names(), UnknownEngine).engine(options)
    return engine


def open_site(options: EngineOptions) -> AbstractContextManager[Site | None]:
    """Connect to the machines that the options name, for the block; None where trials are trained on this one.

    Raises:
        BenchError: There is no such engine, or no machine to train on.
    """
    module = find_plugin(ENGINES, options.name, engine_names(), UnknownEngine)
    if hasattr(module, "opened"):
        site: AbstractContextManager[Site] = module.opened(options)
        return site
    return nullcontext()


def engine_names() -> tuple[str, ...]:
    """Return the engines that there are."""
    return plugin_names(ENGINES)
