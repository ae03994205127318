"""Compares what the layers say of themselves with what Keras builds, over generated layers and networks."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from generated_layers import EFFORT, Spec, leaves, networks, parsed, refuse_all_but_clashes
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.spec.layers import LAYERS, LayerKind, Shape, ShapeError
from harness.spec.layers.composites import CompositeKind
from harness.spec.layers.layer import Chain

# Generated networks are not sensible: Keras warns of a softmax over one number, and is right.
pytestmark = [pytest.mark.training, pytest.mark.filterwarnings("ignore:You are using a softmax over axis")]

COLORED = {"RandomSaturation", "RandomHue"}
SHAPES = st.sampled_from([(7,), (3, 4), (5, 6, 2), (4, 4, 4), (1, 1, 8)])


def leaf_layers(layers: tuple[LayerKind, ...], shape: Shape) -> Iterator[tuple[LayerKind, Shape]]:
    """Yield every layer that holds no others, with the shape in front of it, in the order of connection."""
    for layer in layers:
        if isinstance(layer, CompositeKind):
            for part in layer.chains:
                yield from leaf_layers(tuple(part), shape)
        else:
            yield layer, shape
        shape = layer.output_shape(shape)


@EFFORT
@given(leaves(), SHAPES)
def test_a_layer_fits_what_keras_takes_and_makes_the_same_shape(spec: Spec, shape: Shape) -> None:
    try:
        layer = parsed(spec)
    except ValidationError as error:
        refuse_all_but_clashes(error)
        return
    theirs: tuple[int, ...] | None
    try:
        theirs = tuple(layer.connect(keras, keras.Input(shape)).shape[1:])
    except (ValueError, IndexError):
        theirs = None
    try:
        ours = layer.output_shape(shape)
    except ShapeError:
        # Keras lets some image layers pass vectors without a word, on which they then fail or do nothing, and those of
        # colors pass any channels.
        assert theirs is None or len(shape) != 3 or (layer.kind in COLORED and shape[-1] != 3)
    else:
        assert ours == theirs


def parameters(weights: list[Any]) -> int:
    return sum(prod(weight.shape) for weight in weights)


@EFFORT
@given(networks())
def test_a_network_has_the_shapes_and_parameters_that_keras_builds(network: tuple[list[Spec], Shape]) -> None:
    specs, shape = network
    layers = tuple(parsed(spec) for spec in specs)
    x = keras.Input(shape)
    for layer in layers:
        y = layer.connect(keras, x)
        built = keras.Model(x, y)
        trainable, frozen = layer.trainable_parameters(shape), layer.frozen_parameters(shape)
        assert layer.output_shape(shape) == tuple(y.shape[1:])
        assert trainable == parameters(built.trainable_weights)
        assert trainable + frozen == built.count_params()
        shape, x = tuple(y.shape[1:]), keras.Input(tuple(y.shape[1:]))


def products(model: keras.Model, shape: Shape) -> int:
    """Count the multiply-accumulates of TensorFlow's own graph, operation by operation."""
    graph = tf.function(model, autograph=False).get_concrete_function(tf.TensorSpec((1, *shape))).graph
    return sum(_products(operation) for operation in graph.get_operations())


def _products(operation: Any) -> int:  # noqa: ANN401 (TensorFlow is not typed)
    shapes: list[Shape] = [tuple(tensor.shape) for tensor in operation.inputs]
    made: Shape = tuple(operation.outputs[0].shape) if operation.outputs else ()
    match operation.type:
        case "Conv2D":
            return prod(made) * prod(shapes[1][:3])
        case "DepthwiseConv2dNative":
            return prod(made) * prod(shapes[1][:2])
        case "Conv2DBackpropInput":
            return prod(shapes[2]) * prod(shapes[1][:3])
        case "MatMul":
            return prod(shapes[0]) * shapes[1][-1]
        case "Einsum":
            axes = operation.get_attr("equation").decode().partition("->")[0].split(",")
            return prod(
                {
                    axis: size
                    for names, shape in zip(axes, shapes, strict=True)
                    for axis, size in zip(names, shape, strict=True)
                }.values()
            )
    return 0


RECURRENT = ("SimpleRNN", "LSTM", "GRU")


def plainly_convolved(spec: Spec) -> bool:
    """Tell whether TensorFlow runs the layer as plain operations: dilations, groups and loops take other ways."""
    text = repr(spec)
    others = ("dilation_rate", "groups", "Resizing", "Random", "'strides'")
    return not any(word in text for word in (*others, *RECURRENT, "PositionEmbedding"))


@settings(EFFORT, max_examples=EFFORT.max_examples // 3)
@given(networks())
def test_a_networks_products_are_those_of_tensorflows_graph(network: tuple[list[Spec], Shape]) -> None:
    specs, shape = network
    kept = [spec for spec in specs if plainly_convolved(spec)]
    layers = [parsed(spec) for spec in kept]
    try:
        Chain(("layers",), layers).output_shape(shape)
    except ShapeError:
        assume(False)  # noqa: FBT003 (hypothesis' own way)
    x = keras.Input(shape)
    model = keras.Model(x, Chain(("layers",), layers).connect(keras, x))
    assert sum(layer.macs(at) for layer, at in leaf_layers(tuple(layers), shape)) == products(model, shape)


@pytest.mark.parametrize("kind", RECURRENT)
@pytest.mark.parametrize("reset_after", [True, False])
def test_a_recurrent_layers_products_are_those_of_its_unrolled_loop(kind: str, *, reset_after: bool) -> None:
    fields = {"units": 5, **({"reset_after": reset_after} if kind == "GRU" else {})}
    layer, x = parsed({kind: fields}), keras.Input((4, 3))
    unrolled = keras.Model(x, getattr(keras.layers, kind)(unroll=True, **fields)(x))
    assert layer.macs((4, 3)) == products(unrolled, (4, 3))


def test_what_is_joined_element_by_element_is_broadcast_as_keras_does() -> None:
    squeezed = [{"GlobalAveragePooling2D": {"keepdims": True}}, {"Dense": {"units": 3, "activation": "sigmoid"}}]
    layer, x = parsed({"Parallel": {"branches": [[], squeezed], "merge": "multiply"}}), keras.Input((5, 4, 3))
    assert layer.output_shape((5, 4, 3)) == tuple(layer.connect(keras, x).shape[1:]) == (5, 4, 3)
    images = np.random.default_rng(0).random((2, 5, 4, 3), dtype=np.float32)
    model = keras.Model(x, layer.connect(keras, x))
    kernel, bias = model.get_weights()
    gates = 1 / (1 + np.exp(-(images.mean(axis=(1, 2), keepdims=True) @ kernel + bias)))
    assert np.allclose(model(images).numpy(), images * gates, atol=1e-6)


def test_positions_are_added_row_by_row() -> None:
    x = keras.Input((4, 3))
    model = keras.Model(x, parsed("PositionEmbedding").connect(keras, x))
    rows = np.random.default_rng(0).random((2, 4, 3), dtype=np.float32)
    (table,) = model.get_weights()
    assert table.shape == (4, 3)
    assert np.allclose(model(rows).numpy(), rows + table)


def test_random_crop_trains_on_windows_and_is_evaluated_on_the_resized_middle() -> None:
    x = keras.Input((8, 8, 1))
    model = keras.Model(x, parsed({"RandomCrop": {"height": 4, "width": 2}}).connect(keras, x))
    images = np.random.default_rng(0).random((2, 8, 8, 1), dtype=np.float32)
    windows = [images[:, top : top + 4, left : left + 2] for top in range(5) for left in range(7)]
    trained_on = model(images, training=True).numpy()
    assert any(np.array_equal(trained_on, window) for window in windows)
    middle = keras.layers.Resizing(4, 2, crop_to_aspect_ratio=True)(images)
    assert np.array_equal(model(images, training=False).numpy(), middle)


STRIDED = {"Conv2D": {"filters": 2, "kernel_size": 2, "strides": 2}}
SEPARABLE = {"SeparableConv2D": {"filters": 4, "kernel_size": 3, "padding": "same"}}
ONE_OF_EACH: list[Spec] = [
    {"Conv2D": {"filters": 4, "kernel_size": 3, "activation": "relu", "kernel_initializer": "he_normal"}},
    {"Residual": {"layers": [SEPARABLE, "BatchNormalization"]}},
    {"Parallel": {"branches": [["MaxPooling2D"], [STRIDED]], "merge": "concatenate"}},
    {"Repeat": {"times": 2, "layers": [{"DepthwiseConv2D": {"kernel_size": 2}}]}},
    "Flatten",
    {"Dropout": {"rate": 0.5}},
    {"Dense": {"units": 3, "activation": "softmax"}},
]


def plain_keras() -> keras.Model:
    layers = keras.layers
    x = inputs = keras.Input((9, 8, 1))
    x = layers.Conv2D(4, 3, activation="relu", kernel_initializer="he_normal")(x)
    y = layers.BatchNormalization()(layers.SeparableConv2D(4, 3, padding="same")(x))
    x = layers.Add()([y, x])
    x = layers.Concatenate()([layers.MaxPooling2D()(x), layers.Conv2D(2, 2, strides=2)(x)])
    x = layers.DepthwiseConv2D(2)(x)
    x = layers.DepthwiseConv2D(2)(x)
    x = layers.Dropout(0.5)(layers.Flatten()(x))
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(x))


def from_specs() -> keras.Model:
    x = keras.Input((9, 8, 1))
    return keras.Model(x, Chain(("layers",), [parsed(spec) for spec in ONE_OF_EACH]).connect(keras, x))


def test_the_same_seed_gives_the_weights_and_outputs_of_plain_keras_code() -> None:
    images = np.random.default_rng(0).random((4, 9, 8, 1), dtype=np.float32)
    given_bits = []
    for make in (plain_keras, from_specs):
        keras.utils.set_random_seed(3)
        model = make()
        outputs = model(images, training=True).numpy()
        given_bits.append([weight.tobytes() for weight in model.get_weights()] + [outputs.tobytes()])
    assert given_bits[0] == given_bits[1]


def mistakes(*specs: Spec, shape: Shape = (28, 28, 1)) -> dict[tuple[str | int, ...], str]:
    with pytest.raises(ShapeError) as caught:
        Chain(("layers",), [parsed(spec) for spec in specs]).output_shape(shape)
    return {mistake.path: mistake.what for mistake in caught.value.mistakes}


POOL = {"MaxPooling2D": {"pool_size": 5}}
CONV = {"Conv2D": {"filters": 8, "kernel_size": 3}}
ATTENTION = {"MultiHeadAttention": {"num_heads": 2, "key_dim": 4}}
GROUPED = {"Conv2D": {"filters": 8, "kernel_size": 3, "groups": 2}}


@pytest.mark.parametrize(
    ("specs", "loc", "reported"),
    [
        ([POOL, POOL, POOL], ("layers", 2), "MaxPooling2D's window of 5×5 is larger than its input of 1×1×1"),
        ([POOL, POOL, CONV], ("layers", 2), "Conv2D's window of 3×3 is larger than its input of 1×1×1"),
        (["Flatten", CONV], ("layers", 1), "Conv2D takes images (height × width × channels), but its input is 784"),
        ([{"Reshape": {"target_shape": [10, 10]}}], ("layers", 0), "Reshape cannot make 10×10 of its input of 28×28×1"),
        ([{"Cropping2D": {"cropping": 14}}], ("layers", 0), "Cropping2D leaves nothing of its input of 28×28×1"),
        (["GroupNormalization"], ("layers", 0), "32 groups do not divide the channels of 28×28×1"),
        ([GROUPED], ("layers", 0), "2 groups do not divide the 1 channels"),
        ([{"Residual": {"layers": [CONV]}}], ("layers", 0), "its layers make 26×26×8, its input is 28×28×1"),
        (
            [{"Residual": {"layers": ["Flatten", CONV]}}],
            ("layers", 0, "Residual", "layers", 1),
            "its input is 784",
        ),
        (
            [{"Parallel": {"branches": [[CONV], []], "merge": "add"}}],
            ("layers", 0),
            "Parallel can't add what does not fit: its branches make 26×26×8, 28×28×1",
        ),
        (
            [{"Parallel": {"branches": [["Flatten"], []], "merge": "multiply"}}],
            ("layers", 0),
            "Parallel can't multiply what does not fit: its branches make 784, 28×28×1",
        ),
        ([{"LSTM": {"units": 3}}], ("layers", 0), "LSTM takes rows of numbers (rows × features), but its input is"),
        (["Flatten", {"Bidirectional": {"layer": {"GRU": {"units": 3}}}}], ("layers", 1), "GRU takes rows of numbers"),
        (["PositionEmbedding"], ("layers", 0), "PositionEmbedding takes rows of numbers"),
        (["Flatten", ATTENTION], ("layers", 1), "MultiHeadAttention takes rows or images, but its input is 784"),
        ([{"Permute": {"dims": [2, 1]}}], ("layers", 0), "Permute orders 2 dimensions, but its input of 28×28×1 has 3"),
        (
            [{"Parallel": {"branches": [[CONV], ["Flatten"]], "merge": "concatenate"}}],
            ("layers", 0),
            "cannot concatenate its branches' 26×26×8, 784",
        ),
        (
            ["Identity", {"Repeat": {"times": 9, "layers": ["Identity", POOL]}}],
            ("layers", 1, "Repeat", "layers", 1),
            "larger than its input of 1×1×1",
        ),
        (["Flatten", {"Softmax": {"axis": -2}}], ("layers", 1), "no dimension -2"),
    ],
)  # fmt: skip
def test_a_layer_that_does_not_fit_is_named_with_its_place_and_shapes(
    specs: list[Spec], loc: tuple[str | int, ...], reported: str
) -> None:
    found = mistakes(*specs)
    assert list(found) == [loc]
    assert reported in found[loc]


def test_mistakes_of_all_branches_are_reported_at_once() -> None:
    branches = [
        ["Flatten", CONV],
        [],
        [POOL, {"Residual": {"layers": [POOL, POOL], "projection": [CONV, "Flatten", CONV]}}],
    ]
    found = mistakes({"Parallel": {"branches": branches, "merge": "add"}})
    assert list(found) == [
        ("layers", 0, "Parallel", "branches", 0, 1),
        ("layers", 0, "Parallel", "branches", 2, 1, "Residual", "layers", 1),
        ("layers", 0, "Parallel", "branches", 2, 1, "Residual", "projection", 2),
    ]


def test_what_grows_without_bounds_is_reported_before_its_numbers_are_too_long_to_write() -> None:
    found = mistakes({"Repeat": {"times": 1000, "layers": ["Identity", {"UpSampling2D": {"size": 2**30}}]}})
    assert list(found) == [("layers", 0, "Repeat", "layers", 1)]
    assert "UpSampling2D makes over 1e+12 numbers" in found["layers", 0, "Repeat", "layers", 1]


def test_generated_layers_reach_every_kind() -> None:
    from generated_layers import ANY_LAYERS, IMAGE_LAYERS, ROW_LAYERS  # noqa: PLC0415 (used here alone)

    composites = {"Residual", "Parallel", "Repeat", "Shared"}
    assert {*ANY_LAYERS, *IMAGE_LAYERS, *ROW_LAYERS, *composites, "Application"} == set(LAYERS.kinds)
