"""The shape ``Kind`` or ``Kind: {field: value}`` that layers, optimizers and claims share; names no kind.

A family is found, not listed: every public class of its base that is defined in its home module, or in a
module of its home package, is one of its kinds. Nothing is imported before the first value is read, and then only the
module of the kind that it names, unless it is no class's name.

What is read                     what it means
``Flatten``                      all fields at their defaults
``Flatten:`` (nothing behind)    the same
``Conv2D: {filters: 32, ...}``   these fields, the others at their defaults
``MaxPool2D: {pool_size: 3}``    an alias: another name that Keras knows for a kind
an instance                      itself

All of them are dumped as ``{"Kind": {every field}}``, but for rare ones at their defaults.

Errors, as pydantic reports them (``loc`` runs through the kind as it is written: ``(..., "Conv2D", "filters")``)
``kind_form``      neither a name nor a mapping of one name: at the value
``kind_unknown``   no such kind in the family, with the nearest names: at the value
``field_unknown``  no such field, with the nearest names: at the field
``field_missing``  a field without a default: at the (absent) field
and pydantic's own for values out of type or range.
"""

# No 'from __future__ import annotations': pydantic would evaluate this base's annotations, as strings, for every kind.
import importlib
import inspect
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.machinery import FileFinder
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, SerializationInfo, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, ErrorDetails, InitErrorDetails, PydanticCustomError, core_schema

from harness.declaration.naming import NO_WORDS, OtherWords, plain, remedy
from harness.declaration.spec_error import refused, shown

LONGEST_NAME_SHOWN = 60
MOST_NAMES_SHOWN = 6
_CLASS = re.compile(r"^class (\w+)", re.MULTILINE)


class Kind(BaseModel):
    """One kind of a family: a frozen value whose fields are what the file may say about it."""

    # Strict: "3" is not a number, True not a count, 3.0 not whole. Built on first use: a file needs few kinds.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)

    kind: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    # What its fields are called elsewhere.
    field_words: ClassVar[OtherWords] = NO_WORDS
    # Fields that all kinds of a family have, and few files say: at their defaults they are not dumped.
    rare: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 (pydantic's own signature)
        super().__init_subclass__(**kwargs)
        name, *aliases = cls.names()
        cls.kind = cls.__dict__.get("kind", name)
        cls.aliases = cls.__dict__.get("aliases", tuple(aliases))

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the kind's name and then its aliases, where the class does not give them."""
        return (cls.__name__,)

    @classmethod
    def needs_fields(cls) -> bool:
        """Tell whether the kind has a field without a default, so that its name alone is not enough."""
        return any(field.is_required() for field in cls.model_fields.values())


def snake_case(name: str) -> str:
    """Return a class's name as Keras names functions: ``kl_divergence`` for KLDivergence."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


class KerasKind(Kind):
    """A kind that is one class of Keras: its name and fields are that class's own."""

    keras_module: ClassVar[str]

    def arguments(self, keras: ModuleType) -> dict[str, Any]:
        """Return the fields as Keras takes them, in Keras' order: kinds inside become Keras objects."""
        return {name: _in_keras(getattr(self, name), keras) for name in type(self).model_fields}

    def build(self, keras: ModuleType) -> Any:  # noqa: ANN401 (Keras is not imported here)
        """Return the Keras object; ``keras`` is the imported package."""
        return getattr(attrgetter(self.keras_module)(keras), type(self).__name__)(**self.arguments(keras))


@dataclass(frozen=True)
class Family:
    """All kinds of one base: the metadata of ``Annotated[Base, Family("noun", Base, "home.of.kinds")]``.

    ``words`` are what they are called elsewhere.
    """

    noun: str
    base: type[Kind]
    home: str
    words: OtherWords = NO_WORDS

    @cached_property
    def kinds(self) -> Mapping[str, type[Kind]]:
        """The family by name, in the order of modules and definitions."""
        return {cls.kind: cls for cls in self._defined_in([self.home, *dict(_sources(self.home))])}

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Other names for a kind that Keras knows too."""
        return {alias: name for name, cls in self.kinds.items() for alias in cls.aliases}

    def find(self, name: str) -> type[Kind] | None:
        """Return the kind that goes by this name or alias; None where there is none.

        A file names few kinds: the modules that define a class of the name are asked before all are imported.
        """
        if name not in self._found:
            self._found.update((cls.kind, cls) for cls in self._defined_in(self._homes.get(plain(name), ())))
        return self._found.get(name) or self.kinds.get(self.named(name))

    def parse(self, value: object) -> Kind:
        """Return the kind that ``value`` writes; raise pydantic's errors with the kind in their path."""
        if isinstance(value, self.base):
            return value
        name, content = self._split(value)
        cls = self.find(name)
        if cls is None:
            raise self._unknown(name)
        try:
            return cls.model_validate({} if content is None else content)
        except ValidationError as error:
            details = [_inside(cls, name, detail) for detail in error.errors(include_url=False)]
            raise ValidationError.from_exception_data(self.noun, details) from None

    def named(self, name: str) -> str:
        """Return the name of the kind that goes by this name or alias; one that is not known stays as it is."""
        return self.aliases.get(name, name)

    def dump(self, value: Kind, info: SerializationInfo) -> dict[str, Any]:
        """Return the canonical ``{"Kind": {every field}}``, without rare ones at their defaults."""
        return {value.kind: value.model_dump(mode=info.mode)}

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic read and dump the family through this object."""
        del source, handler
        dump = core_schema.plain_serializer_function_ser_schema(self.dump, info_arg=True)
        return core_schema.no_info_plain_validator_function(self.parse, serialization=dump)

    @cached_property
    def _found(self) -> dict[str, type[Kind]]:
        """The kinds of the modules that were asked so far."""
        return {}

    @cached_property
    def _homes(self) -> Mapping[str, Sequence[str]]:
        """The modules of a package by the classes in their text, whose names are written without what differs."""
        homes: dict[str, list[str]] = defaultdict(list)
        for module, source in _sources(self.home):
            for name in _CLASS.findall(source):
                homes[plain(name)].append(module)
        return homes

    def _defined_in(self, modules: Iterable[str]) -> Iterator[type[Kind]]:
        for module in map(importlib.import_module, modules):
            for name, cls in vars(module).items():
                if not (inspect.isclass(cls) and issubclass(cls, self.base)) or name.startswith("_"):
                    continue
                if cls is not self.base and cls.__module__ == module.__name__ and not inspect.isabstract(cls):
                    yield cls

    def _split(self, value: object) -> tuple[str, object]:
        if isinstance(value, str):
            return value, {}
        if isinstance(value, Mapping) and len(value) == 1:
            [(name, content)] = value.items()
            return str(name), content
        raise self._no_kind(value)

    def _no_kind(self, value: object) -> PydanticCustomError:
        bare = next((name for name, cls in self.kinds.items() if not cls.needs_fields()), None)
        forms = " or ".join(([f"'{bare}'"] if bare else []) + ["'Kind: {field: value}'"])
        remedy = f"write one {self.noun}: {forms}"
        if isinstance(value, Mapping) and len(value) > 1:
            # The usual cause: the fields stand under their kind without being indented.
            first = ", ".join(shown(str(name)).strip("'") for name in list(value)[:MOST_NAMES_SHOWN])
            more = ", …" if len(value) > MOST_NAMES_SHOWN else ""
            what = f"found {len(value)} names side by side ({first}{more})"
            return refused("kind_form", what, f"{remedy}, its fields indented below it")
        return refused("kind_form", f"found {shown(None if value == {} else value)}", remedy)

    def _unknown(self, name: str) -> PydanticCustomError:
        alias = next((kind for alias, kind in self.aliases.items() if plain(alias) == plain(name)), name)
        meant = remedy(alias, list(self.kinds), self.words)
        what = f"there is no {self.noun} {shown(name, LONGEST_NAME_SHOWN)}"
        return refused("kind_unknown", what, meant or f"available: {', '.join(self.kinds)}")


def _in_keras(value: object, keras: ModuleType) -> object:
    return value.build(keras) if isinstance(value, KerasKind) else value


def _sources(home: str) -> Iterator[tuple[str, str]]:
    """Yield every module of a package with its source, which is empty where it can't be read; none of a module."""
    for found in pkgutil.iter_modules(getattr(importlib.import_module(home), "__path__", [])):
        source = ""
        if isinstance(found.module_finder, FileFinder):
            with suppress(OSError):
                source = Path(found.module_finder.path, f"{found.name}.py").read_text(encoding="utf-8")
        yield f"{home}.{found.name}", source


def _inside(cls: type[Kind], written: str, detail: ErrorDetails) -> InitErrorDetails:
    """Return the error with the kind as written in its path, and the field's name and the known ones in its words."""
    kind, loc = detail["type"], detail["loc"]
    if len(loc) == 1 and kind == "missing":
        error = _missing(cls, str(loc[0]))
    elif len(loc) == 1 and kind == "extra_forbidden":
        error = _unknown(cls, str(loc[0]))
    elif loc == () and kind in {"model_type", "model_attributes_type"}:
        error = refused(
            "fields_form", f"{cls.kind} takes fields", f"write '{cls.kind}: {_example(cls, detail['input'])}'"
        )
    else:
        error = PydanticCustomError(kind, "{message}", {**detail.get("ctx", {}), "message": detail["msg"]})
    return InitErrorDetails(type=error, loc=(written, *loc), input=detail["input"])


def _example(cls: type[Kind], value: object) -> str:
    """Return the form of a kind's fields: with the value that was given, where there is one field that it may be."""
    needed = [name for name, field in _written_fields(cls).items() if field.is_required()]
    try:
        cls.model_validate({needed[0]: value} if len(needed) == 1 else {})
    except ValidationError:
        return "{field: value}"
    return f"{{{needed[0]}: {shown(value)}}}" if needed else "{field: value}"


def _missing(cls: type[Kind], name: str) -> PydanticCustomError:
    help_text = _written_fields(cls)[name].description
    return refused("field_missing", f"{cls.kind} needs '{name}'", f"add it ({help_text})" if help_text else "add it")


def _unknown(cls: type[Kind], name: str) -> PydanticCustomError:
    known = [field for field in _written_fields(cls) if field not in cls.rare]
    fields = f"its fields are {', '.join(known)}" if known else "remove it: it has no fields"
    what = f"{cls.kind} has no field {shown(name, LONGEST_NAME_SHOWN)}"
    return refused("field_unknown", what, remedy(name, [*known, *cls.rare], cls.field_words) or fields)


def _written_fields(cls: type[Kind]) -> dict[str, FieldInfo]:
    """Return the fields by the names that a file gives them, which Python's own words can't be."""
    return {field.alias or name: field for name, field in cls.model_fields.items()}
