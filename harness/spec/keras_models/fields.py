"""A layer's, an initializer's or an optimizer's saved configuration as a spec writes it, or why it can't be."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from harness.declaration.kinds import Family, Kind
from harness.declaration.spec_error import shown
from harness.declaration.validation import spec_errors
from harness.spec.layers import LAYERS, weights
from harness.spec.training import SCHEDULES

# What changes nothing that is computed here, whatever it says.
IGNORED = frozenset(
    {
        *("name", "dtype", "seed", "batch_input_shape", "batch_shape", "trainable", "implementation", "unroll"),
        *("use_cudnn", "ema_momentum", "renorm_momentum", "reduction", "lora_alpha", "is_legacy_optimizer"),
        "jit_compile",
    }
)
# What is Keras' own value where no word is kept for it here.
NEUTRAL: Mapping[str, tuple[object, ...]] = {
    "data_format": ("channels_last",),
    "groups": (1,),
    "axis": (-1, [-1]),
    "fill_mode": ("constant",),
    "fill_value": (0.0,),
    "decay": (0.0,),
}
PRECISION = "float32"
# What may stand inside a layer or an optimizer.
INSIDE = (
    LAYERS,
    SCHEDULES,
    *(Family(base.__name__, base, weights.__name__) for base in (weights.InitializerKind, weights.RegularizerKind)),
    Family("constraint", weights.ConstraintKind, weights.__name__),
)


class NotExpressible(Exception):
    """What a model's part says that no word of a spec does, in a sentence without its subject."""


def kind_of(family: Family, saved: Mapping[str, Any], axes: int | None = None) -> Kind:
    """Return the kind that a saved configuration means.

    Args:
        family: What it is one of.
        saved: Its class's name and its fields, as Keras saves them.
        axes: How many axes its input has with the batch, where that is known: it says which axis a number means.

    Raises:
        NotExpressible: There is no such kind, or a field has no word or value here.
    """
    name, config = str(saved.get("class_name")), saved.get("config") or {}
    cls = family.find(name)
    if cls is None:
        raise NotExpressible(f"is {_article(name)}, and there is no such {family.noun} here")
    if not isinstance(config, Mapping):
        raise NotExpressible(f"has the configuration {shown(config)}")
    try:
        return family.parse({cls.kind: _fields(cls, config, axes)})
    except ValidationError as error:
        raise NotExpressible(", ".join(f"can't be read: {found.what}" for found in spec_errors(error, cls))) from None


def _fields(cls: type[Kind], config: Mapping[str, Any], axes: int | None = None) -> dict[str, Any]:
    """Return the fields that a kind has; raise where another one says what is not said here."""
    _check_precision(config.get("dtype"))
    fields = {}
    for field, value in config.items():
        found = _from_last(value, axes) if field == "axis" else value
        if field in cls.model_fields:
            fields[field] = _plain_value(_as_one(cls.kind, field, found))
        elif not (_is_neutral(field, found) or _is_implied(field, found, config, axes)):
            raise NotExpressible(f"has {field}: {shown(found)}, for which there is no word here")
    return fields


def _plain_value(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Return a saved value as a file writes it: kinds inside by their names, float32's digits as they were typed."""
    if isinstance(value, list):
        return [_plain_value(item) for item in value]
    if not isinstance(value, dict) or "class_name" not in value:
        return shortest(value) if isinstance(value, float) else value
    name, config = str(value["class_name"]), value.get("config")
    if not isinstance(config, dict):  # a function by its name
        return config
    cls = next((family.kinds[name] for family in INSIDE if name in family.kinds), None)
    if cls is None:
        raise NotExpressible(f"has {_article(name)}, which is not here")
    return {name: _fields(cls, config)}


def shortest(value: float) -> float:
    """Return the shortest number that is the same in float32, where the value is one of float32."""
    try:
        if struct.unpack("f", struct.pack("f", value))[0] != value:
            return value
    except OverflowError:
        return value
    for digits in range(1, 9):
        short = float(f"{value:.{digits}g}")
        if struct.pack("f", short) == struct.pack("f", value):
            return short
    return value


def _is_neutral(field: str, value: object) -> bool:
    nothing = value is None or value is False or value in ([], {})
    return nothing or field in IGNORED or value in NEUTRAL.get(field, ())


def _as_one(kind: str, field: str, value: Any) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Return one number where Keras saves two, and only one can be said here."""
    if kind == "RandomShear" and isinstance(value, list) and value[:1] == [0.0]:
        return value[-1]
    if (kind, field) == ("RandomGaussianBlur", "kernel_size") and isinstance(value, list) and len(set(value)) == 1:
        return value[0]
    return value


def _is_implied(field: str, value: Any, config: Mapping[str, Any], axes: int | None) -> bool:  # noqa: ANN401 - JSON
    """Tell whether a value follows from the others: all axes to attend to, the same layer for the way back."""
    if field == "attention_axes":
        return axes is not None and value == list(range(1, axes - 1))
    if field != "backward_layer":
        return False
    ways = [kind_of(LAYERS, layer) for layer in (config["layer"], value)]
    forward, backward = ({**way.model_dump(), "go_backwards": None} for way in ways)
    return forward == backward and ways[0] != ways[1]


def _from_last(axis: Any, axes: int | None) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Return an axis, or axes, counted from the last."""
    if isinstance(axis, list):
        return [_from_last(item, axes) for item in axis]
    return axis - axes if isinstance(axis, int) and axis > 0 and axes else axis


def _check_precision(dtype: object) -> None:
    name = dtype.get("config", {}).get("name") if isinstance(dtype, dict) else dtype
    if name not in {None, PRECISION}:
        raise NotExpressible(f"is computed in {shown(name)}, and only {PRECISION} is trained here")


def _article(name: str) -> str:
    return f"{'an' if name[:1] in 'AEIOU' else 'a'} {name[:60]}"
