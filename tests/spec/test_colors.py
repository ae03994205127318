"""Layers that change colors, held against TensorFlow's functions for one factor, and what they refuse."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from generated_layers import parsed

from harness.spec.layers import ShapeError

pytestmark = pytest.mark.training

IMAGES = np.random.default_rng(0).random((6, 5, 4, 3), dtype=np.float32)  # (examples, height, width, channels)


@pytest.mark.parametrize("largest", [1, 255])
@pytest.mark.parametrize("factor", [0.0, 0.3, 0.5, 0.8, 0.99])
def test_the_saturation_is_multiplied_as_tensorflow_does_it(largest: int, factor: float) -> None:
    fields = {"factor": [factor, factor], "value_range": [0, largest]}
    changed = parsed({"RandomSaturation": fields}).build(keras)(IMAGES * largest, training=True)
    expected = tf.image.adjust_saturation(IMAGES * largest, factor / (1 - factor))
    assert np.allclose(changed, expected, atol=1e-4 * largest)
    assert np.min(changed) >= 0


@pytest.mark.parametrize(("kind", "drawn"), [("RandomSaturation", (0, 3)), ("RandomHue", (-0.5, 0.5))])
def test_from_0_to_1_it_is_keras_own_layer(kind: str, drawn: tuple[float, float]) -> None:
    fields = {"factor": (0.2, 0.4), "value_range": (0, 1)}
    ours, theirs = parsed({kind: fields}).build(keras), getattr(keras.layers, kind)(**fields)
    factors = {"factor": keras.ops.convert_to_tensor(np.linspace(drawn[0], drawn[1], 6, dtype=np.float32))}
    assert np.allclose(ours.transform_images(IMAGES, factors), theirs.transform_images(IMAGES, factors), atol=1e-5)


@pytest.mark.parametrize("largest", [1, 255])
def test_the_hue_is_turned_by_half_of_the_factor_either_way(largest: int) -> None:
    layer = parsed({"RandomHue": {"factor": [0.2, 0.2], "value_range": [0, largest]}}).build(keras)
    changed = np.asarray(layer(IMAGES * largest, training=True)) / largest
    turned = [np.asarray(tf.image.adjust_hue(IMAGES, delta)) for delta in (-0.1, 0.1)]
    ways = [[np.allclose(one, two, atol=1e-4) for one, two in zip(changed, way, strict=True)] for way in turned]
    assert all(lower != higher for lower, higher in zip(*ways, strict=True))


@pytest.mark.parametrize("kind", ["RandomSaturation", "RandomHue"])
def test_inference_leaves_colors_as_they_are(kind: str) -> None:
    layer = parsed({kind: {"factor": [0.9, 0.9]}}).build(keras)
    assert np.array_equal(layer(IMAGES, training=False), IMAGES)


@pytest.mark.parametrize("kind", ["RandomSaturation", "RandomHue"])
@pytest.mark.parametrize("shape", [(5, 4, 1), (784,)])
def test_what_has_no_colors_is_refused_as_keras_refuses_it_in_training(kind: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="takes images"):
        parsed({kind: {"factor": 0.2}}).output_shape(shape)
    with pytest.raises((ValueError, tf.errors.OpError)):
        getattr(keras.layers, kind)(0.2)(np.zeros((2, *shape), np.float32), training=True)
