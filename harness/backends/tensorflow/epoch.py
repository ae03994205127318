"""The compiled epoch, all its steps in one call, and scoring, over data that stays on the device as bytes.

A step is Keras' own ``train_step``; what is saved is the way to Python and back at each batch. For networks made of the
documents' layers, loss and optimizers, at a fixed rate, weights, loss and accuracy have the bits of
``model.fit(x[order], y[order], shuffle=False)``. Elsewhere the two may round differently, since TensorFlow rewrites a
graph's arithmetic by what it knows. ``fit`` doesn't know how many examples a batch has where the last one is smaller;
this graph does, and so multiplies the gradient of a mean by a reciprocal where ``fit`` divides. A step of ``fit``
returns the running means; this graph returns nothing, and so keeps a schedule's constants apart. Records hold these
bits: both must stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from harness.arrays import Bytes, Values
from harness.data.pipeline import Pipeline
from harness.data.preprocessing import Scaling
from harness.evaluations.evaluation import label_threshold
from harness.worker.backend import Scores

# Images scored at once: divides the 10,000 test images; 000 and 003 are not faster with more.
SCORED = 500


@dataclass(frozen=True, eq=False)
class DeviceData:
    """Examples on the device: images as the data set has them, shape (n, *inputs), and labels, shape (n,).

    Where an example may have several labels, they are 0 and 1, shape (n, classes).
    ``preprocessing`` has each step with its numbers, tensors of their own for the reason that `Scaling.fitted` gives.
    """

    images: tf.Tensor
    labels: tf.Tensor
    classes: int
    preprocessing: tuple[tuple[Scaling, tuple[tf.Tensor, ...]], ...]

    @property
    def examples(self) -> int:
        """How many there are."""
        return int(self.labels.shape[0])

    def batch(self, indices: tf.Tensor, outputs: int | None = None) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the examples' images as a network takes them, float32, and their one-hot labels.

        For a network with one output labels are a column of 0 and 1, shape (batch, 1); where an example may have
        several, a row of them.
        """
        images = tf.cast(tf.gather(self.images, indices), tf.float32)
        for step, numbers in self.preprocessing:
            images = step.apply(images, *numbers)
        labels = tf.gather(self.labels, indices)
        if labels.shape.rank > 1:
            return images, tf.cast(labels, tf.float32)
        if outputs == 1:
            return images, tf.cast(labels, tf.float32)[:, tf.newaxis]
        return images, tf.one_hot(labels, self.classes)


def to_device(images: Values, labels: Bytes, pipeline: Pipeline) -> DeviceData:
    """Put some of a data set's images, shape (n, ...), and their labels, shape (n,) or rows, on the device."""
    steps = (
        (step, tuple(tf.constant(number, tf.float32) for number in numbers)) for step, numbers in pipeline.scalings
    )
    return DeviceData(tf.constant(pipeline.shaped(images)), tf.constant(labels), pipeline.classes, tuple(steps))


@dataclass(frozen=True, eq=False)
class Batches:
    """How an epoch goes over the data: so many examples in batches, each class counting as much as its weight says.

    ``examples`` are all of the data's where it is None, and classes count alike without weights, shape (classes,).
    ``mixup`` blends the images of a batch, and their labels.
    """

    size: int
    examples: int | None = None
    class_weights: npt.NDArray[np.float32] | None = None
    mixup: keras.layers.Layer | None = None


def compile_epoch(model: keras.Model, data: DeviceData, batches: Batches) -> Callable[[npt.NDArray[np.int32]], None]:
    """Return a function that trains the model for one epoch in the order given, shape (examples,).

    The model's metrics then hold the epoch's running means, as after an epoch of ``fit``.
    """
    create_variables(model, data)
    step = training_step(model, data, batches)
    examples, batch_size = batches.examples or data.examples, batches.size
    full_steps, rest = divmod(examples, batch_size)

    def epoch(order: tf.Tensor, steps: tf.Tensor) -> None:
        def body(number: tf.Tensor) -> tf.Tensor:
            step(tf.slice(order, [number * batch_size], [batch_size]))
            return number + 1

        tf.while_loop(lambda number: number < steps, body, [tf.constant(0)], parallel_iterations=1)

    compiled, last_step = graph(epoch), graph(step)
    # Compiled now, and the graph optimized by an epoch of no steps, so that the first epoch's clock holds
    # training alone.
    compiled(tf.zeros([examples], tf.int32), tf.constant(0))
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
    model.test_step(data.batch(tf.constant([0]), output_count(model)))
    model.reset_metrics()


def training_step(model: keras.Model, data: DeviceData, batches: Batches | None = None) -> Callable[[tf.Tensor], None]:
    """Return Keras' own step on the examples of these indices, shape (batch,)."""

    def step(indices: tf.Tensor) -> None:
        model.train_step(data.batch(indices, output_count(model)))

    if batches and batches.mixup:
        return mixed_step(model, data, batches.mixup)
    if batches is None or batches.class_weights is None:
        return step
    weights = tf.constant(batches.class_weights)

    def weighted_step(indices: tf.Tensor) -> None:
        counting = tf.gather(weights, tf.cast(tf.gather(data.labels, indices), tf.int32))
        model.train_step((*data.batch(indices, output_count(model)), counting))

    return weighted_step


def mixed_step(model: keras.Model, data: DeviceData, mixup: keras.layers.Layer) -> Callable[[tf.Tensor], None]:
    """Return Keras' own step on blends of the examples of these indices, shape (batch,)."""

    def step(indices: tf.Tensor) -> None:
        images, labels = data.batch(indices, output_count(model))
        blended = mixup({"images": images, "labels": labels}, training=True)
        model.train_step((blended["images"], blended["labels"]))

    return step


def compile_scoring(model: keras.Model, data: DeviceData) -> Callable[[], Scores]:
    """Return a function that scores the data, in inference mode; it changes no weight."""

    @graph
    def score(indices: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        images, labels = data.batch(indices, output_count(model))
        scored = model(images, training=False)
        return scored, model.compute_loss(x=images, y=labels, y_pred=scored, training=False)

    batches = [tf.range(start, min(start + SCORED, data.examples)) for start in range(0, data.examples, SCORED)]
    sizes = [int(batch.shape[0]) for batch in batches]
    for size in set(sizes):
        score.get_concrete_function(tf.TensorSpec([size], tf.int32))

    def run() -> Scores:
        scores, losses = zip(*(score(batch) for batch in batches), strict=True)
        mean_loss = np.average(np.array([float(loss) for loss in losses]), weights=sizes)
        found = np.concatenate([batch.numpy() for batch in scores])
        logits = from_logits(model.loss)
        return Scores(of_classes(found, logits=logits), float(mean_loss), label_threshold(logits=logits))

    return run


def output_count(model: keras.Model) -> int:
    """Return how many outputs a network has."""
    return int(model.output_shape[-1])


def of_classes(scores: npt.NDArray[np.float32], *, logits: bool) -> npt.NDArray[np.float32]:
    """Return the scores of each class: one output, shape (n, 1), is the second class's probability, or its logit.

    The second class is then predicted where the probability is above .5, as Keras' binary accuracy counts; the softmax
    of 0 and a logit is that logit's sigmoid.
    """
    if scores.shape[1] > 1:
        return scores
    first = np.zeros_like(scores) if logits else 1 - scores
    return np.concatenate([first, scores], axis=1)


def from_logits(loss: object) -> bool:
    """Say whether a loss takes logits."""
    return bool(getattr(loss, "from_logits", False))


def graph(function: Callable[..., object]) -> Any:  # noqa: ANN401 - TensorFlow's own function, which has no types
    """Return the function as TensorFlow's graph, traced once for each shape, without XLA."""
    return tf.function(function, autograph=False, jit_compile=False)
