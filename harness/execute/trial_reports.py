"""What one trial has reported so far, and the events and the outcome that follow; knows no process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy.typing as npt

from harness.execute.engine import EpochEnded, Outcome, TrialBuilt, TrialCompiling
from harness.planning.trial import Trial
from harness.records.environment import Environment
from harness.records.record import Failure, Measurement, Stage
from harness.worker.messages import Built, EpochDone, Failed, Finished, Message, StageBegan, Started


class Reports:
    """The reports of one trial: of one process or, where that was lost, of several after each other.

    A later process reports the epochs again that it took over, or that it trained anew on another machine. Those count,
    so that all times of a record are one machine's; events come once.
    """

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.environment: Environment | None = None
        self.failure: Failure | None = None
        self.ended = False
        self._stage: Stage = "start-up"
        self._measurement: Measurement | None = None
        self._epochs: dict[int, EpochDone] = {}
        self._weights: tuple[npt.NDArray[Any], ...] | None = None
        self._trained = True
        self._compiled = False
        self._announced: int | None = None

    @property
    def epochs(self) -> int:
        """How many epochs were reported, by whichever process came farthest."""
        return self._announced or 0

    def take(self, message: Message) -> Iterator[TrialCompiling | TrialBuilt | EpochEnded]:
        """Note the message, and yield the events that are new."""
        match message:
            case Started(environment):
                self.environment = environment
            case StageBegan(stage):
                self._stage = stage
                if stage == "compile" and not self._compiled:
                    self._compiled = True
                    yield TrialCompiling(self.trial)
            case Built(measurement, warning):
                self._measurement = measurement
                self._epochs.clear()
                if self._announced is None:
                    self._announced = 0
                    yield TrialBuilt(self.trial, measurement.resumed_epochs, warning)
            case EpochDone(measurement):
                self._epochs[measurement.epoch] = message
                if measurement.epoch > self.epochs:
                    self._announced = measurement.epoch
                    yield EpochEnded(self.trial, measurement)
            case Finished(measurement, weights, trained):
                self._measurement, self._weights, self._trained = measurement, weights, trained
                self.ended = True
            case Failed(kind, reason):
                self.failure = Failure(stage=self._stage, kind=kind, reason=reason)
                self.ended = True

    def begin_again(self) -> None:
        """Note that the process is lost, and that another one begins."""
        self._stage = "start-up"

    def outcome(self, log: tuple[str, ...] = (), concurrent_trials: int = 0) -> Outcome:
        """Return what the trial gave; ``log`` are the last lines of its process's output, kept where it failed."""
        done = tuple(self._epochs.values())
        measurement = self._measurement and self._measurement.model_copy(
            update={"epochs": tuple(epoch.measurement for epoch in done)}
        )
        predictions = {epoch.measurement.epoch: epoch.predictions for epoch in done}
        failure = self.failure and self.failure.model_copy(update={"log": log})
        return Outcome(
            measurement=measurement,
            predictions=predictions,
            failure=failure,
            concurrent_trials=concurrent_trials,
            environment=self.environment,
            weights=self._weights,
            trained=self._trained,
        )
