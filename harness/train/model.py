"""Builds and compiles the Keras model of a computation; trains nothing."""

from __future__ import annotations

import hashlib
from math import ceil

import keras

from harness.plan.trial import Computation
from harness.spec.datasets import DatasetFacts


def build_model(
    computation: Computation, facts: DatasetFacts, seed: int, steps_per_epoch: int
) -> keras.Model:
    """Return the compiled model, its weights drawn from the seed.

    The seed is set right before the model is built: nothing that ran earlier in the process reaches the weights.
    """
    keras.utils.set_random_seed(seed)
    inputs = keras.Input(facts.image_shape)
    outputs = inputs
    for layer in computation.layers:
        outputs = layer.connect(keras, outputs)
    model = keras.Model(inputs, outputs)
    total_steps = steps_per_epoch * computation.schedule_epochs if computation.schedule_epochs else None
    model.compile(
        optimizer=computation.optimizer.build(keras, total_steps),
        loss=computation.loss.build(keras),
        metrics=["accuracy"],
        jit_compile=False,  # XLA is two to ten times slower for these networks on a CPU
    )
    return model


def steps_per_epoch(examples: int, batch_size: int) -> int:
    """Return how many batches an epoch has, the last one perhaps smaller."""
    return ceil(examples / batch_size)


def weights_digest(model: keras.Model) -> str:
    """Return the sha256 over the bytes of all weights, in Keras' order."""
    digest = hashlib.sha256()
    for weights in model.get_weights():
        digest.update(weights.tobytes())
    return digest.hexdigest()
