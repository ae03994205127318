"""Builds and compiles the Keras model of a computation; trains nothing."""

from __future__ import annotations

import keras

from harness.planning.trial import Computation


def build_model(computation: Computation, seed: int) -> keras.Model:
    """Return the compiled model, its weights drawn from the seed.

    The seed is set right before the model is built: nothing that ran earlier in the process reaches the weights.
    """
    keras.utils.set_random_seed(seed)
    inputs = keras.Input(computation.data.inputs)
    outputs = inputs
    for layer in computation.layers:
        outputs = layer.connect(keras, outputs)
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=computation.recipe.optimizer.build(keras, total_steps(computation)),
        loss=computation.recipe.loss.build(keras),
        metrics=["accuracy"],
        jit_compile=False,  # XLA is two to ten times slower for these networks on a CPU
    )
    return model


def total_steps(computation: Computation) -> int | None:
    """Return the steps of the whole training, where the recipe's schedule spans them."""
    if computation.schedule_epochs is None:
        return None
    images = computation.train_examples or computation.data.train_examples
    return computation.schedule_epochs * computation.recipe.steps_per_epoch(images)
