"""Layers that are repeated, each time the same or with other values; it builds what is written out, and nothing else.

``Repeat`` is a shorthand: it computes what its layers written out ``times`` times compute, with weights of their
own each time, but it has a fingerprint of its own. With ``each``, whose words stand for another value in each turn, it
has the fingerprint of the layers written out.
"""

import re
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Annotated, Any, Self

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails

from harness.declaration.spec_error import DataPath, refused, shown
from harness.declaration.values import CLASSES
from harness.spec.layers.composites import CompositeKind, Layers
from harness.spec.layers.fields import KNOWN
from harness.spec.layers.layer import Chain, LayerKind, Shape

MAX_TIMES = 1000
# As many layers as a network may have.
MOST_WRITTEN_OUT = 10_000
MOST_SIZE = 10 * MOST_WRITTEN_OUT
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = {*KNOWN, CLASSES, "same", "valid"}
EACH = "each"


class Repeat(CompositeKind):
    """Repeats the layers one after another, with weights of their own each time, and the values of each turn."""

    times: Annotated[int, Field(ge=1, le=MAX_TIMES, description="Number of repetitions.")]
    layers: Layers
    each: Annotated[
        None,
        Field(
            exclude=True,
            description="Words that the layers may say for a value, each with the value of every turn: "
            "{width: [16, 32, 64]}.",
        ),
    ] = None
    # How many turns the layers are, where they are written out.
    _turns: int | None = PrivateAttr(default=None)

    @model_validator(mode="wrap")
    @classmethod
    def _written_out(cls, value: Any, read: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401 - a file's data
        if not isinstance(value, dict) or value.get(EACH) is None:
            return read(value)
        _check_words(value[EACH])
        first = read(_turn(value, 0))
        _check_turns(value)
        turns = [first, *(read(_turn(value, turn)) for turn in range(1, value["times"]))]
        return first.with_turns(tuple(layer for turn in turns for layer in turn.layers))

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe both forms to editors; words may stand wherever a value does."""
        described = handler.resolve_ref_schema(handler(schema))
        fields = described["properties"]
        values = {"type": "array", "minItems": 1}
        words = {"type": "object", "minProperties": 1, "additionalProperties": values}
        each = {"description": fields.pop(EACH)["description"], **words}
        plain = {**described, "properties": fields}
        layers = {**fields["layers"], "items": {}}
        varied = {**described, "properties": {**fields, "layers": layers, EACH: each}}
        return {"anyOf": [plain, {**varied, "required": [*described["required"], EACH]}]}

    def with_turns(self, layers: tuple[LayerKind, ...]) -> Self:
        """Return the same with these layers of all its turns, one turn after another."""
        whole = self.model_copy(update={"times": 1, "layers": layers})
        whole._turns = self.times * (self._turns or 1)  # noqa: SLF001 - a Repeat too
        return whole

    @property
    def written_out(self) -> bool:
        """Whether the layers are those of every turn, one after another."""
        return self._turns is not None

    @property
    def chains(self) -> tuple[Chain, ...]:
        """One chain of all repetitions."""
        return (Chain(("layers",), self.layers, self.times, self._turns or 1),)

    def joined_shape(self, shapes: tuple[Shape, ...], input_shape: Shape) -> Shape:
        """Return the last repetition's shape."""
        del input_shape
        return shapes[0]

    def join(self, keras: ModuleType, outputs: list[Any]) -> Any:  # noqa: ANN401 (Keras' tensors)
        """Return the last repetition's output."""
        del keras
        return outputs[0]


def spelled_out(layers: Sequence[LayerKind]) -> tuple[LayerKind, ...]:
    """Return the layers with those that are repeated with other values in each turn written out, at any depth."""
    return tuple(made for layer in layers for made in _spelled_out(layer))


def with_first_values(layers: Any) -> Any:  # noqa: ANN401 - plain data
    """Return a file's layers, or whatever holds them, with the first turn's values for the words of each turn."""
    if isinstance(layers, list):
        return [with_first_values(item) for item in layers]
    if not isinstance(layers, dict):
        return layers
    if isinstance(layers.get(EACH), dict) and "layers" in layers:
        values = {name: listed[0] for name, listed in layers[EACH].items()}
        layers = {**layers, "layers": _with_values(layers["layers"], values)}
    return {name: with_first_values(value) for name, value in layers.items()}


def _spelled_out(layer: LayerKind) -> Sequence[LayerKind]:
    if isinstance(layer, Repeat) and layer.written_out:
        inside = spelled_out(layer.layers)
        return inside if layer.trainable else [one.model_copy(update={"trainable": False}) for one in inside]
    if not isinstance(layer, CompositeKind):
        return (layer,)
    found = {name: _inside(getattr(layer, name)) for name in type(layer).model_fields}
    changed = {name: value for name, value in found.items() if value != getattr(layer, name)}
    return (layer.model_copy(update=changed) if changed else layer,)


def _inside(value: object) -> object:
    """Return a field of a composite with its layers spelled out, or its lists of layers."""
    if not isinstance(value, tuple):
        return value
    if all(isinstance(item, LayerKind) for item in value):
        return spelled_out(value)
    return tuple(_inside(item) for item in value)


def _turn(content: Mapping[str, Any], turn: int) -> dict[str, Any]:
    """Return what a turn's content would be in a file; what is missing stays so."""
    values = {word: listed[turn] for word, listed in content[EACH].items()}
    others = {name: value for name, value in content.items() if name not in {EACH, "layers"}}
    return others | ({"layers": _with_values(content["layers"], values)} if "layers" in content else {})


def _with_values(written: Any, values: Mapping[str, object]) -> Any:  # noqa: ANN401 - plain data
    """Return plain data with the values for the words."""
    if isinstance(written, str):
        return values.get(written, written)
    if isinstance(written, list | tuple):
        return [_with_values(item, values) for item in written]
    if isinstance(written, dict):
        return {name: _with_values(value, values) for name, value in written.items()}
    return written


def _check_words(each: object) -> None:
    """Raise what is wrong with the words and their lists by themselves."""
    if not isinstance(each, dict) or not each:
        raise _mistake((), "write a list for each word: {width: [16, 32, 64]}", f"'each' is {shown(each)}")
    for word, values in each.items():
        if not _NAME.fullmatch(str(word)):
            raise _mistake((word,), "use small letters, digits and '_'", f"{shown(word)} is not a valid word")
        if word in _TAKEN:
            raise _mistake((word,), "choose another word", f"{shown(word)} means something else already")
        if not isinstance(values, list) or not values:
            remedy = "write a list with a value for each turn"
            raise _mistake((word,), remedy, f"{shown(word)} is {shown(values)}")


def _check_turns(content: Mapping[str, Any]) -> None:
    """Raise what is wrong with the turns of what is valid in its first one, before any other is written out."""
    each, times, layers = content[EACH], content["times"], content["layers"]
    for word, values in each.items():
        if len(values) != times:
            what = f"{shown(word)} has {len(values)} values, and there are {times} turns"
            raise _mistake((word,), "write a value for each turn", what)
        if _with_values(layers, {word: None}) == layers:
            raise _mistake((word,), "write it for a value, or leave it out", f"nothing in 'layers' says {shown(word)}")
    if _size(content) > MOST_SIZE:
        raise _mistake((), "repeat less", f"these are more than {MOST_WRITTEN_OUT:,} layers, every turn written out")


def _size(written: object) -> int:
    """Return how many values there are once every turn is written out."""
    if isinstance(written, list):
        return sum(map(_size, written))
    if not isinstance(written, dict):
        return 1
    times = written.get("times") if written.get(EACH) else 1
    return (times if isinstance(times, int) else 1) * (1 + sum(map(_size, written.values())))


def _mistake(path: DataPath, remedy: str, what: str) -> ValidationError:
    error = InitErrorDetails(type=refused("each", what, remedy), loc=(EACH, *path), input=None)
    return ValidationError.from_exception_data("Repeat", [error])
