"""Predicts how long trials take, from measured speeds where there are any; measures nothing itself."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.planning.trial import Trial
from harness.spec.cost import FLOAT32_BYTES, cost

# Measured on one AVX-512 core with TensorFlow 2.21 for the five documents: a training step takes
# this long for each multiply-accumulate (forward and backward), for each activation, and for itself.
SECONDS_PER_MAC = 4.4e-11
SECONDS_PER_ACTIVATION = 5e-10
SECONDS_PER_STEP = 2.5e-4
START_UP_SECONDS = 1.0
# TensorFlow is imported once for all trials of a run.
IMPORT_SECONDS = 4.0


@dataclass(frozen=True)
class Forecast:
    """Predicted seconds.

    Args:
        epoch_seconds: Measured seconds per epoch, by ``Trial.fingerprint``.
        start_up_seconds: Seconds from a trial's start to its first epoch.
        speed: How much faster than the built-in model this machine is.
    """

    epoch_seconds: Mapping[str, float] = field(default_factory=dict)
    start_up_seconds: float = START_UP_SECONDS
    speed: float = 1.0

    def trial_seconds(self, trial: Trial) -> float:
        """Return the seconds of the whole trial, start-up included."""
        return self.start_up_seconds + trial.epochs * self.epoch_seconds_of(trial)

    def epoch_seconds_of(self, trial: Trial) -> float:
        """Return the seconds of one of the trial's epochs: measured, else modelled at this machine's speed."""
        measured = self.epoch_seconds.get(trial.fingerprint)
        return modelled_epoch_seconds(trial) / self.speed if measured is None else measured


def modelled_epoch_seconds(trial: Trial) -> float:
    """Return an epoch's seconds from its multiply-accumulates, activations and steps: the mean over all phases."""
    computation = trial.computation
    costs = cost(computation)
    images = computation.train_examples or computation.data.train_examples
    activations = costs.activation_bytes_per_image / FLOAT32_BYTES
    per_image = costs.macs * SECONDS_PER_MAC + activations * SECONDS_PER_ACTIVATION
    epochs = [phase.epochs for phase in computation.earlier]
    weights = [*epochs, max(trial.epochs - sum(epochs), 1)]
    seconds = [
        recipe.examples_per_epoch(images) * per_image + recipe.steps_in_epoch(images) * SECONDS_PER_STEP
        for recipe in computation.recipes
    ]
    return sum(epoch * count for epoch, count in zip(seconds, weights, strict=True)) / sum(weights)


def makespan(seconds: Sequence[float], jobs: int, busy: Sequence[float] = ()) -> float:
    """Return when the last task ends if each starts, in this order, on the first free of ``jobs``.

    Args:
        seconds: The tasks still to start.
        jobs: Tasks at once.
        busy: Seconds left of the tasks that run already, at most ``jobs`` of them.
    """
    free = [*busy, *[0.0] * max(1 - len(busy), jobs - len(busy))]
    heapq.heapify(free)
    for task in seconds:
        heapq.heapreplace(free, free[0] + task)
    return max(free)
