"""The compiled epoch: all steps of an epoch in one call, over data that stays on the device as bytes.

A step is Keras' own ``train_step``, so that weights, loss and accuracy have the same bits as those of
``model.fit(x[order], y[order], shuffle=False)``; what is saved is the way to Python and back at each batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from harness.data.arrays import Bytes
from harness.data.dataset import Dataset
from harness.data.preprocessing import Step


@dataclass(frozen=True, eq=False)
class DeviceStep:
    """A step of the preprocessing with its numbers on the device.

    The numbers are tensors of their own: as constants, TensorFlow would turn a division by 255 into a product
    with 1/255, which has other bits than the documents' division.
    """

    step: Step
    numbers: tuple[tf.Tensor, ...]

    def apply(self, images: tf.Tensor) -> tf.Tensor:
        """Return the images, float32, after the step."""
        return self.step.apply(images, *self.numbers)


@dataclass(frozen=True, eq=False)
class DeviceData:
    """Examples on the device: images as bytes, shape (n, *inputs), and labels, shape (n,)."""

    images: tf.Tensor
    labels: tf.Tensor
    classes: int
    preprocessing: tuple[DeviceStep, ...]

    @property
    def examples(self) -> int:
        """How many there are."""
        return int(self.labels.shape[0])

    def batch(self, indices: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the examples' images as a network takes them, float32, and their one-hot labels."""
        images = tf.cast(tf.gather(self.images, indices), tf.float32)
        for step in self.preprocessing:
            images = step.apply(images)
        return images, tf.one_hot(tf.gather(self.labels, indices), self.classes)


def to_device(images: Bytes, labels: Bytes, dataset: Dataset) -> DeviceData:
    """Put some of the data set's images, shape (n, ...), and their labels, shape (n,), on the device."""
    steps = (
        DeviceStep(step, tuple(tf.constant(number, tf.float32) for number in step.numbers))
        for step in dataset.preprocessing
    )
    shaped = images.reshape(-1, *dataset.inputs)
    return DeviceData(tf.constant(shaped), tf.constant(labels), len(dataset.classes), tuple(steps))


def compile_epoch(model: keras.Model, data: DeviceData, batch_size: int) -> Callable[[npt.NDArray[np.int32]], None]:
    """Return a function that trains the model for one epoch in the order given, shape (examples,).

    The model's metrics then hold the epoch's running means, as after an epoch of ``fit``.
    """
    create_variables(model, data)
    full_steps, rest = divmod(data.examples, batch_size)

    def step(indices: tf.Tensor) -> None:
        model.train_step(data.batch(indices))

    def epoch(order: tf.Tensor, steps: tf.Tensor) -> None:
        def body(number: tf.Tensor) -> tf.Tensor:
            step(tf.slice(order, [number * batch_size], [batch_size]))
            return number + 1

        tf.while_loop(lambda number: number < steps, body, [tf.constant(0)], parallel_iterations=1)

    compiled = tf.function(epoch, autograph=False, jit_compile=False)
    last_step = tf.function(step, autograph=False, jit_compile=False)
    # Compiled now, and the graph optimized by an epoch of no steps, so that the first epoch's clock holds
    # training alone.
    compiled(tf.zeros([data.examples], tf.int32), tf.constant(0))
    if rest:
        last_step.get_concrete_function(tf.TensorSpec([rest], tf.int32))

    def run(order: npt.NDArray[np.int32]) -> None:
        model.reset_metrics()
        compiled(tf.constant(order), tf.constant(full_steps))
        if rest:
            last_step(tf.constant(order[full_steps * batch_size :]))

    return run


def create_variables(model: keras.Model, data: DeviceData) -> None:
    """Create the optimizer's and the metrics' variables, which a compiled function may not, and change no weight."""
    model.optimizer.build(model.trainable_variables)
    model.test_step(data.batch(tf.constant([0])))
    model.reset_metrics()
