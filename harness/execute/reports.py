"""What a trial's process has reported so far, as events and, in the end, as an outcome; knows no process."""

from __future__ import annotations

from collections.abc import Iterator

from harness.execute.engine import EpochEnded, Outcome, TrialBuilt, TrialEvent
from harness.planning.trial import Trial
from harness.records.environment import Environment
from harness.records.record import Failure, FailureKind, Measurement, Stage
from harness.worker.messages import Built, EpochDone, Failed, Finished, Message, StageBegan, Started


class Reports:
    """Takes a trial's messages in the order in which they come.

    ``is_complete`` is whether the process has reported its end, of itself; ``failure`` is then why, unless it finished.
    """

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.is_complete = False
        self.failure: Failure | None = None
        self._stage: Stage = "start-up"
        self._environment: Environment | None = None
        self._built: Measurement | None = None
        self._epochs: list[EpochDone] = []
        self._finished: Finished | None = None

    def take(self, message: Message) -> Iterator[TrialEvent]:
        """Keep what the message says, and yield what others are to know of it."""
        match message:
            case Started(environment):
                self._environment = environment
            case StageBegan(stage):
                self._stage = stage
            case Built():
                self._built = message.measurement
                yield TrialBuilt(self.trial, message.measurement.resumed_epochs)
            case EpochDone(measurement):
                self._epochs.append(message)
                yield EpochEnded(self.trial, measurement)
            case Finished():
                self._finished, self.is_complete = message, True
            case Failed(failure):
                self.failure, self.is_complete = failure, True

    def failed(self, kind: FailureKind, reason: str) -> Failure:
        """Return a failure in the stage that the process last reported."""
        return Failure(stage=self._stage, kind=kind, reason=reason)

    def outcome(self, failure: Failure | None, concurrent_trials: int) -> Outcome:
        """Return all that was reported, as the trial's outcome."""
        predictions = {done.measurement.epoch: done.predictions for done in self._epochs}
        return Outcome(self._measurement(), predictions, failure, concurrent_trials, self._environment)

    def _measurement(self) -> Measurement | None:
        if self._built is None:
            return None
        known: dict[str, object] = {"epochs": tuple(done.measurement for done in self._epochs)}
        if self._finished:
            known |= {
                "conditions": self._finished.conditions,
                "peak_memory_bytes": self._finished.peak_memory_bytes,
            }
        return self._built.model_copy(update=known)
