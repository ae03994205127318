"""Keras' own networks as a layer, held against what Keras builds."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from generated_layers import parsed
from test_layers import parameters, products

from harness.backends.tensorflow.applications import NAMES
from harness.spec.layers import LayerKind, ShapeError
from harness.spec.layers.known_applications import application_names

# Of each design one, and those that are written about most; the others differ from them in widths and depths.
BUILT = ("DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "InceptionV3", "MobileNet", "MobileNetV2",
         "MobileNetV3Small", "ResNet50", "ResNet50V2", "VGG16", "Xception")  # fmt: skip
COUNTED = {
    "EfficientNetB0": (45, 32, 1),
    "MobileNetV3Small": (32, 47, 3),
    "ResNet50": (33, 32, 3),
    "VGG16": (32, 32, 3),
}
pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore:This model usually expects 1 or 3 input channels"),
]


def application(name: str, **fields: Any) -> LayerKind:  # noqa: ANN401 - as a spec writes them
    return parsed({"Application": {"name": name, **fields}})


@pytest.mark.parametrize("name", BUILT)
def test_shapes_and_parameters_are_those_that_keras_builds(name: str) -> None:
    layer = application(name)
    shape = COUNTED.get(name, (76, 81, 3) if name in {"InceptionV3", "Xception"} else (37, 46, 3))
    x = keras.Input(shape)
    model = keras.Model(x, layer.connect(keras, x))
    assert layer.output_shape(shape) == tuple(model.output_shape[1:])
    assert layer.trainable_parameters(shape) == parameters(model.trainable_weights)
    assert layer.trainable_parameters(shape) + layer.frozen_parameters(shape) == model.count_params()
    if name in COUNTED:
        assert layer.macs(shape) == products(model, shape)


def test_there_are_those_that_were_counted() -> None:
    assert application_names() == NAMES


def test_what_is_not_trained_keeps_its_weights_and_its_moving_averages() -> None:
    layer, x = application("MobileNetV3Small", trainable=False), keras.Input((32, 32, 3))
    outputs = keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(layer.connect(keras, x)))
    model = keras.Model(x, outputs)
    assert layer.trainable_parameters((32, 32, 3)) == 0
    assert layer.frozen_parameters((32, 32, 3)) == model.count_params() - parameters(model.trainable_weights)
    model.compile("sgd", "categorical_crossentropy", run_eagerly=True)  # a graph of so many layers takes longer
    before = [weight.copy() for weight in model.get_weights()[:-2]]
    model.train_on_batch(np.random.default_rng(0).random((2, 32, 32, 3), dtype=np.float32), np.eye(2))
    assert all(np.array_equal(old, new) for old, new in zip(before, model.get_weights()[:-2], strict=True))


def test_images_that_are_too_small_and_unknown_names_are_mistakes() -> None:
    with pytest.raises(
        ShapeError, match="ResNet50 takes images of 32×32 or more, but its input is 28×28×1; put a Resizing"
    ):
        application("ResNet50").output_shape((28, 28, 1))
    with pytest.raises(ValueError, match="there is no application 'ResNet500'; did you mean 'ResNet50'"):
        application("ResNet500")


@pytest.mark.parametrize(
    ("name", "first", "channels"),
    [("MobileNetV3Small", "conv_1", 1), ("VGG16", "block5_conv1", 3), ("MobileNet", -9, 3)],
)
def test_layers_from_one_on_are_trained_as_those_that_keras_calls_so(
    name: str, first: str | int, channels: int
) -> None:
    shape, x = (37, 46, channels), keras.Input((37, 46, channels))
    for fields in (
        {"trainable_from": first},
        {"normalization_trainable": False},
        {"trainable_from": first, "normalization_trainable": False},
    ):
        layer = application(name, **fields)
        model = keras.Model(x, layer.connect(keras, x))
        assert 0 < layer.trainable_parameters(shape) == parameters(model.trainable_weights)
        assert layer.trainable_parameters(shape) + layer.frozen_parameters(shape) == model.count_params()
        [inner] = [one for one in model.layers if isinstance(one, keras.Model)]
        normalizing = [one for one in inner.layers if isinstance(one, keras.layers.BatchNormalization)]
        if not fields.get("normalization_trainable", True):
            assert not any(one.trainable for one in normalizing)
    place = [one.name for one in inner.layers].index(first) if isinstance(first, str) else first
    assert application(name, trainable_from=place % len(inner.layers)) == application(name, trainable_from=first)
    assert application(name, trainable_from=0) == application(name)
    assert set(application(name).model_dump()) == {"name", "weights", "trainable"}
    assert application(**layer.model_dump()) == layer


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"trainable_from": "block5_conv4"}, "the network has no layer 'block5_conv4'; did you mean 'block5_conv"),
        (
            {"trainable_from": 19},
            "the network has no layer 19; write a name, such as block5_pool, or a place from 0 to 18",
        ),
        ({"trainable_from": True}, "the network has no layer true"),
        (
            {"trainable_from": -1},
            "no layer of VGG16 from -1 on has weights to train; write block5_conv3, or an earlier",
        ),
        ({"trainable_from": -5, "trainable": False}, "'trainable_from' stands beside 'trainable: false'"),
        ({"normalization_trainable": False, "trainable": False}, "'normalization_trainable' stands beside"),
    ],
)
def test_layers_that_there_are_not_and_contradictions_are_mistakes(fields: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValueError, match=r"VGG16|the network") as caught:
        application("VGG16", **fields)
    assert expected in str(caught.value)
