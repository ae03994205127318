"""TensorFlow as trials drive it: its runtime's settings, and Keras models, trained and scored; keeps no clock."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from harness.backends.tensorflow.building import Phase, build_phases, connected, pretrained_digest
from harness.backends.tensorflow.epoch import (
    DeviceData,
    compile_scoring,
    from_logits,
    to_device,
)
from harness.backends.tensorflow.model import TensorFlowModel
from harness.data.pipeline import Pipeline
from harness.evaluations.evaluation import Examples
from harness.planning.trial import Computation
from harness.worker.backend import Array, Scores


class TensorFlow:
    """The framework, imported; its runtime starts with the first computation."""

    memory_errors = (tf.errors.ResourceExhaustedError,)

    def configure(self, threads: int, *, deterministic: bool) -> None:
        """Fix threads and determinism, before the runtime starts; hide accelerators, which are not timed yet."""
        tf.config.set_visible_devices([], "GPU")
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        if deterministic:
            tf.config.experimental.enable_op_determinism()

    def hold(self, examples: Examples, pipeline: Pipeline) -> DeviceData:
        """Put examples on the device."""
        return to_device(*examples, pipeline)

    def build(self, computation: Computation, seed: int) -> TensorFlowNetwork:
        """Return the computation's network, its weights drawn from the seed."""
        return TensorFlowNetwork(build_phases(computation, seed))

    def model(self, computation: Computation, weights: Sequence[Array]) -> TensorFlowModel:
        """Return the network alone, without its optimizer and loss."""
        network = keras.Model(*connected(computation))
        network.set_weights(weights)
        return TensorFlowModel(network, logits=from_logits(computation.recipe.loss.build(keras)))


class TensorFlowNetwork:
    """The models of one network's phases, each with a function that trains an epoch and one for each evaluation."""

    def __init__(self, phases: Sequence[Phase]) -> None:
        self._phases = phases
        self._evaluations: Mapping[str, DeviceData]
        self._now = 0
        self._pretrained_sha256 = pretrained_digest(phases[0].model.layers)
        self._train: Sequence[Callable[[npt.NDArray[np.int32]], None]]
        self._score: Sequence[Mapping[str, Callable[[], Scores]]]

    @property
    def parameters(self) -> int:
        """How many numbers it has."""
        return int(self._model.count_params())

    @property
    def pretrained_sha256(self) -> str | None:
        """The digest of the weights that Keras publishes, before anything is trained."""
        return self._pretrained_sha256

    @property
    def trainable_parameters(self) -> int:
        """How many of them training changes."""
        return sum(math.prod(weights.shape) for weights in self._model.trainable_weights)

    def compile(self, training: DeviceData, evaluations: Mapping[str, DeviceData]) -> None:
        """Compile the epoch and the evaluations of every phase."""
        self._evaluations = evaluations
        self._train = [phase.compile_epoch(training) for phase in self._phases]
        self._score = [
            {name: compile_scoring(phase.model, data) for name, data in evaluations.items()} for phase in self._phases
        ]

    def begin_phase(self, phase: int) -> None:
        """Train and score as in this phase from now on."""
        self._now = phase

    def reduce_learning_rate(self, factor: float, lowest: float) -> None:
        """Lower the rate as Keras' ReduceLROnPlateau does."""
        optimizer = self._model.optimizer
        rate = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
        if rate > np.float32(lowest):
            optimizer.learning_rate = max(rate * factor, lowest)

    def train_epoch(self, order: npt.NDArray[np.int32]) -> Mapping[str, float]:
        """Train for an epoch in this order, and return Keras' running means."""
        self._phases[self._now].set_rate(len(order))
        self._train[self._now](order)
        means = self._model.get_metrics_result()
        return {name: float(means[name]) for name in ("loss", "accuracy")}

    def score(self, evaluation: str) -> Scores:
        """Return the scores of an evaluation's images."""
        return self._score[self._now][evaluation]()

    def responses(self, evaluation: str) -> Iterator[Array]:
        """Yield what each layer makes of the examples, one after another; operations run one by one."""
        data, phase = self._evaluations[evaluation], self._phases[self._now]
        values, _ = data.batch(tf.range(data.examples))
        for before, after in pairwise(phase.ends):
            values = keras.Model(before, after)(values, training=False)
            yield np.asarray(values)

    def weights(self) -> Sequence[Array]:
        """Return all weights in Keras' order."""
        weights: list[Array] = self._model.get_weights()
        return weights

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Assign weights in Keras' order."""
        self._model.set_weights(list(weights))

    def state(self) -> Sequence[Array]:
        """Return the weights, the state of dropout's random numbers, and the optimizer's own variables."""
        return [variable.numpy() for variable in self._variables()]

    def restore(self, state: Sequence[Array]) -> None:
        """Assign a state's arrays, one to each variable."""
        for variable, value in zip(self._variables(), state, strict=True):
            variable.assign(value)

    @property
    def _model(self) -> keras.Model:
        return self._phases[self._now].model

    def _variables(self) -> list[keras.Variable]:
        """Return what a state holds of the phase; the random numbers of blending have a state too."""
        mixup = self._phases[self._now].mixup
        return [*self._model.variables, *self._model.optimizer.variables, *(mixup.variables if mixup else ())]
