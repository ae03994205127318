"""One training step of a network and its inference, compiled as a trial compiles them, to be timed; reads no clock."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from harness.backends.tensorflow.building import build_model
from harness.backends.tensorflow.epoch import DeviceData, create_variables, graph, to_device, training_step
from harness.backends.tensorflow.network import TensorFlow
from harness.data.dataset import Dataset
from harness.data.pipeline import fit
from harness.planning.trial import Computation


@cache
def run_like_a_trial(threads: int, cores: tuple[int, ...]) -> None:
    """Give this process the cores, threads and determinism of a trial; asked again, it does nothing.

    Raises:
        RuntimeError: TensorFlow has started already.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)
    TensorFlow().configure(threads, deterministic=True)


@dataclass(frozen=True, eq=False)
class Steps:
    """A network ready to be timed.

    ``train`` does one training step at the recipe's batch size. ``predict`` takes images, float32 on the device,
    shape (n, height, width, channels), and returns their classes' scores in this process's memory.
    """

    train: Callable[[], None]
    predict: Callable[[tf.Tensor], npt.NDArray[np.float32]]


def compile_steps(computation: Computation, seed: int = 0) -> Steps:
    """Build the network, and compile its training step and its inference for noise: what images show takes no time."""
    model = build_model(computation, seed)
    data = noise(computation.data, computation.recipe.batch_size)
    create_variables(model, data)
    step, indices = graph(training_step(model, data)), tf.range(data.examples)
    infer = graph(lambda images: model(images, training=False))
    return Steps(train=lambda: step(indices), predict=lambda images: np.asarray(infer(images).numpy()))


def noise(dataset: Dataset, images: int) -> DeviceData:
    """Return n images of noise with labels, in the data set's shape, on the device."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (images, *dataset.arrays.train_images.shape[1:]), dtype=np.uint8)
    pixels = pixels.astype(dataset.arrays.train_images.dtype)
    labels = rng.integers(0, len(dataset.classes), images, dtype=np.uint8)
    if dataset.multi_label:
        labels = rng.integers(0, 2, (images, len(dataset.classes)), dtype=np.uint8)
    return to_device(pixels, labels, fit(dataset, pixels))


def noise_images(dataset: Dataset, images: int) -> tf.Tensor:
    """Return n images of noise as a network takes them, float32 in [0, 1]."""
    return noise(dataset, images).batch(tf.range(images))[0]


def matrix_product(size: int) -> Callable[[], object]:
    """Return a function that multiplies two float32 matrices of ``size`` rows and columns: 2 · size³ operations.

    TensorFlow's product, since its kernels use the widest instructions; NumPy's reach half of that on some processors.
    """
    matrix = tf.constant(np.random.default_rng(0).random((size, size), dtype=np.float32))
    product: Callable[[], object] = graph(lambda: tf.matmul(matrix, matrix))
    return product
