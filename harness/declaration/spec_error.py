"""A mistake in a declared file, in words, and the error that carries all of them; finds none itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.errors import BenchError, nearest

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


@dataclass(frozen=True, order=True)
class Mistake:
    """What is wrong at a place of a file, and what to do; lines and columns count from 1."""

    file: str
    line: int
    column: int
    what: str
    remedy: str

    def __str__(self) -> str:
        """Return ``file:line:column: what; what to do``, on one line and safe to print."""
        return f"{one_line(self.file)}:{self.line}:{self.column}: {one_line(self.what)}; {one_line(self.remedy)}"


class InvalidSpec(BenchError):
    """Specs that can't be used, with every mistake in them, in the order of the files."""

    heading = ""  # each line begins with its place, which terminals and editors make a link of

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def joined(errors: Iterable[InvalidSpec]) -> InvalidSpec:
    """Return the mistakes of several files as one error."""
    return InvalidSpec(mistake for error in errors for mistake in error.mistakes)


def one_line(text: str) -> str:
    """Return the text with everything that a terminal could obey or break a line at shown as an escape."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def shown(value: object, most: int = 40) -> str:
    """Return a value of a file as a person would point at it: quoted text, shortened, one line."""
    names = {True: "true", False: "false"}
    if isinstance(value, bool):
        return names[value]
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = one_line(str(value))
    text = text if len(text) <= most else text[: most - 1] + "…"
    return f"'{text}'" if isinstance(value, str) else text


class Sentence(NamedTuple):
    """What is wrong, and what to do."""

    what: str
    remedy: str


_NOT_A = {
    "int_type": ("a whole number", "write a whole number such as 3"),
    "int_from_float": ("a whole number", "write a whole number such as 3"),
    "int_parsing": ("a whole number", "write a whole number such as 3"),
    "float_type": ("a number", "write a number such as 0.5"),
    "float_parsing": ("a number", "write a number such as 0.5"),
    "finite_number": ("a finite number", "write a number such as 0.5"),
    "string_type": ("text", "write a word, or put quotes around it"),
    "bool_type": ("true or false", "write true or false"),
    "list_type": ("a list", "write a list: [a, b], or one '- item' a line"),
    "tuple_type": ("a list", "write a list: [a, b], or one '- item' a line"),
    "model_type": ("a mapping", "write 'name: value' lines below it, indented"),
    "dict_type": ("a mapping", "write 'name: value' lines below it, indented"),
}

_BOUNDS: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    "greater_than_equal": lambda bound: ("too small", f"write {bound['ge']} or more"),
    "greater_than": lambda bound: ("too small", f"write more than {bound['gt']}"),
    "less_than_equal": lambda bound: ("too large", f"write {bound['le']} or less"),
    "less_than": lambda bound: ("too large", f"write less than {bound['lt']}"),
    "string_too_short": lambda _: ("empty", "write some words"),
    "string_too_long": lambda bound: ("too long", f"write {bound['max_length']} letters or fewer"),
    "too_short": lambda bound: ("too short a list", f"give {bound['min_length']} or more"),
    "too_long": lambda bound: ("too long a list", f"give {bound['max_length']} or fewer"),
}


def sentence(error: ErrorDetails, fields: Sequence[str]) -> Sentence:
    """Return the error in words; ``fields`` are the names that its place knows, for unknown ones."""
    kind, subject, value = error["type"], _subject(error), error["input"]
    if kind in _NOT_A:
        form, remedy = _NOT_A[kind]
        return Sentence(f"{subject} is {shown(value)}, not {form}", remedy)
    if kind in _BOUNDS:
        state, remedy = _BOUNDS[kind](error.get("ctx", {}))
        about = "" if kind.startswith(("too", "string")) else f"{shown(value)}, which is "
        return Sentence(f"{subject} is {about}{state}", remedy)
    if kind in _FIELDS:
        return _FIELDS[kind](error, subject, fields)
    return _own_words(error["msg"], subject, value)


def _missing(error: ErrorDetails, subject: str, fields: Sequence[str]) -> Sentence:
    del error, fields
    return Sentence(f"{subject} is missing", "add it")


def _missing_of_kind(error: ErrorDetails, subject: str, fields: Sequence[str]) -> Sentence:
    del subject, fields
    what, _, help_text = error["msg"].partition(" (")
    return Sentence(what, f"add it ({help_text}" if help_text else "add it")


def _unknown(error: ErrorDetails, subject: str, fields: Sequence[str]) -> Sentence:
    hint = nearest(str(error["loc"][-1]), fields).removeprefix("; ")
    return Sentence(f"there is no field {subject} here", hint or f"the fields are {', '.join(fields)}")


def _not_one_of(error: ErrorDetails, subject: str, fields: Sequence[str]) -> Sentence:
    del fields
    expected = str(error.get("ctx", {}).get("expected", ""))
    known = [word.strip().strip("'") for word in expected.replace(" or ", ",").split(",")]
    hint = nearest(str(error["input"]), known).removeprefix("; ")
    return Sentence(f"{subject} is {shown(error['input'])}, none of {expected}", hint or "write one of these")


_FIELDS = {
    "missing": _missing,
    "field_missing": _missing_of_kind,
    "extra_forbidden": _unknown,
    "literal_error": _not_one_of,
}


def _subject(error: ErrorDetails) -> str:
    """Return the field's name, with a number where the mistake is inside a list."""
    names = [part for part in error["loc"] if isinstance(part, str)]
    last = error["loc"][-1] if error["loc"] else None
    if not names:
        return "the file"
    name = shown(names[-1])
    return f"item {last + 1} of {name}" if isinstance(last, int) else name


def _own_words(message: str, subject: str, value: object) -> Sentence:
    """Return a message of the kinds' own, 'what; what to do' or 'write ...', as its two halves."""
    message = message.removeprefix("Value error, ")
    if message.startswith("write "):
        return Sentence(f"{subject} is {shown(value)}", message)
    what, _, remedy = message.partition("; ")
    return Sentence(what, remedy or "correct it; 'bench new NAME' writes a file to compare with")
