"""Trains every kind of layer for two steps: what Keras builds without a word may still fail when it runs."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from generated_layers import ROW_LAYERS, parsed, smallest

from harness.spec.layers import LAYERS
from harness.spec.layers.application import Application
from harness.spec.layers.composites import CompositeKind

IMAGES = np.random.default_rng(0).random((4, 8, 6, 2), dtype=np.float32)  # (examples, height, width, channels)
ROWS = (8, 12)
LABELS = np.eye(2, dtype=np.float32)[[0, 1, 1, 0]]  # (examples, classes)
FITTING: dict[str, dict[str, Any]] = {
    "GroupNormalization": {"groups": 2},
    # What is cut off at the range's ends has no gradient.
    "RandomBrightness": {"value_range": [-200, 200]},
}


@pytest.mark.parametrize(
    "kind", [name for name, cls in LAYERS.kinds.items() if not issubclass(cls, CompositeKind | Application)]
)
def test_a_kind_trains_and_makes_one_shape_in_training_and_in_evaluation(kind: str) -> None:
    layer = parsed({kind: {**smallest(LAYERS.kinds[kind]), **FITTING.get(kind, {})}})
    keras.utils.set_random_seed(0)
    inputs = keras.Input(IMAGES.shape[1:])
    # A layer with weights in front, so that the gradient has to come through the kind.
    before = keras.layers.Conv2D(2, 1)(inputs)
    if kind in ROW_LAYERS:
        before = keras.layers.Reshape(ROWS)(before)
    made = layer.connect(keras, before)
    outputs = keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(made))
    model = keras.Model(inputs, [outputs, made])
    model.compile(optimizer="sgd", loss=["categorical_crossentropy", None], jit_compile=False)
    first = model.get_weights()[0].copy()
    for _ in range(2):
        loss = model.train_on_batch(IMAGES, [LABELS, LABELS])
        assert np.all(np.isfinite(loss))
    assert not np.array_equal(first, model.get_weights()[0])
    for training in (True, False):
        shown = model(IMAGES, training=training)[1]
        assert tuple(shown.shape[1:]) == layer.output_shape(tuple(before.shape[1:]))
