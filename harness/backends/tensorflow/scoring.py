"""A model's scores of examples and their mean loss, as it stands; changes no weight and reads no clock."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from harness.backends.tensorflow.epoch import DeviceData
from harness.worker.backend import Scores

# Divides the 10,000 test images; 000 and 003 are not faster with more.
BATCH_SIZE = 500


def compile_scoring(model: keras.Model, data: DeviceData) -> Callable[[], Scores]:
    """Return a function that scores the data, in inference mode."""

    def score(indices: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        images, labels = data.batch(indices)
        outputs = model(images, training=False)
        return outputs, model.compute_loss(x=images, y=labels, y_pred=outputs, training=False)

    compiled = tf.function(score, autograph=False, jit_compile=False)
    batches = [tf.range(start, min(start + BATCH_SIZE, data.examples)) for start in range(0, data.examples, BATCH_SIZE)]
    sizes = [int(batch.shape[0]) for batch in batches]
    for size in set(sizes):
        compiled.get_concrete_function(tf.TensorSpec([size], tf.int32))

    def run() -> Scores:
        scores, losses = zip(*(compiled(batch) for batch in batches), strict=True)
        mean_loss = np.average(np.array([float(loss) for loss in losses]), weights=sizes)
        return Scores(np.concatenate([batch.numpy() for batch in scores]), float(mean_loss))

    return run
