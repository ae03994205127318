"""The data of a text with the place of every key and value, and slips of the text; it reads no text itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

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
