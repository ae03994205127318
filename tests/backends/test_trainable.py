"""Layers that are not trained, at any depth, held against Keras' own `trainable`; counted and addressed so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from harness.backends.tensorflow.building import build_phases
from harness.backends.tensorflow.epoch import create_variables, to_device
from harness.backends.tensorflow.network import TensorFlowNetwork
from harness.data.pipeline import fit
from harness.declaration.spec_error import InvalidSpec
from harness.planning.settings import Settings
from harness.planning.trial import Computation, trial_computation
from harness.records.weights import weights_digest
from harness.spec.architecture import Architecture
from harness.spec.cost import cost
from harness.spec.reading import read_text
from harness.worker.examples import trial_order

pytestmark = [pytest.mark.training, pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")]
L = keras.layers
EXAMPLES, BATCH_SIZE = 210, 35
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (EXAMPLES, 28, 28), dtype=np.uint8)
LABELS = RNG.integers(0, 10, EXAMPLES, dtype=np.uint8)


def convolution(**fields: object) -> dict[str, Any]:
    return {"Conv2D": {"filters": 4, "kernel_size": 3, "padding": "same", **fields}}


FROZEN: list[Any] = [
    convolution(strides=2),
    {"Residual": {"layers": [convolution(trainable=False), {"BatchNormalization": {"trainable": False}}, "ReLU"]}},
    {"Residual": {"layers": [convolution(), "BatchNormalization"], "projection": [convolution()], "trainable": False}},
    "Flatten",
    {"Dense": {"units": 10, "activation": "softmax"}},
]
RECIPE = {"optimizer": "SGD", "loss": "categorical_crossentropy", "batch_size": BATCH_SIZE}


def in_keras() -> keras.Model:
    inputs = keras.Input((28, 28, 1))
    x = L.Conv2D(4, 3, padding="same", strides=2)(inputs)
    frozen = [L.Conv2D(4, 3, padding="same", trainable=False), L.BatchNormalization(trainable=False)]
    x = L.Add()([L.ReLU()(frozen[1](frozen[0](x))), x])
    block = [L.Conv2D(4, 3, padding="same"), L.BatchNormalization(), L.Conv2D(4, 3, padding="same")]
    x = L.Add()([block[1](block[0](x)), block[2](x)])
    for layer in block:
        layer.trainable = False
    return keras.Model(inputs, L.Dense(10, activation="softmax")(L.Flatten()(x)))


def test_layers_inside_others_stay_as_keras_leaves_them_and_the_rest_trains_as_there() -> None:
    wanted = Computation.model_validate({"dataset": "mnist", "layers": FROZEN, "recipe": RECIPE})
    data = to_device(IMAGES, LABELS, fit(wanted.data, IMAGES))
    network = TensorFlowNetwork(build_phases(wanted, seed=3))
    network.compile(data, {})
    keras.utils.set_random_seed(3)
    model = in_keras()
    start = model.get_weights()
    assert weights_digest(network.weights()) == weights_digest(start)
    assert network.trainable_parameters == sum(int(np.prod(one.shape)) for one in model.trainable_weights)
    costs = cost(wanted)
    assert (costs.parameters, costs.trainable_parameters) == (model.count_params(), network.trainable_parameters)
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    create_variables(model, data)  # else `fit` traces its step twice
    for epoch in (1, 2):
        order = trial_order(wanted, 3, epoch, EXAMPLES)
        images, labels = (tensor.numpy() for tensor in data.batch(order))
        network.train_epoch(order)
        model.fit(images, labels, batch_size=BATCH_SIZE, shuffle=False, verbose=0)
    for ours, theirs in zip(network.weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    same = [np.array_equal(now, then) for now, then in zip(network.weights(), start, strict=True)]
    # The first convolution and the last layer are trained; all between, moving averages too, are as they were.
    assert same == [index not in {0, 1, len(start) - 2, len(start) - 1} for index in range(len(start))]


def read(layers: str) -> Architecture:
    text = f"title: t\ndataset: mnist\nlayers:\n{layers}  - Flatten\n  - Dense: {{units: 10, activation: softmax}}\n"
    return read_text(Path("t.yaml"), f"{text}training: {{optimizer: SGD, loss: mse, batch_size: 9, epochs: 1}}\n")


def fingerprint(layers: str) -> str:
    return trial_computation(read(layers), Settings()).fingerprint


BLOCK = "  - Repeat: {times: 2, layers: [Conv2D: {filters: 1, kernel_size: 3%s}]%s}\n"
SHARED = "  - Shared: {name: a, layers: [Conv2D: {filters: 1, kernel_size: 1}]%s}\n"


def test_what_is_trained_is_not_in_the_address_and_what_is_not_is() -> None:
    assert fingerprint(BLOCK % (", trainable: true", "")) == fingerprint(BLOCK % ("", ""))
    frozen = fingerprint(BLOCK % (", trainable: false", "")), fingerprint(BLOCK % ("", ", trainable: false"))
    assert fingerprint(BLOCK % ("", "")) not in frozen
    varied = BLOCK.replace("kernel_size: 3", "kernel_size: size").replace("times: 2", "times: 2, each: {size: [3, 5]}")
    written = "".join(f"  - Conv2D: {{filters: 1, kernel_size: {size}, trainable: false}}\n" for size in (3, 5))
    assert fingerprint(varied % ("", ", trainable: false")) == fingerprint(written)


def test_what_is_shared_is_frozen_at_all_places_or_at_none() -> None:
    frozen = read(SHARED % ", trainable: false" + "  - Residual: {layers: [Shared: {name: a}], trainable: false}\n")
    assert cost(frozen).trainable_parameters == 7850
    for later in (
        "  - Shared: {name: a, trainable: false}\n",
        "  - Residual: {layers: [Shared: {name: a}], trainable: false}\n",
    ):
        with pytest.raises(InvalidSpec, match="'a' is trained where it stands first, and not here"):
            read(SHARED % "" + later)


def test_a_network_in_which_nothing_is_trained_is_refused() -> None:
    with pytest.raises(InvalidSpec, match="no weights are trained"):
        read_text(
            Path("t.yaml"),
            "title: t\ndataset: mnist\nlayers:\n  - Flatten\n  - Dense: {units: 10, trainable: false}\n"
            "training: {optimizer: SGD, loss: mse, batch_size: 9, epochs: 1}\n",
        )
