"""Test loss and predicted classes of a model as it stands; changes no weight and reads no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from harness.backends.tensorflow.epoch import DeviceData

# Divides the 10,000 test images; 000 and 003 are not faster with more.
BATCH_SIZE = 500


@dataclass(frozen=True, eq=False)
class Scored:
    """Mean loss over the test examples, and the predicted class of each, shape (examples,)."""

    loss: float
    predictions: npt.NDArray[np.uint8]


def compile_evaluation(model: keras.Model, data: DeviceData) -> Callable[[], Scored]:
    """Return a function that evaluates the model on the data, in inference mode."""

    def evaluate(indices: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        images, labels = data.batch(indices)
        outputs = model(images, training=False)
        loss = model.compute_loss(x=images, y=labels, y_pred=outputs, training=False)
        return loss, tf.argmax(outputs, axis=-1)

    compiled = tf.function(evaluate, autograph=False, jit_compile=False)
    batches = [tf.range(start, min(start + BATCH_SIZE, data.examples)) for start in range(0, data.examples, BATCH_SIZE)]
    for size in {int(batch.shape[0]) for batch in batches}:
        compiled.get_concrete_function(tf.TensorSpec([size], tf.int32))

    def run() -> Scored:
        losses, classes = zip(*(compiled(batch) for batch in batches), strict=True)
        sizes = [int(batch.shape[0]) for batch in batches]
        loss = np.average(np.array([float(one) for one in losses]), weights=sizes)
        return Scored(float(loss), np.concatenate([one.numpy() for one in classes]).astype(np.uint8))

    return run
