"""Hypothesis strategies for layers as a file writes them, and for networks whose layers fit each other."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from math import prod
from typing import Any, cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pydantic import TypeAdapter, ValidationError

from harness.declaration.kinds import Kind
from harness.spec.layers import Layer, LayerKind, Shape, ShapeError
from harness.spec.layers.composites import MERGES
from harness.spec.layers.fields import KNOWN

Spec = Any
PARSER: TypeAdapter[LayerKind] = TypeAdapter(Layer)
MAX_NUMBERS = 4_000
CLASHES = {"strides_with_dilation", "output_padding", "weight_rank", "kernel_of_one"}

# The default run is short and always the same; BENCH_EXAMPLES=2000 looks further, elsewhere each time.
EXAMPLES = os.environ.get("BENCH_EXAMPLES")
EFFORT = settings(
    max_examples=int(EXAMPLES or 200),
    derandomize=EXAMPLES is None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    database=None,
)


def parsed(spec: Spec) -> LayerKind:
    return PARSER.validate_python(spec)


def _pair(low: int, high: int) -> SearchStrategy[Spec]:
    size = st.integers(low, high)
    return size | st.lists(size, min_size=2, max_size=2)


_flags = st.booleans()
_activations = st.none() | st.sampled_from(KNOWN)
_initializers = st.sampled_from(
    [
        "he_normal",
        "GlorotUniform",
        "lecun_uniform",
        "zeros",
        {"RandomNormal": {"stddev": 0.1}},
        {"Constant": {"value": 1}},
    ]
)
_regularizers = st.none() | st.sampled_from(["l2", {"L1": {"l1": 0.5}}, {"L1L2": {"l1": 0.1}}])
_constraints = st.none() | st.sampled_from(["NonNeg", {"MaxNorm": {"max_value": 3}}])
_paddings = st.sampled_from(["valid", "same"])
_rates = st.sampled_from([0, 0.25, 0.5])


def _kind(
    kind: str, needed: Mapping[str, Any] | None = None, /, **optional: SearchStrategy[Any]
) -> SearchStrategy[Spec]:
    fields = st.fixed_dictionaries(dict(needed or {}), optional=optional)
    return fields.map(lambda content: {kind: content} if content else kind)


_WINDOW = {"kernel_size": _pair(1, 3)}
_FILTERED = {"filters": st.integers(1, 4).map(lambda n: 2 * n), **_WINDOW}
_CONVOLVED: dict[str, SearchStrategy[Any]] = {
    "strides": _pair(1, 3),
    "padding": _paddings,
    "dilation_rate": _pair(1, 2),
    "activation": _activations,
    "use_bias": _flags,
    "bias_initializer": _initializers,
    "activity_regularizer": _regularizers,
    "bias_constraint": _constraints,
}
_NORMALIZED: dict[str, SearchStrategy[Any]] = {
    "epsilon": st.sampled_from([1e-3, 1]),
    "center": _flags,
    "scale": _flags,
    "gamma_regularizer": _regularizers,
}
_LAST_AXES = st.sampled_from([-1, [-1], [-1, -2], [-3, -2, -1]])
_SIDES = (
    st.integers(0, 2)
    | _pair(0, 2)
    | st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=2), min_size=2, max_size=2)
)
_AROUND_ZERO = st.sampled_from([0.1, [-0.1, 0.2], -0.2, 1, [0, 0]])
_ZOOM = st.sampled_from([0.1, [-0.1, 0.2], 0.5])
_FROM_ZERO = st.sampled_from([0.1, [0.1, 0.2], 1])

_RECURRENT: dict[str, SearchStrategy[Any]] = {
    "activation": _activations,
    "use_bias": _flags,
    "recurrent_initializer": _initializers,
    "kernel_regularizer": _regularizers,
    "recurrent_constraint": _constraints,
    "dropout": _rates,
    "return_sequences": _flags,
    "go_backwards": _flags,
}
_UNITS = {"units": st.integers(1, 5)}
ROW_LAYERS: dict[str, SearchStrategy[Spec]] = {
    "SimpleRNN": _kind("SimpleRNN", _UNITS, **_RECURRENT),
    "LSTM": _kind("LSTM", _UNITS, unit_forget_bias=_flags, **_RECURRENT),
    "GRU": _kind("GRU", _UNITS, reset_after=_flags, **_RECURRENT),
    "GlobalAveragePooling1D": _kind("GlobalAveragePooling1D", keepdims=_flags),
    "GlobalMaxPooling1D": _kind("GlobalMaxPooling1D", keepdims=_flags),
    "PositionEmbedding": _kind("PositionEmbedding", embeddings_initializer=_initializers),
}
ROW_LAYERS["Bidirectional"] = _kind(
    "Bidirectional",
    {"layer": st.one_of(ROW_LAYERS["LSTM"], ROW_LAYERS["GRU"])},
    merge_mode=st.sampled_from(["concat", "sum", "mul", "ave"]),
)

IMAGE_LAYERS: dict[str, SearchStrategy[Spec]] = {
    "Conv2D": _kind(
        "Conv2D", _FILTERED, groups=st.integers(1, 2), kernel_initializer=_initializers,
        kernel_regularizer=_regularizers, kernel_constraint=_constraints, **_CONVOLVED,
    ),
    "DepthwiseConv2D": _kind("DepthwiseConv2D", _WINDOW, depth_multiplier=st.integers(1, 2), **_CONVOLVED),
    "SeparableConv2D": _kind("SeparableConv2D", _FILTERED, depth_multiplier=st.integers(1, 2), **_CONVOLVED),
    "Conv2DTranspose": _kind("Conv2DTranspose", _FILTERED, output_padding=st.none() | _pair(0, 1), **_CONVOLVED),
    "MaxPooling2D": _kind("MaxPooling2D", pool_size=_pair(1, 3), strides=st.none() | _pair(1, 3), padding=_paddings),
    "AveragePooling2D": _kind(
        "AveragePooling2D", {"pool_size": _pair(1, 3)}, strides=st.none() | _pair(1, 3), padding=_paddings
    ),
    "GlobalAveragePooling2D": _kind("GlobalAveragePooling2D", keepdims=_flags),
    "GlobalMaxPooling2D": _kind("GlobalMaxPooling2D", keepdims=_flags),
    "ZeroPadding2D": _kind("ZeroPadding2D", padding=_SIDES),
    "Cropping2D": _kind("Cropping2D", cropping=_SIDES),
    "UpSampling2D": _kind("UpSampling2D", size=_pair(1, 2), interpolation=st.sampled_from(["nearest", "bilinear"])),
    "CenterCrop": _kind("CenterCrop", {"height": st.integers(1, 9), "width": st.integers(1, 9)}),
    "Resizing": _kind("Resizing", {"height": st.integers(1, 9), "width": st.integers(1, 9)}, antialias=_flags),
    "SpatialDropout2D": _kind("SpatialDropout2D", {"rate": _rates}),
    "RandomCrop": _kind("RandomCrop", {"height": st.integers(1, 9), "width": st.integers(1, 9)}),
    "RandomFlip": _kind("RandomFlip", mode=st.sampled_from(["horizontal", "vertical"])),
    "RandomRotation": _kind("RandomRotation", {"factor": _AROUND_ZERO}, fill_mode=st.just("wrap")),
    "RandomTranslation": _kind("RandomTranslation", {"height_factor": _AROUND_ZERO, "width_factor": _AROUND_ZERO}),
    "RandomZoom": _kind("RandomZoom", {"height_factor": _ZOOM}, width_factor=st.none() | _ZOOM),
    "RandomShear": _kind("RandomShear", x_factor=st.sampled_from([0, 0.5]), y_factor=st.sampled_from([0, 0.5])),
    "RandomContrast": _kind("RandomContrast", {"factor": _FROM_ZERO}, value_range=st.just([0, 1])),
    "RandomBrightness": _kind("RandomBrightness", {"factor": _AROUND_ZERO}, value_range=st.just([0, 1])),
    "RandomSaturation": _kind("RandomSaturation", {"factor": _FROM_ZERO}, value_range=st.just([0, 1])),
    "RandomHue": _kind("RandomHue", {"factor": _FROM_ZERO}, value_range=st.just([0, 1])),
    "RandomErasing": _kind("RandomErasing", factor=_FROM_ZERO, scale=_FROM_ZERO, fill_value=st.none() | st.just(1)),
    "RandomGaussianBlur": _kind("RandomGaussianBlur", factor=_FROM_ZERO, kernel_size=st.just(1)),
}  # fmt: skip
ANY_LAYERS: dict[str, SearchStrategy[Spec]] = {
    "MultiHeadAttention": _kind(
        "MultiHeadAttention", {"num_heads": st.integers(1, 3), "key_dim": st.integers(1, 4)},
        value_dim=st.none() | st.integers(1, 4), dropout=_rates, use_bias=_flags, kernel_initializer=_initializers,
    ),
    "Permute": _kind("Permute", {"dims": st.sampled_from([[1], [2, 1], [2, 1, 3], [3, 1, 2]])}),
    "Dense": _kind(
        "Dense", {"units": st.integers(1, 9)}, activation=_activations, use_bias=_flags,
        kernel_initializer=_initializers, kernel_regularizer=_regularizers, kernel_constraint=_constraints,
    ),
    "Flatten": _kind("Flatten"),
    "Identity": _kind("Identity"),
    "Reshape": _kind("Reshape", {"target_shape": st.sampled_from([[-1], [-1, 2], [2, -1, 1], [6, 6, 1], [4, 3]])}),
    "BatchNormalization": _kind("BatchNormalization", momentum=st.just(0.9), **_NORMALIZED),
    "LayerNormalization": _kind("LayerNormalization", axis=_LAST_AXES, **_NORMALIZED),
    "GroupNormalization": _kind("GroupNormalization", groups=st.sampled_from([-1, 1, 2, 32]), **_NORMALIZED),
    "RMSNormalization": _kind("RMSNormalization", axis=st.sampled_from([-1, [-1], [-2, -1]])),
    "UnitNormalization": _kind("UnitNormalization", axis=_LAST_AXES),
    "Dropout": _kind("Dropout", {"rate": _rates}),
    "GaussianNoise": _kind("GaussianNoise", {"stddev": _rates}),
    "GaussianDropout": _kind("GaussianDropout", {"rate": _rates}),
    "AlphaDropout": _kind("AlphaDropout", {"rate": _rates}),
    "Activation": _kind("Activation", {"activation": st.sampled_from(KNOWN)}),
    "ReLU": _kind("ReLU", max_value=st.none() | st.just(6), negative_slope=_rates, threshold=_rates),
    "LeakyReLU": _kind("LeakyReLU", negative_slope=_rates),
    "PReLU": _kind("PReLU", shared_axes=st.sampled_from([None, 1, [1, 2], [3]]), alpha_initializer=_initializers),
    "ELU": _kind("ELU", alpha=_rates),
    "Softmax": _kind("Softmax", axis=_LAST_AXES),
    "Rescaling": _kind("Rescaling", {"scale": _rates}, offset=_rates),
}  # fmt: skip


@cache  # Hypothesis looks through all that a strategy is made of once for each
def leaves() -> SearchStrategy[Spec]:
    """Any layer that holds no others; its fields may contradict each other."""
    return st.one_of(*IMAGE_LAYERS.values(), *ROW_LAYERS.values(), *ANY_LAYERS.values())


@st.composite
def chains(draw: DrawFn, shape: Shape, depth: int, size: int) -> tuple[list[Spec], Shape]:
    """Return up to ``size`` layers that fit each other, and the shape behind them."""
    specs: list[Spec] = []
    for _ in range(draw(st.integers((size + 1) // 2, size))):
        spec = draw(anything(shape, depth))
        behind = fitting(spec, shape)
        if behind is not None:
            specs.append(spec)
            shape = behind
    return specs or ["Identity"], shape


@st.composite
def anything(draw: DrawFn, shape: Shape, depth: int) -> Spec:
    """Return a layer for the shape: as often a composite as one that holds no others, down to a depth."""
    composites = [residuals(shape, depth), parallels(shape, depth), repeats()]
    choices = [leaves(), leaves(), leaves(), *composites] if depth else [leaves()]
    return draw(choices[draw(st.integers(0, len(choices) - 1))])


def fitting(spec: Spec, shape: Shape) -> Shape | None:
    """Return the shape behind the layer, or None where its fields clash, it does not fit or grows too large."""
    try:
        behind = parsed(spec).output_shape(shape)
    except ValidationError as error:
        refuse_all_but_clashes(error)
        return None
    except ShapeError:
        return None
    return behind if prod(behind) <= MAX_NUMBERS else None


def refuse_all_but_clashes(error: ValidationError) -> None:
    """Raise what the strategies must never write; only a leaf's own fields may contradict each other."""
    if any(detail["type"] not in CLASHES for detail in error.errors()):
        raise error


@st.composite
def residuals(draw: DrawFn, shape: Shape, depth: int) -> Spec:
    layers, behind = draw(chains(shape, depth - 1, 2))
    if behind == shape and draw(st.booleans()):
        return {"Residual": {"layers": layers}}
    return {"Residual": {"layers": layers, "projection": _brought_to(behind, shape)}}


@st.composite
def parallels(draw: DrawFn, shape: Shape, depth: int) -> Spec:
    merge = draw(st.sampled_from(list(MERGES)))
    count = 1 if merge == "subtract" else draw(st.integers(1, 2))
    branches = [draw(chains(shape, depth - 1, 2)) for _ in range(count)]
    target = branches[0][1]
    others = [[*layers, *_brought_to(target, behind)] for layers, behind in branches[1:]]
    bare = [] if shape == target else _brought_to(target, shape)
    return {"Parallel": {"branches": [branches[0][0], *others, bare], "merge": merge}}


@st.composite
def repeats(draw: DrawFn) -> Spec:
    layers = draw(st.lists(leaves(), min_size=1, max_size=2))
    return {"Repeat": {"times": draw(st.integers(1, 3)), "layers": layers}}


def _brought_to(target: Shape, shape: Shape) -> list[Spec]:
    """Return layers that make ``target`` of ``shape``."""
    if len(target) == len(shape) == 3:
        return [
            {"Resizing": {"height": target[0], "width": target[1]}},
            {"Conv2D": {"filters": target[2], "kernel_size": 1}},
        ]
    return ["Flatten", {"Dense": {"units": prod(target)}}, {"Reshape": {"target_shape": list(target)}}]


def networks() -> SearchStrategy[tuple[list[Spec], Shape]]:
    """Layers that fit each other and the input's shape, composites in composites included; and that shape."""
    images = st.tuples(st.integers(4, 9), st.integers(4, 9), st.sampled_from([1, 2, 3, 4]))
    return images.flatmap(
        lambda shape: st.tuples(chains(cast("Shape", shape), 2, 6).map(lambda c: c[0]), st.just(shape))
    )


# A value for every field that some kind needs.
NEEDED: dict[str, Any] = {
    "filters": 8,
    "kernel_size": 3,
    "units": 8,
    "target_shape": [-1],
    "dims": [1, 2, 3],
    "name": "MobileNetV3Small",
    "layer": {"LSTM": {"units": 8}},
    "num_heads": 2,
    "key_dim": 4,
    "pool_size": 2,
    "rate": 0.5,
    "stddev": 0.5,
    "activation": "relu",
    "scale": 2,
    "factor": 0.5,
    "height_factor": 0.5,
    "width_factor": 0.5,
    "height": 8,
    "width": 8,
    "initial_learning_rate": 0.1,
    "first_decay_steps": 10,
    "decay_steps": 10,
    "decay_rate": 0.5,
    "boundaries": [10],
    "values": [0.1, 0.01],
}


def smallest(kind: type[Kind]) -> dict[str, Any]:
    """Return the fields that the kind needs, and no others."""
    return {name: NEEDED[name] for name, field in kind.model_fields.items() if field.is_required()}
