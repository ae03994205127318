"""A computation as Keras models, one for each phase, compiled as the recipes say; trains nothing."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from harness.backends.tensorflow import WEIGHTS_FOLDER
from harness.backends.tensorflow.epoch import (
    Batches,
    DeviceData,
    compile_epoch,
    from_logits,
    output_count,
)
from harness.evaluations.evaluation import label_threshold
from harness.planning.trial import Computation
from harness.records.weights import weights_digest
from harness.spec.layers.shared import with_sharing
from harness.spec.training import Recipe
from harness.spec.training.class_weight import weights_by_class

# Where in its home Keras keeps what it downloads for its applications.
SUBFOLDER = "models"


@dataclass(frozen=True, eq=False)
class Phase:
    """A Keras model, compiled as one phase trains it. The models of all phases have the same layers and weights."""

    model: keras.Model
    recipe: Recipe
    classes: Sequence[str] = ()
    rates: Callable[[int], object] | None = None
    frozen: Sequence[keras.layers.Layer] = ()
    mixup: keras.layers.Layer | None = None
    # The inputs, and what each layer makes of what comes before it.
    ends: Sequence[keras.KerasTensor] = ()

    @contextmanager
    def freezing(self) -> Iterator[None]:
        """Let the layers that it leaves as they are be so for what is compiled in the block."""
        # Setting it on a network sets it on all of its layers, some of which may never be trained: they come after it.
        parts = [part for layer in self.frozen for part in with_inner(layer)]
        before = [part.trainable for part in parts]
        for layer in self.frozen:
            layer.trainable = False
        try:
            yield
        finally:
            for part, was_trainable in zip(parts, before, strict=True):
                part.trainable = was_trainable

    def compile_epoch(self, training: DeviceData) -> Callable[[npt.NDArray[np.int32]], None]:
        """Return what trains an epoch."""
        with self.freezing():
            return compile_epoch(self.model, training, self.batches(training))

    def batches(self, training: DeviceData) -> Batches:
        """Return how an epoch goes over the data."""
        size, steps, weights = self.recipe.batch_size, self.recipe.steps_per_epoch, self.recipe.class_weight
        examples = None if steps is None else steps * size
        if weights is None:
            return Batches(size, examples, mixup=self.mixup)
        counts = np.bincount(training.labels.numpy(), minlength=training.classes)
        by_class = weights_by_class(weights, self.classes, counts.tolist())
        return Batches(size, examples, np.array(by_class, np.float32))

    def set_rate(self, examples: int) -> None:
        """Set the learning rate of the epoch that comes next, over n examples, where a schedule goes by epochs."""
        if self.rates:
            epoch = int(self.model.optimizer.iterations) // math.ceil(examples / self.recipe.batch_size)
            self.model.optimizer.learning_rate = float(self.rates(epoch))  # type: ignore[arg-type]


def build_model(computation: Computation, seed: int) -> keras.Model:
    """Return the model, compiled as its last phase trains it, its weights drawn from the seed."""
    return build_phases(computation, seed)[-1].model


def build_phases(computation: Computation, seed: int) -> tuple[Phase, ...]:
    """Return the compiled models of all phases, the weights that they have in common drawn from the seed.

    The seed is set right before the layers are built: nothing that ran earlier in the process reaches the weights.
    """
    share_weights_folder()
    keras.utils.set_random_seed(seed)
    ends = layer_ends(computation)
    inputs, outputs = ends[0], ends[-1]
    epochs = (*(phase.epochs for phase in computation.earlier), computation.schedule_epochs)
    images = computation.train_examples or computation.data.train_examples
    classes = computation.data.classes
    return tuple(
        Phase(
            compiled(keras.Model(inputs, outputs), recipe, number, images, multi_label=computation.data.multi_label),
            recipe,
            classes,
            recipe.rates(keras, number),
            [layer for place in recipe.frozen for layer in layers_between(ends, int(place))],
            recipe.mixup and recipe.mixup.build(keras),
            ends,
        )
        for recipe, number in zip(computation.recipes, epochs, strict=True)
    )


def compiled(
    model: keras.Model, recipe: Recipe, epochs: int | None, images: int, *, multi_label: bool = False
) -> keras.Model:
    """Return the model, compiled to be trained by the recipe; a schedule that spans the training needs its epochs."""
    loss = recipe.loss.build(keras)
    model.compile(
        optimizer=recipe.build_optimizer(keras, epochs, images),
        loss=loss,
        metrics=[exact_match(loss) if multi_label else accuracy(model, loss)],
        jit_compile=False,  # XLA is two to ten times slower for these networks on a CPU
    )
    return model


def connected(computation: Computation) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Return the network's inputs, and the outputs that its layers make of them."""
    ends = layer_ends(computation)
    return ends[0], ends[-1]


def layer_ends(computation: Computation) -> list[keras.KerasTensor]:
    """Return the network's inputs, and what each of its layers makes of what comes before it."""
    ends = [keras.Input(computation.data.inputs)]
    for layer in with_sharing(computation.layers):
        ends.append(layer.place(keras, ends[-1]))
    return ends


def layers_between(ends: Sequence[keras.KerasTensor], number: int) -> list[keras.layers.Layer]:
    """Return the Keras layers that the layer of this number is made of, counted from 1."""
    through = keras.Model(ends[0], ends[number]).layers
    before = keras.Model(ends[0], ends[number - 1]).layers if number > 1 else []
    return [layer for layer in through if not any(layer is other for other in before)]


def with_inner(layer: keras.layers.Layer) -> Iterator[keras.layers.Layer]:
    """Yield a layer and, where it is a network, those inside it."""
    yield layer
    for inner in layer.layers if isinstance(layer, keras.Model) else ():
        yield from with_inner(inner)


def accuracy(model: keras.Model, loss: keras.losses.Loss) -> str | keras.metrics.Metric:
    """Return Keras' accuracy; of one logit, whose sigmoid is above .5 where it is above 0, with that threshold."""
    if output_count(model) == 1 and from_logits(loss):
        return keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)
    return "accuracy"


def exact_match(loss: keras.losses.Loss) -> keras.metrics.Metric:
    """Return the share of examples whose labels are all predicted right, where one may have several.

    Keras' ``accuracy`` would take the highest output for the class, as of one-hot labels. Blended labels count as what
    they are nearer to.
    """
    least = label_threshold(logits=from_logits(loss))

    def right(labels: keras.KerasTensor, outputs: keras.KerasTensor) -> keras.KerasTensor:
        found = keras.ops.equal(keras.ops.greater(labels, 0.5), keras.ops.greater(outputs, least))
        return keras.ops.cast(keras.ops.all(found, axis=-1), "float32")

    return keras.metrics.MeanMetricWrapper(right, name="accuracy")


def share_weights_folder() -> None:
    """Let Keras, whose home is a run's own folder, find weights and keep them where it does so for the user."""
    home, own = os.environ.get("KERAS_HOME"), os.environ.get(WEIGHTS_FOLDER)
    if home is None or own is None:
        return
    Path(own).mkdir(parents=True, exist_ok=True)
    Path(home).mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):  # another trial of the run has done it
        (Path(home) / SUBFOLDER).symlink_to(Path(own).absolute(), target_is_directory=True)


def pretrained_digest(layers: Iterable[keras.Layer]) -> str | None:
    """Return the digest of the weights that were published; None where there are none."""
    found = [layer for layer in layers if getattr(layer, "pretrained_on", None)]
    return weights_digest([weight for layer in found for weight in layer.get_weights()]) if found else None
