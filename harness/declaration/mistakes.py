"""One mistake in a file and the error that carries all of them; finds none itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.errors import BenchError


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
