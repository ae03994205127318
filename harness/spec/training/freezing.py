"""The layers that a recipe leaves as they are, by their numbers; freezes none."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from harness.declaration.spec_error import refused
from harness.declaration.values import is_whole

_HELP = "Layers whose weights this recipe leaves as they are, by their numbers as 'bench show' counts: [1, 3]."
_SCHEMA = {"type": "array", "items": {"type": "integer", "minimum": 1}, "uniqueItems": True}


def _read(value: object) -> object:
    """Return the numbers in their order, each once, so that the same layers read the same."""
    if isinstance(value, tuple) and all(isinstance(number, str) for number in value):
        return value
    numbers: Any = value
    if not isinstance(value, list | tuple) or not all(is_whole(number) and number > 0 for number in numbers):
        raise refused("layer_numbers", None, "write a list of whole numbers, such as [1, 3]")
    return tuple(str(number) for number in sorted(set(numbers)))


Frozen = Annotated[
    tuple[str, ...],
    BeforeValidator(_read),
    PlainSerializer(lambda numbers: [int(number) for number in numbers], return_type=list[int]),
    WithJsonSchema(_SCHEMA),
    Field(strict=False, description=_HELP),
]
