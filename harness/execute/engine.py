"""What an engine is given and what it gives: trials in, events and outcomes out; holds no engine."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Protocol

from harness.plan.trial import Trial
from harness.records.record import EpochMeasurement, Failure, Measurement
from harness.records.store import Predictions


@dataclass(frozen=True)
class Outcome:
    """What a trial gave: the measurement of its finished epochs, and the failure that ended it, if any."""

    measurement: Measurement | None
    predictions: Predictions = field(default_factory=dict)
    failure: Failure | None = None
    trials_beside: int = 0


@dataclass(frozen=True)
class TrialStarted:
    """A process works on the trial from now on."""

    trial: Trial


@dataclass(frozen=True)
class TrialBuilt:
    """The network stands; ``resumed_epochs`` were finished before and are not trained again."""

    trial: Trial
    resumed_epochs: int


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


Event = TrialStarted | TrialBuilt | EpochEnded | TrialEnded | TrialRecordedElsewhere | Waiting


class Queue(Protocol):
    """Hands out the trials that are to be trained."""

    def take(self) -> Trial | None:
        """Return the next trial, or None where none can be taken now."""

    def exhausted(self) -> bool:
        """Whether nothing is left, now or later."""


class Engine(Protocol):
    """Trains the trials of a queue, as many at once as it sees fit; closing the iterator ends them all."""

    def __call__(self, queue: Queue) -> Generator[Event, None, None]:
        """Yield events until the queue is exhausted and every trial taken has ended."""
