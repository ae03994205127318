"""Where the compiled epoch has the bits of `model.fit`, and why not elsewhere.

Both run Keras' own training step, whose arithmetic TensorFlow rewrites before it runs. What it rewrites depends on what
it knows: in `fit` the size of a batch is unknown if the last one is smaller, and a step returns the running means; in
the compiled epoch every size is known, and nothing is returned.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import fake_records as fake
import keras
import numpy as np
import pytest
import tensorflow as tf

from harness.arrays import Bytes
from harness.backends.tensorflow.building import Phase, build_model, build_phases
from harness.backends.tensorflow.epoch import create_variables, graph, output_count, to_device
from harness.backends.tensorflow.network import TensorFlowNetwork
from harness.data.fetching import fetch
from harness.data.pipeline import fit
from harness.planning.settings import Settings
from harness.planning.trial import Computation, trial_computation
from harness.records.weights import weights_digest
from harness.spec.architecture import Architecture
from harness.spec.reading import select
from harness.spec.training import OPTIMIZERS
from harness.worker.examples import epoch_order

pytestmark = pytest.mark.training

LAST_BATCH = 12


@contextmanager
def rewriting(*, on: bool) -> Iterator[None]:
    """Let TensorFlow rewrite the arithmetic of what runs in the block, as it does everywhere else, or not."""
    passes = ("constant_folding", "arithmetic_optimization")
    tf.config.optimizer.set_experimental_options(dict.fromkeys(passes, on))
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options(dict.fromkeys(passes, True))


@dataclass(frozen=True)
class Outcome:
    """What an epoch leaves: the bits of all weights, and Keras' running means."""

    weights_sha256: str
    loss: float
    accuracy: float


class Ways:
    """A network that is trained in one of three ways, from the same state every time."""

    def __init__(self, computation: Computation, images: Bytes, labels: Bytes, epochs: int = 1) -> None:
        self.computation = computation
        self._batch_size = computation.recipe.batch_size
        self.data = to_device(images, labels, fit(computation.data, images))
        self._orders = [epoch_order(0, epoch, self.data.examples) for epoch in range(1, epochs + 1)]
        self._network = TensorFlowNetwork(build_phases(computation, seed=0))
        self._network.compile(self.data, {})
        self.model = self._network._model
        self._start = self._network.state()

    @cached_property
    def compiled(self) -> list[Outcome]:
        """The outcome of every epoch in one compiled call, as trials run it."""
        return self.train_compiled()

    @cached_property
    def fitted(self) -> list[Outcome]:
        """The outcome of every epoch of `fit`."""
        return self.fit()

    def train_compiled(self) -> list[Outcome]:
        """Train every epoch in one compiled call."""
        self._network.restore(self._start)
        return [outcome(self._network, self._network.train_epoch(order)) for order in self._orders]

    def fit(self) -> list[Outcome]:
        """Train every epoch with Keras' `fit`."""
        self._network.restore(self._start)
        outcomes = []
        for order in self._orders:
            x, y = (tensor.numpy() for tensor in self.data.batch(tf.constant(order), output_count(self.model)))
            self.model.fit(x, y, batch_size=self._batch_size, shuffle=False, verbose=0)
            outcomes.append(outcome(self._network, self.model.get_metrics_result()))
        return outcomes

    def train_stepwise(self) -> list[Outcome]:
        """Train every batch in a call that takes batches of any size and returns the running means."""
        outputs = output_count(self.model)
        traced = graph(lambda indices: self.model.train_step(self.data.batch(indices, outputs)))
        step = traced.get_concrete_function(tf.TensorSpec([None], tf.int32))
        self._network.restore(self._start)
        outcomes = []
        for order in self._orders:
            self.model.reset_metrics()
            for start in range(0, len(order), self._batch_size):
                step(tf.constant(order[start : start + self._batch_size]))
            outcomes.append(outcome(self._network, self.model.get_metrics_result()))
        return outcomes


def outcome(network: TensorFlowNetwork, means: Mapping[str, float]) -> Outcome:
    return Outcome(weights_digest(network.weights()), float(means["loss"]), float(means["accuracy"]))


def shortened(architecture: Architecture) -> Computation:
    """Return what training the architecture on two batches and a smaller one computes."""
    return trial_computation(architecture, Settings(train_examples=2 * architecture.recipe.batch_size + LAST_BATCH))


def parts(computation: Computation) -> set[object]:
    """Return what a step is made of: layers with their activations, the loss, the optimizer whatever its fixed rate."""
    optimizer, loss = computation.recipe.optimizer, computation.recipe.loss
    if isinstance(optimizer.learning_rate, float):
        optimizer = optimizer.model_copy(update={"learning_rate": 1.0})
    return {optimizer, loss, *((layer.kind, getattr(layer, "activation", None)) for layer in computation.layers)}


# Three of the documents are one computation, which goes by the first one's name.
SHIPPED = {shortened(architecture): architecture.name for architecture in reversed(select((), fake.ARCHITECTURES))}
DOCUMENTED = {part for document in fake.architectures(*fake.DOCUMENTS) for part in parts(shortened(document))}


@pytest.fixture(scope="module", params=list(SHIPPED), ids=list(SHIPPED.values()))
def ways(request: pytest.FixtureRequest) -> Ways:
    computation: Computation = request.param
    arrays = fetch(computation.data)
    used = computation.recipe.training_examples(computation.train_examples or 0)
    return Ways(computation, arrays.train_images[:used], arrays.train_labels[:used])


def test_without_rewriting_every_architectures_epoch_has_the_bits_of_fit(ways: Ways) -> None:
    with rewriting(on=False):
        assert ways.train_compiled() == ways.fit()


def test_fit_has_the_bits_of_a_step_of_unknown_size_that_returns_its_means(ways: Ways) -> None:
    assert ways.fitted == ways.train_stepwise()


def test_an_epoch_made_of_the_documents_parts_has_the_bits_of_fit_and_every_other_its_loss(ways: Ways) -> None:
    if parts(ways.computation) <= DOCUMENTED:
        assert ways.compiled == ways.fitted
    for compiled, fitted in zip(ways.compiled, ways.fitted, strict=True):
        assert compiled.loss == pytest.approx(fitted.loss, rel=1e-5)


def test_each_way_repeats_itself(ways: Ways) -> None:
    assert ways.compiled == ways.train_compiled()
    assert ways.fitted == ways.fit()


def test_other_networks_are_made_of_the_documents_parts_too() -> None:
    names = {name for computation, name in SHIPPED.items() if parts(computation) <= DOCUMENTED}
    assert names > {"000_convnet", "002_two_conv_dropout", "003_wide_conv_dropout"}


@pytest.mark.parametrize("optimizer", OPTIMIZERS.kinds)
def test_with_every_optimizer_and_dropout_an_epoch_has_the_bits_of_fit(optimizer: str) -> None:
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (210, 28, 28), dtype=np.uint8), rng.integers(0, 10, 210, dtype=np.uint8)
    layers = [
        {"Conv2D": {"filters": 4, "kernel_size": 3, "activation": "relu"}},
        {"MaxPooling2D": {"pool_size": 2}},
        {"Dropout": {"rate": 0.25}},
        "Flatten",
        {"Dense": {"units": 10, "activation": "softmax"}},
    ]
    recipe = {"optimizer": optimizer, "loss": "categorical_crossentropy", "batch_size": 32}  # and a last batch of 18
    computation = Computation.model_validate({"dataset": "mnist", "layers": layers, "recipe": recipe})
    ways = Ways(computation, images, labels, epochs=2)
    assert ways.compiled == ways.fitted


def test_phases_have_the_bits_of_compiling_and_fitting_again_on_the_same_weights() -> None:
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (210, 28, 28), dtype=np.uint8), rng.integers(0, 10, 210, dtype=np.uint8)
    layers = ["Flatten", {"Dropout": {"rate": 0.25}}, {"Dense": {"units": 10, "activation": "softmax"}}]
    first = {"optimizer": "RMSprop", "loss": "categorical_crossentropy", "batch_size": 32}
    second = {"optimizer": {"Adam": {"learning_rate": 0.01}}, "loss": "mean_squared_error", "batch_size": 64}
    earlier = [{**first, "epochs": 2}, {**first, "epochs": 1}]
    phased = Computation.model_validate({"dataset": "mnist", "layers": layers, "earlier": earlier, "recipe": second})
    data = to_device(images, labels, fit(phased.data, images))
    network = TensorFlowNetwork(build_phases(phased, seed=0))
    network.compile(data, {"some": data})

    alone = Computation.model_validate({"dataset": "mnist", "layers": layers, "recipe": first})
    model = build_model(alone, seed=0)
    orders = [epoch_order(0, epoch, len(labels)) for epoch in range(1, 6)]
    for phase, recipe, epochs in ((0, first, [0, 1]), (1, first, [2]), (2, second, [3, 4])):
        network.begin_phase(phase)
        made = phased.recipes[phase]
        model.compile(made.optimizer.build(keras), made.loss.build(keras), metrics=["accuracy"], jit_compile=False)
        create_variables(model, data)  # else `fit` traces its step twice
        for epoch in epochs:
            x, y = (tensor.numpy() for tensor in data.batch(tf.constant(orders[epoch])))
            model.fit(x, y, batch_size=recipe["batch_size"], shuffle=False, verbose=0)
            assert outcome(network, network.train_epoch(orders[epoch])) == outcome(
                TensorFlowNetwork([Phase(model, made)]), model.get_metrics_result()
            )
            assert network.score("some").loss == pytest.approx(model.evaluate(x, y, verbose=0)[0], rel=1e-5)


def test_a_mean_that_knows_how_many_it_is_of_multiplies_its_gradient_where_it_would_divide() -> None:
    values = np.random.default_rng(0).random((3, 5, 5, 6), dtype=np.float32)  # 75 for each channel
    images = tf.Variable(values)

    def gradient(size: tf.Tensor) -> tf.Tensor:
        batch = images[:size]
        with tf.GradientTape() as tape:
            tape.watch(batch)
            means = tf.tanh(tf.reduce_mean(batch, axis=(0, 1, 2)))
        return tape.gradient(means, batch)

    def gradients() -> tuple[bytes, bytes]:
        known, unknown = tf.function(lambda: gradient(len(values))), tf.function(gradient)
        return known().numpy().tobytes(), unknown(tf.constant(len(values))).numpy().tobytes()

    known, unknown = gradients()
    assert known != unknown
    with rewriting(on=False):
        known, unknown = gradients()
    assert known == unknown


def test_only_a_function_that_returns_something_has_its_constants_multiplied_ahead() -> None:
    step, angle = tf.Variable(7.0), tf.Variable(0.0)

    def assign() -> None:
        angle.assign(math.pi * (step / 31))  # a schedule's, of 31 steps: rewritten as (π / 31) · step

    def assign_and_return() -> tf.Tensor:
        assign()
        return tf.constant(0)

    def angles() -> list[float]:
        found = []
        for function in (assign, assign_and_return):
            tf.function(function)()
            found.append(float(angle))
        return found

    silent, returning = angles()
    assert silent != returning
    with rewriting(on=False):
        silent, returning = angles()
    assert silent == returning
