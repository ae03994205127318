"""How much each class counts in the loss: written by name or number, or balanced; counts no examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from harness.declaration.spec_error import refused, shown
from harness.declaration.values import LARGEST_FLOAT, LEAST_FLOAT

BALANCED: Literal["balanced"] = "balanced"
Weights = tuple[tuple[str, float], ...]
_HELP = (
    "How much the examples of each class count in the loss: {0: 1.0, 1: 5.0}, the others 1, or balanced: images / "
    "(classes × images of the class). A class goes by its name, else by its number from 0."
)
_SCHEMA = {
    "anyOf": [
        {"const": BALANCED},
        {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}, "minProperties": 1},
    ]
}


def _read(value: object) -> object:
    """Return the weights in the order of the classes' names, so that the same ones read the same."""
    if value is None or value == BALANCED or isinstance(value, tuple):
        return value
    if not isinstance(value, Mapping) or not value:
        raise refused("class_weight", None, "write 'balanced', or a weight for each class: {0: 1.0, 1: 5.0}")
    for name, weight in value.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < float("inf"):
            what = f"the weight of class {shown(str(name))} is {shown(weight)}"
            raise refused("class_weight", what, "write a number from 0")
        if weight > LARGEST_FLOAT or 0 < weight < LEAST_FLOAT:
            what = f"the weight of class {shown(str(name))} is not a number in float32"
            raise refused("class_weight", what, f"write 0, or a number between {LEAST_FLOAT:g} and {LARGEST_FLOAT:g}")
    return tuple(sorted((str(name), float(weight)) for name, weight in value.items()))


def _dump(value: Weights | str | None) -> Any:  # noqa: ANN401 - JSON
    return dict(value) if isinstance(value, tuple) else value


ClassWeight = Annotated[
    Weights | Literal["balanced"] | None,
    BeforeValidator(_read),
    PlainSerializer(_dump),
    WithJsonSchema(_SCHEMA),
    Field(description=_HELP),
]


def class_number(name: str, classes: Sequence[str]) -> int | None:
    """Return which class a name or a number means, counted from 0; None where it means none."""
    if name in classes:
        return classes.index(name)
    return int(name) if name.isdecimal() and int(name) < len(classes) else None


def weights_by_class(
    weights: Weights | Literal["balanced"], classes: Sequence[str], counts: Sequence[int]
) -> list[float]:
    """Return a weight for every class; ``counts`` are the classes' examples to train on."""
    if isinstance(weights, str):
        present = sum(count > 0 for count in counts)
        return [sum(counts) / (present * count) if count else 1.0 for count in counts]
    numbered = {class_number(name, classes): weight for name, weight in weights}
    return [numbered.get(number, 1.0) for number in range(len(classes))]
