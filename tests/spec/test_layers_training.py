"""Trains every kind of layer for two steps: what Keras builds without a word may still fail when it runs."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from generated_layers import ROW_LAYERS, parsed, smallest
from pydantic import ValidationError

from harness.spec.layers import LAYERS, ShapeError
from harness.spec.layers.application import Application
from harness.spec.layers.composites import CompositeKind

pytestmark = pytest.mark.training

IMAGES = np.random.default_rng(0).random((4, 8, 6, 2), dtype=np.float32)  # (examples, height, width, channels)
ROWS = (8, 12)
LABELS = np.eye(2, dtype=np.float32)[[0, 1, 1, 0]]  # (examples, classes)
FITTING: dict[str, dict[str, Any]] = {
    "GroupNormalization": {"groups": 2},
    # What is cut off at the range's ends has no gradient.
    "RandomBrightness": {"value_range": [-200, 200]},
}
COLORED = {"RandomSaturation", "RandomHue"}


@pytest.mark.parametrize(
    "kind", [name for name, cls in LAYERS.kinds.items() if not issubclass(cls, CompositeKind | Application)]
)
def test_a_kind_trains_and_makes_one_shape_in_training_and_in_evaluation(kind: str) -> None:
    layer = parsed({kind: {**smallest(LAYERS.kinds[kind]), **FITTING.get(kind, {})}})
    keras.utils.set_random_seed(0)
    inputs = keras.Input(IMAGES.shape[1:])
    # A layer with weights in front, so that the gradient has to come through the kind.
    before = keras.layers.Conv2D(3 if kind in COLORED else 2, 1)(inputs)
    if kind in ROW_LAYERS:
        before = keras.layers.Reshape(ROWS)(before)
    made = layer.connect(keras, before)
    outputs = keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(made))
    model = keras.Model(inputs, [outputs, made])
    model.compile(optimizer="sgd", loss=["categorical_crossentropy", None], jit_compile=False)
    model.optimizer.build(model.trainable_variables)  # else a step is traced twice
    first = model.get_weights()[0].copy()
    for _ in range(2):
        loss = model.train_on_batch(IMAGES, [LABELS, LABELS])
        assert np.all(np.isfinite(loss))
    assert not np.array_equal(first, model.get_weights()[0])
    for training in (True, False):
        shown = model(IMAGES, training=training)[1]
        assert tuple(shown.shape[1:]) == layer.output_shape(tuple(before.shape[1:]))


_TRANSPOSED: list[dict[str, Any]] = [
    {"filters": 2, "kernel_size": kernel, "strides": strides, "padding": padding, **added}
    for kernel, strides, padding in product((1, 2, 3), (1, 2, 3), ("valid", "same"))
    for added in [{}, *({"output_padding": amount} for amount in range(strides))]
]
_AXES = [list(axes) for count in (1, 2, 3) for axes in combinations((-3, -2, -1), count)]
SWEEP: dict[str, list[dict[str, Any]]] = {
    "Conv2DTranspose": _TRANSPOSED,
    **{
        kind: [{"axis": axes} for axes in _AXES]
        for kind in ("LayerNormalization", "RMSNormalization", "UnitNormalization", "Softmax")
    },
    "GaussianNoise": [{"stddev": value} for value in (0, 0.5, 1)],
}


@pytest.mark.parametrize("kind", SWEEP)
def test_every_value_that_is_taken_can_be_trained_with(kind: str) -> None:
    taken = 0
    for fields in SWEEP[kind]:
        try:
            layer = parsed({kind: fields})
            layer.output_shape(IMAGES.shape[1:])
        except (ValidationError, ShapeError):
            continue
        taken += 1
        inputs = keras.Input(IMAGES.shape[1:])
        before = keras.layers.Conv2D(2, 1)(inputs)
        model = keras.Model(inputs, layer.connect(keras, before))
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model(IMAGES, training=True) ** 2)
        gradients = tape.gradient(loss, model.trainable_variables)
        assert np.isfinite(loss), fields
        assert all(gradient is None or np.all(np.isfinite(gradient)) for gradient in gradients), fields
    assert taken >= 3
