"""Plain data out of YAML text, with the place of every key and value; it knows nothing of architectures.

YAML 1.2 is read from the parser's events rather than through a loader: events come one at a time, so depth is
bounded before anything recurses, and a file with three mistakes tells all three.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from harness.spec.mistakes import shown
from harness.spec.written import WrittenFloat

MAX_DEPTH = 40
MAX_DIGITS = 18

# The core schema of YAML 1.2.2, section 10.3.2; octal and hexadecimal numbers are left out: nobody writes
# a number of filters so, and as text they are told as a mistake.
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)

Path = tuple[str | int, ...]


class Place(NamedTuple):
    """A line and a column of a file, both counted from 1."""

    line: int
    column: int


START = Place(1, 1)


class Slip(NamedTuple):
    """A mistake that the text alone shows: where, what, and what to do."""

    place: Place
    what: str
    remedy: str


@dataclass
class Tree:
    """The data of a text, the places of its keys and values by path, and what is wrong with the text."""

    data: Any = None
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    slips: list[Slip] = field(default_factory=list)

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return where the path's value (or key) stands, or the nearest thing that contains it."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, START)


class _TooDeep(Exception):  # noqa: N818 - a signal inside this module, told as a slip
    """The nesting is deeper than any architecture needs."""


@dataclass
class _Open:
    """A mapping or a list whose end has not come yet."""

    container: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None


class _Builder:
    """Builds a tree from events, one after another, without recursion."""

    def __init__(self) -> None:
        self.tree = Tree()
        self.open: list[_Open] = []
        self.documents = 0

    def take(self, event: Event) -> None:
        """Add one event to the tree."""
        if isinstance(event, DocumentStartEvent):
            self._start_document(event)
        elif self.documents > 1:
            return
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._start(event, {} if isinstance(event, MappingStartEvent) else [])
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self.open.pop()
        elif isinstance(event, ScalarEvent):
            self._scalar(event)
        elif isinstance(event, AliasEvent):
            self._slip(
                event, f"the alias *{event.anchor} refers to another place", "write the value out here"
            )
            self._put(None, event)

    def _start_document(self, event: Event) -> None:
        self.documents += 1
        if self.documents == 2:  # noqa: PLR2004 - the second of two
            self._slip(
                event,
                "a second document starts here",
                "keep one architecture per file: remove '---' and what follows",
            )

    def _start(self, event: Event, container: dict[str, Any] | list[Any]) -> None:
        if len(self.open) >= MAX_DEPTH:
            self._slip(
                event, f"the nesting is deeper than {MAX_DEPTH} levels", "write a flatter list of layers"
            )
            raise _TooDeep
        self._check_plain(event)
        if self._expects_key():
            self._slip(event, "a key must be a word", "write 'name: value'")
            self.open[-1].key = ""
            self.open.append(_Open(container, (*self.open[-1].path, "")))
            return
        self.open.append(_Open(container, self._put(container, event)))

    def _scalar(self, event: ScalarEvent) -> None:
        self._check_plain(event)
        if self._expects_key():
            self._key(event)
        else:
            self._put(self._resolve(event), event)

    def _key(self, event: ScalarEvent) -> None:
        parent = self.open[-1]
        path = (*parent.path, event.value)
        if path in self.tree.keys:
            line = self.tree.keys[path].line
            self._slip(
                event, f"{shown(event.value)} is given twice (first in line {line})", "keep one of the two"
            )
        self.tree.keys.setdefault(path, _place(event))
        parent.key = event.value

    def _expects_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].container, dict) and self.open[-1].key is None

    def _put(self, value: object, event: Event) -> Path:
        """Put a value into the innermost open container and return its path."""
        if not self.open:
            self.tree.data = value
            self.tree.values[()] = _place(event)
            return ()
        parent = self.open[-1]
        if isinstance(parent.container, list):
            path: Path = (*parent.path, len(parent.container))
            parent.container.append(value)
        else:
            key = parent.key or ""
            path = (*parent.path, key)
            parent.container[key] = value
            parent.key = None
        self.tree.values[path] = _place(event)
        return path

    def _check_plain(self, event: Event) -> None:
        if event.anchor is not None:
            self._slip(event, f"the anchor &{event.anchor} is not part of the language", "remove it")
        if event.tag is not None and event.tag != "!":
            self._slip(event, f"the tag {shown(str(event.tag))} is not part of the language", "remove it")

    def _resolve(self, event: ScalarEvent) -> object:
        if not event.implicit[0]:
            return event.value
        if _INT.fullmatch(event.value) and len(event.value) > MAX_DIGITS:
            self._slip(event, "the number is too large", "write one with fewer digits")
            return None
        return plain(event.value)

    def _slip(self, event: Event, what: str, remedy: str) -> None:
        self.tree.slips.append(Slip(_place(event), what, remedy))


def parse(text: str) -> Tree:
    """Return the text's data and all that is wrong with it as YAML; it never raises for what a file holds."""
    builder = _Builder()
    tree = builder.tree
    try:
        for event in _events(text):
            builder.take(event)
    except _TooDeep:
        tree.data = None
    except MarkedYAMLError as error:
        tree.slips.append(_syntax_slip(error, text))
        tree.data = None
    except (YAMLError, ValueError, IndexError, AttributeError, TypeError, AssertionError) as error:
        # ruamel's own checks end in bare Python errors for some malformed input.
        tree.slips.append(
            Slip(
                START, f"this is not YAML ({type(error).__name__})", "check quotes, brackets and indentation"
            )
        )
        tree.data = None
    return tree


def plain(text: str) -> object:
    """Return what an unquoted word stands for in YAML 1.2: nothing, a truth value, a number, or itself."""
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return WrittenFloat(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    return None if _NULL.fullmatch(text) else text


def _events(text: str) -> Iterator[Event]:
    yield from YAML(typ="safe", pure=True).parse(text)


def _place(event: Event) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _syntax_slip(error: MarkedYAMLError, text: str) -> Slip:
    """Return the parser's complaint in our form; tabs, the usual cause, are named."""
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark is not None else START
    line = text.splitlines()[place.line - 1 : place.line]
    if line and "\t" in line[0][: len(line[0]) - len(line[0].lstrip())] or "'\\t'" in str(error.problem):
        column = line[0].index("\t") + 1 if line and "\t" in line[0] else place.column
        return Slip(Place(place.line, column), "there is a tab", "indent with spaces")
    problem = " ".join(str(error.problem or "this is not YAML").split())
    return Slip(place, f"not YAML: {problem}", "check quotes, brackets, colons and indentation")
