"""The data of a file's text with the places of its keys and values; parses no text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from harness.declaration.spec_error import DataPath, Place, SpecError


@dataclass
class Tree:
    """The data of a file's text, where its keys and values stand, and what is wrong with it as YAML."""

    file: str
    data: Any = None
    keys: dict[DataPath, Place] = field(default_factory=dict)
    values: dict[DataPath, Place] = field(default_factory=dict)
    errors: list[SpecError] = field(default_factory=list)

    def place(self, path: DataPath, *, on_key: bool = False) -> Place:
        """Return where the path's value (or key) stands, or the nearest thing that contains it."""
        if on_key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Place(self.file, 1, 1))

    def located(self, error: SpecError) -> SpecError:
        """Return the mistake with its place."""
        return error if error.place else replace(error, place=self.place(error.path, on_key=error.on_key))
