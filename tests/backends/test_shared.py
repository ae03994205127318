"""Layers that are shared, held against Keras' own way: one layer, or one model, that is called at several places."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from harness.backends.tensorflow.building import build_model, build_phases
from harness.backends.tensorflow.epoch import create_variables, to_device
from harness.backends.tensorflow.network import TensorFlowNetwork
from harness.data.pipeline import fit
from harness.planning.trial import Computation
from harness.records.weights import weights_digest
from harness.worker.examples import trial_order

pytestmark = [pytest.mark.training, pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")]
L = keras.layers
EXAMPLES, BATCH_SIZE, EPOCHS = 210, 35, 2
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (EXAMPLES, 28, 28), dtype=np.uint8)
LABELS = RNG.integers(0, 10, EXAMPLES, dtype=np.uint8)
CONVOLUTION = {"Conv2D": {"filters": 3, "kernel_size": 3, "padding": "same", "activation": "relu"}}
TOWER = {"name": "tower", "layers": [CONVOLUTION, "BatchNormalization", {"Dropout": {"rate": 0.25}}, "Flatten"]}
HALVES = [{"Cropping2D": {"cropping": [[0, 0], sides]}} for sides in ([0, 14], [14, 0])]
END = {"Dense": {"units": 10, "activation": "softmax"}}
TWO_TOWERS: list[Any] = [
    {"Parallel": {"branches": [[HALVES[0], {"Shared": TOWER}], [HALVES[1], {"Shared": {"name": "tower"}}]],
                  "merge": "subtract"}},
    END,
]  # fmt: skip
TIED: list[Any] = [
    {"Conv2D": {"filters": 3, "kernel_size": 4, "strides": 4}},
    {"Repeat": {"times": 3, "layers": [{"Shared": {"name": "again", "layers": [CONVOLUTION]}}]}},
    "Flatten",
    END,
]


def computation(layers: list[Any], **recipe: object) -> Computation:
    plain = {"optimizer": "SGD", "loss": "categorical_crossentropy", "batch_size": BATCH_SIZE}
    return Computation.model_validate({"dataset": "mnist", "layers": layers, "recipe": {**plain, **recipe}})


def convolution() -> Any:  # noqa: ANN401 - Keras' own
    return L.Conv2D(3, 3, padding="same", activation="relu")


def two_towers() -> keras.Model:
    inputs = keras.Input((28, 28, 1))
    left, right = L.Cropping2D(((0, 0), (0, 14)))(inputs), L.Cropping2D(((0, 0), (14, 0)))(inputs)
    tower = keras.Sequential([convolution(), L.BatchNormalization(), L.Dropout(0.25), L.Flatten()])
    return keras.Model(inputs, L.Dense(10, activation="softmax")(L.Subtract()([tower(left), tower(right)])))


def tied() -> keras.Model:
    x = inputs = keras.Input((28, 28, 1))
    x = L.Conv2D(3, 4, strides=4)(x)
    again = convolution()
    x = again(again(again(x)))
    return keras.Model(inputs, L.Dense(10, activation="softmax")(L.Flatten()(x)))


@pytest.mark.parametrize(("layers", "plain"), [(TWO_TOWERS, two_towers), (TIED, tied)], ids=["two towers", "tied"])
def test_they_have_the_weights_and_train_as_keras_code_that_calls_a_layer_again(layers: Any, plain: Any) -> None:  # noqa: ANN401
    wanted = computation(layers)
    data = to_device(IMAGES, LABELS, fit(wanted.data, IMAGES))
    network = TensorFlowNetwork(build_phases(wanted, seed=3))
    network.compile(data, {})
    keras.utils.set_random_seed(3)
    model = plain()
    assert weights_digest(network.weights()) == weights_digest(model.get_weights())
    assert network.parameters == model.count_params()
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    create_variables(model, data)  # else `fit` traces its step twice
    for epoch in range(1, EPOCHS + 1):
        order = trial_order(wanted, 3, epoch, EXAMPLES)
        images, labels = (tensor.numpy() for tensor in data.batch(order))
        means = network.train_epoch(order)
        model.fit(images, labels, batch_size=BATCH_SIZE, shuffle=False, verbose=0)
        theirs = model.get_metrics_result()
        assert {name: float(theirs[name]) for name in means} == pytest.approx(dict(means), rel=1e-4)
    for ours, their in zip(network.weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, their, rtol=1e-4, atol=1e-5)


def test_two_networks_of_one_computation_share_no_weights() -> None:
    wanted = computation(TIED)
    first, second = build_model(wanted, seed=0), build_model(wanted, seed=1)
    before = weights_digest(first.get_weights())
    second.set_weights([np.zeros_like(weights) for weights in second.get_weights()])
    assert weights_digest(first.get_weights()) == before


def test_what_is_frozen_is_frozen_at_every_place() -> None:
    layers = [*TIED[:1], TIED[1]["Repeat"]["layers"][0], "ReLU", {"Shared": {"name": "again"}}, *TIED[2:]]
    wanted = computation(layers, frozen=[2])
    network = TensorFlowNetwork(build_phases(wanted, seed=0))
    network.compile(to_device(IMAGES, LABELS, fit(wanted.data, IMAGES)), {})
    before = network.weights()
    network.train_epoch(trial_order(wanted, 0, 1, EXAMPLES))
    same = [np.array_equal(*pair) for pair in zip(before, network.weights(), strict=True)]
    assert same == [False, False, True, True, False, False]
