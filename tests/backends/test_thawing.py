"""Fine-tuning: a network of Keras' frozen in one phase and thawed from a layer on in the next, held against Keras."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from harness.backends.tensorflow.building import build_phases
from harness.backends.tensorflow.epoch import create_variables, to_device
from harness.backends.tensorflow.network import TensorFlowNetwork
from harness.data.pipeline import fit
from harness.planning.trial import Computation
from harness.records.weights import weights_digest
from harness.spec.cost import cost
from harness.worker.examples import trial_order

pytestmark = [pytest.mark.training, pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")]
EXAMPLES, BATCH_SIZE, SEED = 12, 4, 3
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (EXAMPLES, 32, 32, 3), dtype=np.uint8)
LABELS = RNG.integers(0, 10, EXAMPLES, dtype=np.uint8)
RECIPE = {"optimizer": {"SGD": {"learning_rate": 0.05}}, "loss": "categorical_crossentropy", "batch_size": BATCH_SIZE}
FIRST = "conv_dw_13"


def test_phases_freeze_all_and_then_thaw_from_a_layer_on_as_in_keras() -> None:
    layers = [
        {"Application": {"name": "MobileNet", "trainable_from": FIRST}},
        "GlobalAveragePooling2D",
        {"Dense": {"units": 10, "activation": "softmax"}},
    ]
    content = {"dataset": "cifar10", "layers": layers, "recipe": RECIPE}
    wanted = Computation.model_validate({**content, "earlier": [{**RECIPE, "frozen": [1], "epochs": 1}]})
    data = to_device(IMAGES, LABELS, fit(wanted.data, IMAGES))
    phases = build_phases(wanted, seed=SEED)
    network = TensorFlowNetwork(phases)
    network.compile(data, {})

    keras.utils.set_random_seed(SEED)
    inputs = keras.Input((32, 32, 3))
    base = keras.applications.MobileNet(include_top=False, weights=None, input_shape=(32, 32, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(base(inputs))
    model = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(pooled))
    assert weights_digest(network.weights()) == weights_digest(model.get_weights())
    # As they are drawn, hardly anything of an image comes through at the moving averages that they begin with.
    start = [3 * weights if weights.ndim > 2 else weights for weights in model.get_weights()]
    for one in (model, phases[0].model):
        one.set_weights(start)

    def fit_epoch(epoch: int) -> None:
        images, labels = (tensor.numpy() for tensor in data.batch(trial_order(wanted, SEED, epoch, EXAMPLES)))
        model.compile(keras.optimizers.SGD(0.05), "categorical_crossentropy", jit_compile=False)
        create_variables(model, data)  # else `fit` traces its step twice
        model.fit(images, labels, batch_size=BATCH_SIZE, shuffle=False, verbose=0)
        network.train_epoch(trial_order(wanted, SEED, epoch, EXAMPLES))
        for ours, theirs in zip(network.weights(), model.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)

    base.trainable = False
    fit_epoch(1)
    changed = [not np.array_equal(now, then) for now, then in zip(network.weights(), start, strict=True)]
    assert changed == [False] * (len(changed) - 2) + [True, True]

    names = [layer.name for layer in base.layers]
    for place, layer in enumerate(base.layers):
        layer.trainable = place >= names.index(FIRST)
    network.begin_phase(1)
    fit_epoch(2)
    counted = sum(int(np.prod(weights.shape)) for weights in model.trainable_weights)
    assert network.trainable_parameters == cost(wanted).trainable_parameters == counted
    after = [not np.array_equal(now, then) for now, then in zip(network.weights(), start, strict=True)]
    # Thawed are two convolutions, each with gamma, beta, mean and variance of what normalizes it; then comes the top.
    thawed = after[-12:]
    assert not any(after[:-12])
    for convolution in (0, 5):
        kernel, _, _, mean, variance = thawed[convolution : convolution + 5]
        assert kernel
        assert mean
        assert variance
    assert thawed[-1]
