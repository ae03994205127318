"""Plain data out of YAML text, with the place of every key and value; it knows nothing of architectures.

YAML is read from the parser's events rather than through a loader: events come one at a time, so depth is bounded
before anything recurses, nothing is ever constructed, and a file with three mistakes tells all three.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
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
from ruamel.yaml.reader import ReaderError

from harness.declaration.spec_error import shown
from harness.declaration.values import WrittenFloat

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


MAX_DIGITS = 18

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def plain(text: str) -> object:
    """Return nothing, a truth value, a number, or the text itself; `ValueError` for a number beyond any use."""
    if _INT.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise ValueError(text)
        return int(text)
    if _FLOAT.fullmatch(text):
        return WrittenFloat(text)
    if _NO_NUMBER.fullmatch(text):
        return WrittenFloat(text.lower().replace(".", ""))
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    return None if _NULL.fullmatch(text) else text


MAX_DEPTH = 40


def parse(text: str) -> Tree:
    """Return the text's data and all that is wrong with it as YAML; it never raises for what a file holds."""
    builder = _Builder()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except _Stop as stop:
        return _without_data(builder.tree, stop.slip)
    except MarkedYAMLError as error:
        return _without_data(builder.tree, _syntax_slip(error, text))
    except ReaderError as error:
        return _without_data(builder.tree, _character_slip(error, text))
    except (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError):
        # Some malformed input ends in ruamel's own bare Python errors.
        return _without_data(builder.tree, Slip(START, "this is not YAML", _CHECK))
    return builder.tree


_CHECK = "check quotes, brackets, colons and indentation"


class _Stop(Exception):
    """Nothing behind this slip can be read."""

    def __init__(self, slip: Slip) -> None:
        self.slip = slip
        super().__init__(slip.what)


@dataclass
class _Open:
    """A mapping or a list whose end has not come yet, and the key that waits for its value."""

    container: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None


class _Builder:
    """Builds a tree from events, one after another, without recursion."""

    def __init__(self) -> None:
        self.tree = Tree()
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: Event) -> None:
        """Add one event to the tree."""
        match event:
            case DocumentStartEvent():
                self._start_document(event)
            case MappingStartEvent():
                self._start(event, {})
            case SequenceStartEvent():
                self._start(event, [])
            case MappingEndEvent() | SequenceEndEvent():
                self._open.pop()
            case ScalarEvent():
                self._scalar(event)
            case AliasEvent():
                self._slip(
                    event, f"the alias *{_short(event.anchor)} refers to another place", "write the value out here"
                )
                self._put(None, event)

    def _start_document(self, event: Event) -> None:
        self._documents += 1
        if self._documents > 1:
            remedy = "keep one architecture per file: remove '---' and what follows"
            raise _Stop(Slip(_place(event), "a second document starts here", remedy))

    def _start(self, event: MappingStartEvent | SequenceStartEvent, container: dict[str, Any] | list[Any]) -> None:
        if len(self._open) >= MAX_DEPTH:
            what = f"the nesting is deeper than {MAX_DEPTH} levels"
            raise _Stop(Slip(_place(event), what, "write a flatter list of layers"))
        if self._expects_key():
            raise _Stop(Slip(_place(event), "a key must be a word", "write 'name: value'"))
        self._check_plain(event)
        self._open.append(_Open(container, self._put(container, event)))

    def _scalar(self, event: ScalarEvent) -> None:
        self._check_plain(event)
        if any("\ud800" <= letter <= "\udfff" for letter in event.value):  # "\ud800" is half a character
            raise _Stop(Slip(_place(event), "half of a character is escaped here", "write the character itself"))
        if self._expects_key():
            self._key(event)
        else:
            self._put(self._value(event), event)

    def _expects_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].container, dict) and self._open[-1].key is None

    def _key(self, event: ScalarEvent) -> None:
        parent = self._open[-1]
        path = (*parent.path, event.value)
        if path in self.tree.keys:
            what = f"{shown(event.value)} is given twice (first in line {self.tree.keys[path].line})"
            self._slip(event, what, "keep one of the two")
        self.tree.keys.setdefault(path, _place(event))
        parent.key = event.value

    def _value(self, event: ScalarEvent) -> object:
        if not event.implicit[0]:  # quoted, or a block of text
            return event.value
        try:
            return plain(event.value)
        except ValueError:
            self._slip(event, "the number is too large", "write one with fewer digits")
            return None

    def _put(self, value: object, event: Event) -> Path:
        """Put a value into the innermost open container and return its path."""
        path = self._next_path()
        self.tree.values[path] = _place(event)
        if not self._open:
            self.tree.data = value
            return path
        parent = self._open[-1]
        if isinstance(parent.container, list):
            parent.container.append(value)
        else:
            parent.container[str(path[-1])] = value
            parent.key = None
        return path

    def _next_path(self) -> Path:
        if not self._open:
            return ()
        parent = self._open[-1]
        last = len(parent.container) if isinstance(parent.container, list) else parent.key
        return (*parent.path, "" if last is None else last)

    def _check_plain(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> None:
        if event.anchor is not None:
            self._slip(event, f"the anchor &{_short(event.anchor)} is not part of the language", "remove it")
        if event.tag is not None:
            self._slip(event, f"the tag {shown(str(event.tag))} is not part of the language", "remove it")

    def _slip(self, event: Event, what: str, remedy: str) -> None:
        self.tree.slips.append(Slip(_place(event), what, remedy))


def _place(event: Event) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _short(anchor: object) -> str:
    return shown(str(anchor)).strip("'")


def _without_data(tree: Tree, slip: Slip) -> Tree:
    tree.slips.append(slip)
    tree.data = None
    return tree


def _syntax_slip(error: MarkedYAMLError, text: str) -> Slip:
    """Return the parser's complaint in our form; a tab in the indentation, the usual cause, is named."""
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark is not None else START
    line = "".join(text.splitlines()[place.line - 1 : place.line])
    indentation = line[: len(line) - len(line.lstrip())]
    if "\t" in indentation:
        return Slip(Place(place.line, indentation.index("\t") + 1), "there is a tab", "indent with spaces")
    problem = " ".join(str(error.problem or error.context or "this can't be read").split())
    return Slip(place, f"not YAML: {problem}", _CHECK)


def _character_slip(error: ReaderError, text: str) -> Slip:
    before = text[: error.position]
    place = Place(before.count("\n") + 1, error.position - (before.rfind("\n") + 1) + 1)
    what = f"the character {text[error.position : error.position + 1]!a} may not stand in YAML"
    return Slip(place, what, "remove it")
