"""Plain data out of YAML text, with the place of every key and value; it knows nothing of what the text declares.

YAML is read from the parser's events. ruamel's ``compose()`` would recurse as deep as the file does, put the anchor's
place for an alias's, not tell a tag that is written from one that is understood, and stop at the first of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.reader import ReaderError

from harness.declaration.spec_error import DataPath, Place, SpecError, shown
from harness.declaration.tree import Tree
from harness.declaration.values import WrittenFloat

MAX_DEPTH = 40
MAX_DIGITS = 18

# The core schema of YAML 1.2.2 (section 10.3.2), without octal and hexadecimal numbers: nobody writes a number of
# filters so, and as text they are reported as mistakes.
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

# The beginning of what Python writes as a tuple, which a comma has ended.
_TUPLE_BEGUN = re.compile(r"\(+[-\d. ]*")

_SURROGATES = re.compile("[\ud800-\udfff]")  # "\ud800" is half a character
_CHECK = "check quotes, brackets, colons and indentation"


def parse(text: str, file: str = "") -> Tree:
    """Return the text's data and all that is wrong with it as YAML; it never raises for what a file holds."""
    tree = Tree(file)
    try:
        _Reader(tree, YAML(typ="safe", pure=True).parse(text)).read()
    except _Unreadable as unreadable:
        error = unreadable.error
    except MarkedYAMLError as refusal:
        error = _syntax_error(refusal, file, text)
    except ReaderError as refusal:
        error = _character_error(refusal, file, text)
    except (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError):
        # Some malformed input ends in ruamel's own bare Python errors.
        error = SpecError((), "this is not YAML", _CHECK, place=Place(file, 1, 1))
    else:
        return tree
    return replace(tree, data=None, errors=[*tree.errors, error])


def plain(text: str) -> object:
    """Return what an unquoted word stands for: nothing, a truth value, a number, or the text itself.

    Raises:
        ValueError: The number has more digits than any use.
    """
    if _INT.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise ValueError(text)
        return int(text)
    if _FLOAT.fullmatch(text):
        return WrittenFloat(text)
    if _NOT_FINITE.fullmatch(text):
        return WrittenFloat(text.lower().replace(".", ""))
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    return None if _NULL.fullmatch(text) else text


class _Unreadable(Exception):
    """Nothing behind this mistake can be read."""

    def __init__(self, error: SpecError) -> None:
        self.error = error
        super().__init__(error.what)


class _Reader:
    """Fills a tree from events, with recursion as deep as the data may be."""

    def __init__(self, tree: Tree, events: Iterator[Any]) -> None:
        self._tree = tree
        self._events = events

    def read(self) -> None:
        """Read the one document that a file holds."""
        documents = 0
        for event in self._events:
            if isinstance(event, NodeEvent):
                self._tree.data = self._value(event, ())
            elif isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    remedy = "keep one document per file: remove '---' and what follows"
                    raise self._unreadable(event, (), "a second document starts here", remedy)

    def _value(self, event: NodeEvent, path: DataPath) -> object:
        self._tree.values[path] = self._place(event)
        self._check_plain(event, path)
        if isinstance(event, ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, CollectionStartEvent):
            if len(path) >= MAX_DEPTH:
                what = f"the nesting is deeper than {MAX_DEPTH} levels"
                raise self._unreadable(event, path, what, "write it flatter")
            return self._mapping(path) if isinstance(event, MappingStartEvent) else self._list(path)
        return None

    def _list(self, path: DataPath) -> list[object]:
        items: list[object] = []
        for event in self._inside():
            index = len(items)
            items.append(self._tuple(event, (*path, index)) or self._value(event, (*path, index)))
        return items

    def _mapping(self, path: DataPath) -> dict[str, object]:
        data = {}
        for event in self._inside():
            name = self._key(event, path)
            value = next(self._events)
            data[name] = self._tuple(value, (*path, name), keys=True) or self._value(value, (*path, name))
        return data

    def _tuple(self, event: NodeEvent, path: DataPath, *, keys: bool = False) -> str | None:
        """Report a tuple in braces or brackets as one mistake, and return its text; None where there is none.

        YAML ends it at its first comma: the rest are items, or ``keys`` without a value.
        """
        if not (isinstance(event, ScalarEvent) and event.implicit[0] and _TUPLE_BEGUN.fullmatch(event.value)):
            return None
        self._tree.values[path] = self._place(event)
        text = str(event.value)
        while text.count("(") > text.count(")"):
            parts = [next(self._events) for _ in range(1 + keys)]
            if not all(isinstance(part, ScalarEvent) for part in parts) or any(part.value for part in parts[1:]):
                raise self._unreadable(event, path, f"{shown(text)} has no end", "write a list, such as [3, 3]")
            text += f", {parts[0].value}"
        written = text.replace("(", "[").replace(")", "]")
        self._report(event, path, f"{shown(text)} is a tuple of Python", f"write {written}")
        return text

    def _inside(self) -> Iterator[NodeEvent]:
        """Return the events up to the end of the list or the mapping that has begun."""
        return takewhile(lambda event: not isinstance(event, CollectionEndEvent), self._events)

    def _key(self, event: NodeEvent, path: DataPath) -> str:
        if isinstance(event, CollectionStartEvent):
            raise self._unreadable(event, path, "a key must be a word", "write 'name: value'")
        self._check_plain(event, path)
        name = self._text(event, path) if isinstance(event, ScalarEvent) else f"*{event.anchor}"
        path = (*path, name)
        if path in self._tree.keys:
            what = f"{shown(name)} is given twice (first in line {self._tree.keys[path].line})"
            self._report(event, path, what, "keep one of the two")
        self._tree.keys.setdefault(path, self._place(event))
        return name

    def _scalar(self, event: ScalarEvent, path: DataPath) -> object:
        text = self._text(event, path)
        if not event.implicit[0]:  # quoted, or a block of text
            return text
        try:
            return plain(text)
        except ValueError:
            self._report(event, path, "the number is too large", "write one with fewer digits")
            return None

    def _text(self, event: ScalarEvent, path: DataPath) -> str:
        if _SURROGATES.search(event.value):
            what = "half of a character is escaped here"
            raise self._unreadable(event, path, what, "write the character itself")
        return str(event.value)

    def _check_plain(self, event: NodeEvent, path: DataPath) -> None:
        """Report what is YAML and not part of the language: aliases, anchors and tags."""
        if isinstance(event, AliasEvent):
            what = f"the alias *{_short(event.anchor)} refers to another place"
            self._report(event, path, what, "write the value out here")
            return
        if event.anchor is not None:
            self._report(event, path, f"the anchor &{_short(event.anchor)} is not part of the language", "remove it")
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            self._report(event, path, f"the tag {shown(event.tag)} is not part of the language", "remove it")

    def _place(self, event: Event) -> Place:
        return Place(self._tree.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _report(self, event: Event, path: DataPath, what: str, remedy: str) -> None:
        self._tree.errors.append(SpecError(path, what, remedy, place=self._place(event)))

    def _unreadable(self, event: Event, path: DataPath, what: str, remedy: str) -> _Unreadable:
        return _Unreadable(SpecError(path, what, remedy, place=self._place(event)))


def _short(anchor: object) -> str:
    return shown(str(anchor)).strip("'")


def _syntax_error(error: MarkedYAMLError, file: str, text: str) -> SpecError:
    """Return the parser's complaint in our form; a tab in the indentation, the usual cause, is named."""
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark is not None else Place(file, 1, 1)
    line = "".join(text.splitlines()[place.line - 1 : place.line])
    indentation = line[: len(line) - len(line.lstrip())]
    if "\t" in indentation:
        place = place._replace(column=indentation.index("\t") + 1)
        return SpecError((), "there is a tab", "indent with spaces", place=place)
    problem = " ".join(str(error.problem or error.context or "this can't be read").split())
    return SpecError((), f"not YAML: {problem}", _CHECK, place=place)


def _character_error(error: ReaderError, file: str, text: str) -> SpecError:
    before = text[: error.position]
    place = Place(file, before.count("\n") + 1, error.position - (before.rfind("\n") + 1) + 1)
    what = f"the character {text[error.position : error.position + 1]!a} is not allowed in YAML"
    return SpecError((), what, "remove it", place=place)
