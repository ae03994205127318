"""Predicts how long trials take, from measured speeds where there are any; measures nothing itself."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from harness.planning.trial import Computation, Trial
from harness.spec.advice import placed_layers
from harness.spec.cost import FLOAT32_BYTES, cost
from harness.spec.layers import LayerKind, Shape
from harness.spec.layers.kernels import Conv2D

# Measured on one AVX-512 core with TensorFlow 2.21 for the five documents: a training step takes
# this long for each multiply-accumulate (forward and backward), for each activation, and for itself.
SECONDS_PER_MAC = 4.4e-11
SECONDS_PER_ACTIVATION = 5e-10
SECONDS_PER_STEP = 2.5e-4
# Layers that change images at random, for each number of an image, with Keras 3.15: processor seconds on images of
# 28×28×1 to 64×64×3.
SECONDS_PER_AUGMENTED_NUMBER = {
    "RandomFlip": 1.7e-8,
    "RandomRotation": 2.0e-8,
    "RandomTranslation": 1.7e-8,
    "RandomZoom": 2.0e-8,
    "RandomShear": 2.2e-8,
    "RandomCrop": 5e-9,
    "RandomContrast": 8e-9,
    "RandomBrightness": 5e-9,
    "RandomSaturation": 1.5e-8,
    "RandomHue": 1.9e-8,
    "RandomErasing": 3.1e-8,
    "RandomGaussianBlur": 1.3e-8,
    "GaussianNoise": 1.9e-8,
}
# A convolution in groups, whose gradients are computed group by group, for each weight's use in a group; with as many
# groups as channels, for each use. Measured for 2 to 64 groups, as processor seconds.
SECONDS_PER_GROUPED_USE = 2e-8
SECONDS_PER_CHANNEL_USE = 1.6e-8
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
        alike: The same, of networks of the same kinds of layers (`kinds`), as on another data set.
    """

    epoch_seconds: Mapping[str, float] = field(default_factory=dict)
    start_up_seconds: float = START_UP_SECONDS
    speed: float = 1.0
    alike: Mapping[tuple[str, ...], float] = field(default_factory=dict)

    def trial_seconds(self, trial: Trial) -> float:
        """Return the seconds of the whole trial, start-up included."""
        return self.start_up_seconds + trial.epochs * self.epoch_seconds_of(trial)

    def epoch_seconds_of(self, trial: Trial) -> float:
        """Return the seconds of one of the trial's epochs: measured, else modelled at this machine's speed.

        The speed is that of networks of the same kinds of layers, where some were measured.
        """
        measured = self.epoch_seconds.get(trial.fingerprint)
        if measured is not None:
            return measured
        return modelled_epoch_seconds(trial) / self.alike.get(kinds(trial), self.speed)


def kinds(trial: Trial) -> tuple[str, ...]:
    """Return the kinds of the trial's layers, in their order."""
    return tuple(layer.kind for layer in trial.computation.layers)


def modelled_epoch_seconds(trial: Trial) -> float:
    """Return an epoch's seconds from its multiply-accumulates, activations and steps: the mean over all phases."""
    computation = trial.computation
    costs = cost(computation)
    images = computation.train_examples or computation.data.train_examples
    activations = costs.activation_bytes_per_image / FLOAT32_BYTES
    per_image = costs.macs * SECONDS_PER_MAC + activations * SECONDS_PER_ACTIVATION + _special_seconds(computation)
    *before, last = trial.epochs_by_phase
    weights = [*before, max(last, 1)]
    seconds = [
        recipe.examples_per_epoch(images) * per_image + recipe.steps_in_epoch(images) * SECONDS_PER_STEP
        for recipe in computation.recipes
    ]
    return sum(epoch * count for epoch, count in zip(seconds, weights, strict=True)) / sum(weights)


def _special_seconds(computation: Computation) -> float:
    """Return the seconds per image of what multiply-accumulates say nothing about."""
    placed = placed_layers(computation.layers, computation.data.inputs)
    return sum(special_seconds(one.layer, one.input_shape) for one in placed)


def special_seconds(layer: LayerKind, input_shape: Shape) -> float:
    """Return the seconds per image of a layer that augments images, or that convolves in groups."""
    if layer.kind in SECONDS_PER_AUGMENTED_NUMBER:
        return SECONDS_PER_AUGMENTED_NUMBER[layer.kind] * prod(input_shape)
    if not isinstance(layer, Conv2D) or layer.groups == 1:
        return 0.0
    uses = prod(layer.output_shape(input_shape)) * prod(layer.kernel_size)
    return uses * (
        SECONDS_PER_CHANNEL_USE if layer.groups == input_shape[-1] else SECONDS_PER_GROUPED_USE * layer.groups
    )


def heaviest_layer(trial: Trial) -> tuple[str, str, float]:
    """Return number and kind of the layer that takes most of a step, and its share of what all layers take."""
    computation = trial.computation
    special: dict[str, float] = defaultdict(float)
    for one in placed_layers(computation.layers, computation.data.inputs):
        special[one.number.partition(".")[0]] += special_seconds(one.layer, one.input_shape)
    seconds = {
        row: row.macs * SECONDS_PER_MAC
        + row.activation_bytes / FLOAT32_BYTES * SECONDS_PER_ACTIVATION
        + special[row.number]
        for row in cost(computation).layers
        if row.depth == 0
    }
    row = max(seconds, key=lambda found: seconds[found])
    return row.number, row.kind, seconds[row] / sum(seconds.values())


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
