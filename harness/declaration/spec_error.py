"""A mistake in a declared file as a value, and the error that carries all of them; finds none itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from harness.errors import BenchError

if TYPE_CHECKING:
    from pydantic_core import PydanticCustomError

DataPath = tuple[str | int, ...]


class Place(NamedTuple):
    """A line and a column of a file, both counted from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True)
class SpecError:
    """What is wrong with a value of a declared file, and what to do.

    ``path`` leads into the data, as in ``("layers", 3, "Conv2D", "filters")``. ``on_key`` tells whether the mistake is
    about the key at the end of the path and not about its value. ``place`` is None until a file is at hand.
    """

    path: DataPath
    what: str
    remedy: str
    on_key: bool = False
    place: Place | None = None

    def below(self, *path: str | int) -> SpecError:
        """Return the same mistake, seen from further up."""
        return replace(self, path=(*path, *self.path))

    @property
    def file(self) -> str:
        """The file's name; empty where no file is at hand."""
        return self.place.file if self.place else ""

    def __str__(self) -> str:
        """Return ``file:line:column: what; remedy``, on one line and safe to print."""
        place = f"{self.place.file}:{self.place.line}:{self.place.column}: " if self.place else ""
        return one_line(f"{place}{self.what}; {self.remedy}")


class InvalidSpec(BenchError):
    """Specs that can't be used, with every mistake in them, in the order of the files."""

    heading = ""  # each line begins with its place, which terminals and editors make a link of

    def __init__(self, mistakes: Iterable[SpecError]) -> None:
        self.mistakes = in_order(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def in_order(mistakes: Iterable[SpecError]) -> tuple[SpecError, ...]:
    """Return the mistakes in the order of their places, those that read the same once."""
    by_text = {(mistake.place or (), mistake.what, mistake.remedy): mistake for mistake in mistakes}
    return tuple(by_text[key] for key in sorted(by_text))


def joined(errors: Iterable[InvalidSpec]) -> InvalidSpec:
    """Return the mistakes of several files as one error."""
    return InvalidSpec(mistake for error in errors for mistake in error.mistakes)


def refused(kind: str, what: str | None, remedy: str) -> PydanticCustomError:
    """Return the error that a validator raises; without ``what``, the sentence is that the field is its value."""
    from pydantic_core import PydanticCustomError  # noqa: PLC0415 - what lists files known before needs no pydantic

    if what is None:
        return PydanticCustomError(kind, "{remedy}", {"remedy": remedy})
    return PydanticCustomError(kind, "{what}; {remedy}", {"what": what, "remedy": remedy})


def one_line(text: str) -> str:
    """Return the text with everything that a terminal could obey or break a line at shown as an escape."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def shown(value: object, most: int = 40) -> str:
    """Return a value of a file as a person would point at it: quoted text, shortened, one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
    text = one_line(str(value))
    text = text if len(text) <= most else text[: most - 1] + "…"
    return f"'{text}'" if isinstance(value, str) else text
