"""Holds every kind against the class of Keras that it stands for, so that an upgrade that changes one is noticed."""

from __future__ import annotations

import inspect
from operator import attrgetter
from typing import Any

import keras
import numpy as np
import pytest
from generated_layers import smallest
from pydantic import TypeAdapter

from harness.declaration.kinds import Family, KerasKind
from harness.spec.layers import LAYERS, LayerKind
from harness.spec.layers.fields import KNOWN
from harness.spec.layers.layer import OwnLayer
from harness.spec.layers.weights import ConstraintKind, InitializerKind, RegularizerKind
from harness.spec.training import LOSSES, OPTIMIZERS, SCHEDULES

pytestmark = pytest.mark.training

FAMILIES = (
    LAYERS,
    Family("initializer", InitializerKind, "harness.spec.layers.weights"),
    Family("regularizer", RegularizerKind, "harness.spec.layers.weights"),
    Family("constraint", ConstraintKind, "harness.spec.layers.weights"),
    OPTIMIZERS,
    SCHEDULES,
    LOSSES,
)
KINDS = [
    pytest.param(family, kind, id=f"{family.noun} {kind.kind}")
    for family in FAMILIES
    for kind in family.kinds.values()
    if not issubclass(kind, OwnLayer)
]

# What changes nothing that is computed, what the harness decides, what training here does not support.
EVERYWHERE = {"self", "args", "kwargs", "name", "dtype", "seed", "data_format"}
LEFT_OUT = {
    "layers": {
        *("noise_shape", "lora_rank", "lora_alpha", "quantization_config"),
        *("return_state", "stateful", "unroll", "use_cudnn"),
    },
    "initializers": {"input_axes", "output_axes"},
    "regularizers": set[str](),
    "constraints": set[str](),
    "optimizers": {
        "use_ema",
        "ema_momentum",
        "ema_overwrite_frequency",
        "loss_scale_factor",
        "gradient_accumulation_steps",
    },
    "optimizers.schedules": set[str](),
    "losses": {"axis", "reduction"},
}
LEFT_OUT_OF = {
    "BatchNormalization": {"axis", "renorm", "renorm_clipping", "renorm_momentum", "synchronized"},
    "GroupNormalization": {"axis"},
    "Bidirectional": {"weights", "backward_layer"},
    "MultiHeadAttention": {"output_shape", "attention_axes", "sliding_window", "flash_attention", "use_gate"},
    "Resizing": {"pad_to_aspect_ratio", "fill_mode", "fill_value"},
}
# Takes labels that are not one-hot, and is the other's value on the same labels (below).
OTHER_LABELS = {"sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"}
# Keras needs them; here they may be left out: the schedule then spans the whole training.
OPTIONAL_HERE = {"decay_steps"}


def keras_parameters(kind: type[KerasKind]) -> dict[str, inspect.Parameter]:
    keras_class = getattr(attrgetter(kind.keras_module)(keras), kind.__name__)
    left_out = EVERYWHERE | LEFT_OUT[kind.keras_module] | LEFT_OUT_OF.get(kind.__name__, set())
    parameters = inspect.signature(keras_class.__init__).parameters
    return {name: parameter for name, parameter in parameters.items() if name not in left_out}


def as_field(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize(("family", "kind"), KINDS)
def test_a_kind_has_keras_fields_and_needs_those_that_keras_needs(family: Family, kind: type[KerasKind]) -> None:
    del family
    theirs = keras_parameters(kind)
    needed = {name for name, parameter in theirs.items() if parameter.default is inspect.Parameter.empty}
    # Among the keyword arguments that every layer of Keras takes.
    assert set(kind.model_fields) - kind.rare == set(theirs)
    assert kind.rare == ({"trainable"} if issubclass(kind, LayerKind) else set())
    assert set(smallest(kind)) == needed - OPTIONAL_HERE


@pytest.mark.parametrize(("family", "kind"), KINDS)
def test_a_kind_has_keras_defaults(family: Family, kind: type[KerasKind]) -> None:
    left_alone = family.parse({kind.kind: smallest(kind)})
    for name, parameter in keras_parameters(kind).items():
        if parameter.default is inspect.Parameter.empty:
            continue
        as_in_keras = family.parse({kind.kind: {**smallest(kind), name: as_field(parameter.default)}})
        assert as_in_keras == left_alone, name


@pytest.mark.parametrize(("family", "kind"), KINDS)
def test_a_kind_builds_its_keras_class(family: Family, kind: type[KerasKind]) -> None:
    fields = smallest(kind) | ({"decay_steps": 10} if "decay_steps" in kind.model_fields else {})
    parsed = family.parse({kind.kind: fields})
    assert isinstance(parsed, KerasKind)
    assert type(parsed.build(keras)).__name__ == kind.__name__


@pytest.mark.parametrize(("family", "kind"), KINDS)
def test_an_alias_is_a_name_that_keras_knows_for_the_same_class(family: Family, kind: type[KerasKind]) -> None:
    module = attrgetter(kind.keras_module)(keras)
    for alias in set(kind.aliases) - OTHER_LABELS:
        assert family.named(alias) == kind.kind
        theirs, ours = getattr(module, alias, None) or module.get(alias), getattr(module, kind.__name__)
        # A loss is a function too, whose class wraps it.
        assert theirs is ours or type(theirs) is ours or theirs is module.get(kind.kind)


def test_every_other_name_that_keras_knows_for_a_layer_is_an_alias() -> None:
    theirs = {
        name: cls.__name__
        for name, cls in vars(keras.layers).items()
        if inspect.isclass(cls) and name != cls.__name__ and cls.__name__ in LAYERS.kinds
    }
    assert theirs == dict(LAYERS.aliases)


def test_sparse_crossentropy_has_the_value_of_the_categorical_one_on_the_same_labels() -> None:
    shares = np.random.default_rng(0).dirichlet(np.ones(4), 6).astype(np.float32)
    labels = np.array([0, 1, 2, 3, 0, 1])
    sparse = keras.losses.SparseCategoricalCrossentropy()(labels, shares)
    ours: Any = LOSSES.parse("sparse_categorical_crossentropy")
    assert float(ours.build(keras)(np.eye(4)[labels], shares)) == pytest.approx(float(sparse), rel=1e-6)


@pytest.mark.parametrize("kind", LOSSES.kinds)
def test_a_loss_goes_by_the_name_that_keras_compile_takes(kind: str) -> None:
    theirs = keras.losses.get(kind)
    parsed = TypeAdapter(LOSSES.kinds[kind]).validate_python({})
    assert isinstance(parsed, KerasKind)
    assert parsed.build(keras).fn is theirs or type(parsed.build(keras)) is type(theirs)


@pytest.mark.parametrize("name", KNOWN)
def test_an_activation_is_one_that_keras_knows(name: str) -> None:
    assert callable(keras.activations.get(name))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.noun)
def test_every_kind_has_a_sentence_and_every_field_without_a_plain_name_has_help(family: Family) -> None:
    for kind in family.kinds.values():
        assert (kind.__doc__ or "").endswith("."), kind
        assert kind.__doc__ != family.base.__doc__, kind
