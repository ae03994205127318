"""One trial as an architecture reads it, and whether its times count: the machine was quiet; compares nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate

from harness.evaluations.metric import Quantity
from harness.records.predictions import Classes
from harness.records.record import EpochMeasurement, Failure, Measurement

FEWEST_QUIET = 3
LEAST_PROCESSOR_SHARE = 0.97
MOST_DRIFT = 0.05
# Of the load average, beyond what the trials themselves account for; a quiet machine has up to about .2 of its own.
MOST_OTHER_LOAD = 0.25


def _nothing(evaluation: str) -> None:
    """Return the predictions of a run that keeps none."""


@dataclass(frozen=True)
class Run:
    """A measured trial as one architecture reads it.

    ``measurement`` ends at the architecture's own last epoch, or where the recipe ended the training. ``counted`` is
    the epoch whose weights count, where the recipe chooses one; None: the last. ``read_predictions`` returns what was
    predicted after it in an evaluation: most are never looked at. ``environment`` is the id of the machine's
    environment that recorded it, on ``threads`` beside ``concurrent_trials`` others.
    """

    seed: int
    measurement: Measurement
    concurrent_trials: int = 0
    read_predictions: Callable[[str], Classes | None] = field(default=_nothing, compare=False, repr=False)
    environment: str = ""
    threads: int = 1
    counted: int | None = None

    @cached_property
    def _curves(self) -> dict[Quantity, tuple[float, ...]]:
        """What ``curve`` has looked up: tables, figures and scripts ask for it again."""
        return {}

    def curve(self, quantity: Quantity) -> tuple[float, ...]:
        """Return the quantity after every epoch.

        Raises:
            KeyError: It was not measured after all of them.
        """
        if quantity not in self._curves:
            self._curves[quantity] = tuple(map(quantity.of, self.epochs))
        return self._curves[quantity]

    @property
    def epochs(self) -> tuple[EpochMeasurement, ...]:
        """The epochs up to the architecture's own last one."""
        return self.measurement.epochs

    @cached_property
    def _predicted(self) -> dict[str, Classes | None]:
        """What ``predicted`` has read."""
        return {}

    def predicted(self, evaluation: str) -> Classes | None:
        """Return the predicted classes of all images of an evaluation, shape (images,); None where none were kept."""
        if evaluation not in self._predicted:
            self._predicted[evaluation] = self.read_predictions(evaluation)
        return self._predicted[evaluation]

    def until(self, epoch: int) -> Run:
        """Return the run up to an earlier epoch."""
        return replace(self, measurement=self.measurement.until(epoch))

    @cached_property
    def last(self) -> EpochMeasurement:
        """The measurement that counts: the last epoch, never the one that is best on the test images.

        Where a recipe keeps the weights that are best on what it monitors, it is their epoch.
        """
        return self.epochs[-1 if self.counted is None else self.counted - 1]

    @cached_property
    def train_seconds(self) -> float:
        """Seconds of training over the architecture's own epochs; evaluation and start-up are not in it."""
        return sum(epoch.train_seconds for epoch in self.epochs)

    @cached_property
    def seconds_until(self) -> tuple[float, ...]:
        """Seconds of training up to the end of every epoch."""
        return tuple(accumulate(epoch.train_seconds for epoch in self.epochs))

    @cached_property
    def evaluation_seconds(self) -> float:
        """Seconds of all evaluations after the architecture's own epochs."""
        return sum(epoch.evaluation_seconds for epoch in self.epochs)

    @property
    def drift(self) -> float | None:
        """By which share the machine's speed changed during the trial: 0.05 is five per cent. Unknown is None."""
        conditions = self.measurement.conditions
        if conditions is None:
            return None
        return abs(conditions.calibration_after_gflops / conditions.calibration_before_gflops - 1)

    @cached_property
    def processor_share(self) -> float | None:
        """The processor seconds of training per wall second."""
        processor_seconds = sum(epoch.train_cpu_seconds for epoch in self.epochs)
        return processor_seconds / self.train_seconds if self.train_seconds else None

    @cached_property
    def is_quiet(self) -> bool:
        """Whether the trial is known to have had the processor to itself, at one speed, all the time.

        A trial that was killed and resumed does not know what its first epochs had.
        """
        conditions = self.measurement.conditions
        if conditions is None or self.drift is None or self.measurement.resumed_epochs:
            return False
        own_load = self.threads * (1 + self.concurrent_trials)
        return (
            (self.processor_share or 0.0) >= LEAST_PROCESSOR_SHARE
            and self.drift <= MOST_DRIFT
            and (conditions.load_average is None or conditions.load_average - own_load <= MOST_OTHER_LOAD)
        )


@dataclass(frozen=True)
class FailedRun:
    """A trial that ended before the architecture's own last epoch."""

    seed: int
    failure: Failure
    environment: str = ""


@dataclass(frozen=True)
class TimedRuns:
    """The runs that an architecture's times are taken from; ``quiet`` if they are the quiet ones alone."""

    runs: tuple[Run, ...]
    quiet: bool
