"""What a spec may change of the one that it extends: a class per kind of change, its fields, its words; applies none.

All of them speak of the parent's layers, by the parent's numbers: the order of changes at different layers does not
matter, and no change moves the numbers of the next.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from harness.declaration.kinds import Family, Kind, snake_case
from harness.declaration.spec_error import refused, shown
from harness.declaration.values import Count, WrittenFloat, is_whole
from harness.spec.layers import LAYERS, LayerKind
from harness.spec.layers.composites import Layers
from harness.spec.numbering import NumberedLayer
from harness.spec.training import Training
from harness.spec.wording import differences_in_words, in_words

NUMBER = r"[1-9][0-9]{0,4}(\.[1-9][0-9]{0,4})*"
_NUMBER_REMEDY = "write its number as 'bench show' counts: 4, or 4.1 for the first layer inside layer 4"
_NUMBERS: dict[str, Any] = {"anyOf": [{"type": "number", "minimum": 1}, {"type": "string", "pattern": f"^({NUMBER})$"}]}


def is_number(reference: str) -> bool:
    """Tell whether a layer is named by its number, not by its kind."""
    return re.fullmatch(NUMBER, reference) is not None


def _text(value: object) -> object:
    """Return a number as the file has it, 4.10 too, which is the tenth layer inside the fourth."""
    if isinstance(value, WrittenFloat):
        return value.text
    return str(value) if is_whole(value) else value


def _named(value: object) -> object:
    """Return a reference to a layer, its kind under its own name."""
    text = _text(value)
    if not isinstance(text, str) or is_number(text):
        return text
    cls = LAYERS.find(text)
    return cls.kind if cls else text


def _number(value: object) -> str:
    text = _text(value)
    if not isinstance(text, str) or not is_number(text):
        raise refused("layer_number", None, _NUMBER_REMEDY)
    return text


def _kind(value: object) -> object:
    if isinstance(text := _text(value), str) and is_number(text):
        raise refused("layer_kind", f"'layer' is {shown(value)}, not a kind", f"write 'number: {text}'")
    return _named(value)


class _KindNames:
    """Tells editors the kinds of layers, and the numbers where these do too."""

    def __init__(self, *, numbers: bool) -> None:
        self._numbers = numbers

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        del schema, handler
        kinds = {"type": "string", "enum": [*LAYERS.kinds, *LAYERS.aliases]}
        return {"anyOf": [kinds, *_NUMBERS["anyOf"]]} if self._numbers else kinds


LayerNumber = Annotated[str, BeforeValidator(_number), WithJsonSchema(_NUMBERS)]
LayerName = Annotated[str, BeforeValidator(_kind), _KindNames(numbers=False)]
LayerPlace = Annotated[str, BeforeValidator(_named), _KindNames(numbers=True)]


@dataclass(frozen=True)
class Edit:
    """What a change does at one layer of the parent.

    ``content`` is the field of the change that lists new layers, and ``side`` where they go. ``fields`` are those of
    the layer that get other values.
    """

    removes: bool = False
    content: str | None = None
    side: Literal["before", "after"] = "before"
    fields: Mapping[str, object] | None = None


class ChangeKind(Kind):
    """One change: the field that names its layer, its edit there, and what it makes of the recipe."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the change's name."""
        return (snake_case(cls.__name__),)

    @property
    def named_in(self) -> str | None:
        """The field that names the layer; None where the change is about none."""
        return None

    @property
    def reference(self) -> str:
        """The layer's kind or number, as the file names it."""
        return str(getattr(self, self.named_in)) if self.named_in else ""

    @property
    def edit(self) -> Edit:
        """What is done at the layer."""
        return Edit()

    @property
    def recipe(self) -> Mapping[str, object]:
        """The fields of the recipe that get other values, as the file writes them."""
        return {}

    def new_layers(self) -> Sequence[LayerKind]:
        """Return the layers that the change brings."""
        return ()


class _AtLayer(ChangeKind):
    layer: Annotated[
        LayerName | None, Field(description="Kind of the layer, where the parent has one layer of this kind.")
    ] = None
    number: Annotated[
        LayerNumber | None, Field(description="Number of the layer in the parent, as 'bench show' counts.")
    ] = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if self.layer is None and self.number is None:
            remedy = "add 'layer: Kind' where there is one of its kind, else 'number: N' as 'bench show' counts"
            raise refused("layer_unnamed", f"'{self.kind}' names no layer", remedy)
        if self.layer is not None and self.number is not None:
            raise refused("layer_named_twice", f"'{self.kind}' names its layer twice", "keep 'layer' or 'number'")
        return self

    @property
    def named_in(self) -> str:
        """The field that is given."""
        return "layer" if self.number is None else "number"


class Remove(_AtLayer):
    """Leave a layer out."""

    @property
    def edit(self) -> Edit:
        """It is gone."""
        return Edit(removes=True)


class Replace(_AtLayer):
    """Put other layers in a layer's place."""

    new: Annotated[Layers, Field(alias="with")]

    @property
    def edit(self) -> Edit:
        """The others stand where it was."""
        return Edit(removes=True, content="with")

    def new_layers(self) -> Sequence[LayerKind]:
        """Return the others."""
        return self.new


class Insert(ChangeKind):
    """Add layers after a layer, or before it."""

    after: Annotated[LayerPlace | None, Field(description="Layer of the parent that they follow: kind or number.")] = (
        None
    )
    before: Annotated[
        LayerPlace | None, Field(description="Layer of the parent that follows them: kind or number.")
    ] = None
    layers: Layers

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.after is None) == (self.before is None):
            found = "no place" if self.after is None else "two places"
            raise refused("layer_unnamed", f"'insert' names {found}", "write 'after' or 'before', a kind or a number")
        return self

    @property
    def named_in(self) -> str:
        """The field that is given."""
        return "after" if self.before is None else "before"

    @property
    def edit(self) -> Edit:
        """They are added on that side."""
        return Edit(content="layers", side="after" if self.before is None else "before")

    def new_layers(self) -> Sequence[LayerKind]:
        """Return them."""
        return self.layers


class Set(_AtLayer):
    """Give fields of a layer other values: 'field: value' beside the layer."""

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="after")
    def _sets_something(self) -> Self:
        if not self.__pydantic_extra__:
            raise refused("nothing_set", "'set' sets no field", "add 'field: value', with a field of the layer")
        return self

    @property
    def edit(self) -> Edit:
        """The fields have these values."""
        return Edit(fields=self.__pydantic_extra__)


class TrainingChange(ChangeKind):
    """Train by another recipe: the fields of 'training' that differ, or those of one of the parent's phases."""

    model_config = ConfigDict(extra="allow")
    kind = "training"

    phase: Annotated[
        Count | None, Field(description="Which of the parent's phases, counted from 1, where it has phases.")
    ] = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.__pydantic_extra__:
            raise refused("nothing_set", "'training' changes no field", "add 'field: value', such as 'epochs: 10'")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the recipe's fields, of which none is needed, beside its own."""
        Training.model_rebuild()
        fields = handler.resolve_ref_schema(handler(Training.__pydantic_core_schema__))
        own = handler.resolve_ref_schema(handler(schema))["properties"]
        described = {name: value for name, value in fields.items() if name != "required"} | {"minProperties": 1}
        return {**described, "properties": {**own, **fields["properties"]}}

    @property
    def recipe(self) -> Mapping[str, object]:
        """The fields that differ."""
        return self.__pydantic_extra__ or {}


CHANGES = Family("change", ChangeKind, "harness.spec.changes")
Change = Annotated[ChangeKind, CHANGES]


def layer_words(change: ChangeKind, at: NumberedLayer, made: LayerKind) -> str:
    """Return in words what a change does at a layer of the parent; ``made`` is that layer with its new fields."""
    edit, place = change.edit, f"{at.layer.kind} (layer {at.number})"
    new = " + ".join(in_words(layer) for layer in change.new_layers())
    if edit.removes:
        return f"{new} instead of {place}" if new else f"without {place}"
    if new:
        return f"{new} {edit.side} {place}"
    fields = [differences_in_words(name, getattr(made, name), getattr(at.layer, name)) for name in edit.fields or ()]
    return f"{', '.join(fields)} in {place}"
