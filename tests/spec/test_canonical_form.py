"""Equal content has equal dumps, whatever the way of writing: a trial's fingerprint is a hash of the dump."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from generated_layers import EFFORT, Spec, leaves, networks, refuse_all_but_clashes
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from harness.spec.layers import LAYERS, Layer, Shape
from harness.spec.schema import KindJsonSchema
from harness.spec.training import Recipe

FIELDS = st.sampled_from(sorted({field for kind in LAYERS.kinds.values() for field in kind.model_fields}))


class Network(BaseModel):
    layers: tuple[Layer, ...]


def dump(*layers: Spec) -> str:
    return json.dumps(Network.model_validate({"layers": layers}).model_dump(mode="json"), sort_keys=True)


def conv(**fields: object) -> Spec:
    return {"Conv2D": {"filters": 8, "kernel_size": 3, **fields}}


def pool(**fields: object) -> Spec:
    return {"MaxPooling2D": fields}


def dense(**fields: object) -> Spec:
    return {"Dense": {"units": 8, **fields}}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (conv(), {"Conv2D": {"kernel_size": [3, 3], "filters": 8}}),
        (conv(strides=2), conv(strides=[2, 2])),
        (conv(activation="linear"), conv(activation=None)),
        (conv(activation="swish"), conv(activation="silu")),
        (conv(), conv(kernel_initializer="glorot_uniform", bias_initializer={"Zeros": {}}, use_bias=True)),
        (conv(kernel_regularizer="l2"), conv(kernel_regularizer={"L2": {"l2": 0.01}})),
        (pool(), "MaxPooling2D"),
        (pool(), "MaxPool2D"),
        (pool(pool_size=3), {"MaxPool2D": {"pool_size": 3}}),
        (conv(), {"Convolution2D": {"filters": 8, "kernel_size": 3}}),
        (pool(pool_size=3), pool(pool_size=3, strides=3)),
        (pool(pool_size=[2, 3]), pool(pool_size=[2, 3], strides=[2, 3])),
        ({"AveragePooling2D": {"pool_size": 2}}, {"AveragePooling2D": {"pool_size": 2, "strides": None}}),
        ("ZeroPadding2D", {"ZeroPadding2D": {"padding": [[1, 1], [1, 1]]}}),
        ({"ZeroPadding2D": {"padding": [1, 2]}}, {"ZeroPadding2D": {"padding": [[1, 1], [2, 2]]}}),
        ({"Cropping2D": {"cropping": 3}}, {"Cropping2D": {"cropping": [[3, 3], [3, 3]]}}),
        ({"Dropout": {"rate": 0}}, {"Dropout": {"rate": -0.0}}),
        ({"Rescaling": {"scale": 1}}, {"Rescaling": {"scale": 1.0, "offset": -0.0}}),
        ({"ELU": {"alpha": 1}}, "ELU"),
        ({"Softmax": {"axis": -1}}, {"Softmax": {"axis": [-1]}}),
        ({"LayerNormalization": {"axis": [-1, -2]}}, {"LayerNormalization": {"axis": [-2, -1]}}),
        ({"PReLU": {"shared_axes": [2, 1]}}, {"PReLU": {"shared_axes": [1, 2]}}),
        ({"PReLU": {"shared_axes": []}}, "PReLU"),
        ({"RandomRotation": {"factor": 0.1}}, {"RandomRotation": {"factor": [0.1, -0.1]}}),
        ({"RandomRotation": {"factor": 0}}, {"RandomRotation": {"factor": [0, 0]}}),
        ({"RandomContrast": {"factor": 0.1}}, {"RandomContrast": {"factor": [0, 0.1]}}),
        (dense(kernel_constraint="max_norm"), dense(kernel_constraint={"MaxNorm": {"axis": [0], "max_value": 2}})),
        ({"Residual": {"layers": ["Flatten"]}}, {"Residual": {"layers": [{"Flatten": None}], "projection": []}}),
    ],
    ids=repr,
)
def test_two_ways_to_write_the_same_are_the_same(one: Spec, other: Spec) -> None:
    assert dump(one) == dump(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (conv(), conv(strides=2)),
        (conv(), conv(kernel_initializer="glorot_normal")),
        (pool(pool_size=3), pool(pool_size=3, strides=2)),
        ({"Dropout": {"rate": 0.5}}, {"GaussianDropout": {"rate": 0.5}}),
        ({"ZeroPadding2D": {"padding": [1, 2]}}, {"ZeroPadding2D": {"padding": [2, 1]}}),
        ({"Softmax": {"axis": -1}}, {"Softmax": {"axis": -2}}),
        # A shorthand with a fingerprint of its own.
        ({"Repeat": {"times": 1, "layers": ["Flatten"]}}, "Flatten"),
    ],
    ids=repr,
)
def test_what_computes_otherwise_is_not_the_same(one: Spec, other: Spec) -> None:
    assert dump(one) != dump(other)


@EFFORT
@given(networks())
def test_a_dump_reads_back_to_itself_from_python_and_from_json(network: tuple[list[Spec], Shape]) -> None:
    read = Network.model_validate({"layers": network[0]})
    dumped = read.model_dump(mode="json")
    assert Network.model_validate(dumped) == Network.model_validate_json(json.dumps(dumped)) == read
    assert Network.model_validate(dumped).model_dump(mode="json") == dumped


L2_OF_KERNEL = ("kernel_regularizer", "L2", "l2")
SCHEMA: dict[str, Any] = Network.model_json_schema(schema_generator=KindJsonSchema)
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.Draft7Validator.check_schema(Recipe.model_json_schema(schema_generator=KindJsonSchema))


@EFFORT
@given(networks())
def test_the_schema_takes_what_is_valid_written_or_dumped(network: tuple[list[Spec], Shape]) -> None:
    VALIDATOR.validate({"layers": network[0]})
    VALIDATOR.validate(Network.model_validate({"layers": network[0]}).model_dump(mode="json"))


@EFFORT
@given(leaves())
def test_the_schema_refuses_fields_that_are_not_there(spec: Spec) -> None:
    kind, fields = (spec, {}) if isinstance(spec, str) else next(iter(spec.items()))
    assert not VALIDATOR.is_valid({"layers": [{kind: {**fields, "surely_not": 1}}]})
    assert not VALIDATOR.is_valid({"layers": [{kind + "X": fields}]})


@pytest.mark.parametrize(
    "wrong",
    [
        conv(filters=0),
        conv(filters="8"),
        conv(kernel_size=[3]),
        conv(kernel_size=[3, 0]),
        conv(padding="sam"),
        conv(activation="rellu"),
        conv(kernel_initializer="glorot"),
        {"Dropout": {"rate": 1}},
        {"Reshape": {"target_shape": []}},
        {"Residual": {"layers": []}},
        {"Parallel": {"branches": [["Flatten"]], "merge": "add"}},
        {"Parallel": {"branches": [["Flatten"], []], "merge": "divide"}},
        {"Repeat": {"times": 0, "layers": ["Flatten"]}},
        "Conv2D",
        {"Conv2D": None},
        {"Flatten": {}, "Identity": {}},
        3,
    ],
    ids=repr,
)
def test_schema_and_reading_refuse_the_same_mistakes(wrong: Spec) -> None:
    assert not VALIDATOR.is_valid({"layers": [wrong]})
    with pytest.raises(ValidationError):
        Network.model_validate({"layers": [wrong]})


@EFFORT
@given(leaves())
def test_generated_fields_are_valid_but_for_those_that_contradict_each_other(spec: Spec) -> None:
    try:
        Network.model_validate({"layers": [spec]})
    except ValidationError as error:
        refuse_all_but_clashes(error)


@pytest.mark.parametrize(
    ("wrong", "loc", "kind"),
    [
        (conv(filters=True), ("Conv2D", "filters"), "int_type"),
        (conv(filters=8.0), ("Conv2D", "filters"), "int_type"),
        (conv(filters=10**50), ("Conv2D", "filters"), "less_than_equal"),
        (conv(kernel_size=0), ("Conv2D", "kernel_size"), "greater_than_equal"),
        (conv(kernel_size="3"), ("Conv2D", "kernel_size"), "pair_form"),
        (conv(kernel_size=[3, 3, 3]), ("Conv2D", "kernel_size"), "pair_form"),
        (conv(kernel_size=[3, "3"]), ("Conv2D", "kernel_size", 1), "int_type"),
        (conv(strides=2, dilation_rate=2), ("Conv2D",), "strides_with_dilation"),
        (conv(groups=3), ("Conv2D",), "groups"),
        (conv(activation="rellu"), ("Conv2D", "activation"), "activation_unknown"),
        (conv(bias_initializer="orthogonal"), ("Conv2D", "bias_initializer"), "weight_rank"),
        (dense(kernel_constraint={"MaxNorm": {"axis": [0, 1, 2]}}), ("Dense", "kernel_constraint"), "weight_rank"),
        (conv(kernel_initializer={"HeNorml": {}}), ("Conv2D", "kernel_initializer"), "kind_unknown"),
        (dense(kernel_regularizer={"L2": {"l2": -1}}), ("Dense", *L2_OF_KERNEL), "greater_than_equal"),
        ({"Dropout": {"rate": float("nan")}}, ("Dropout", "rate"), "finite_number"),
        ({"ZeroPadding2D": {"padding": [1, -1]}}, ("ZeroPadding2D", "padding", 1), "greater_than_equal"),
        ({"Reshape": {"target_shape": [-1, -1]}}, ("Reshape", "target_shape"), "free_sizes"),
        ({"Residual": {"layers": ["Flaten"]}}, ("Residual", "layers", 0), "kind_unknown"),
        ({"Residual": {"layers": []}}, ("Residual", "layers"), "too_short"),
        ({"RandomZoom": {"height_factor": 1}}, ("RandomZoom", "height_factor", 0), "greater_than"),
        ({"RandomGaussianBlur": {"kernel_size": 2}}, ("RandomGaussianBlur",), "odd"),
    ],
    ids=repr,
)  # fmt: skip
def test_a_mistake_is_reported_once_at_its_place(wrong: Spec, loc: tuple[str | int, ...], kind: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Network.model_validate({"layers": [wrong]})
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [(("layers", 0, *loc), kind)]


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([*LAYERS.kinds, "relu", "l2"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=3),
    max_leaves=8,
)


@EFFORT
@given(st.sampled_from([*LAYERS.kinds]), st.dictionaries(FIELDS, ANYTHING, max_size=6), ANYTHING)
def test_whatever_is_written_is_read_or_reported_and_never_crashes(
    kind: str, fields: dict[str, Any], other: object
) -> None:
    try:
        network = Network.model_validate({"layers": [{kind: fields}, other]})
    except ValidationError as error:
        assert all(detail["loc"][0] == "layers" for detail in error.errors())  # noqa: PT017 (the other outcome is below)
    else:
        assert Network.model_validate(network.model_dump()) == network
