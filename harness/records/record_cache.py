"""What the record files of a results folder were found to hold before, by the digests of their bytes; validates none.

To read a file takes a tenth of what it takes to parse it and to check that nobody edited it. All that is kept follows
from bytes alone, and those are read each time: it can't be out of date.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import from_json

from harness.declaration.disk_cache import keep_bytes, kept_bytes
from harness.records.content import UnusableRecord, content_of, names_in, read_bytes

# Part of the files' names, to be raised when the same bytes come to mean something else.
VERSION = 1


class Reach(NamedTuple):
    """How many epochs a record holds, and whether its recipe ended the training after them."""

    epochs: int = 0
    stopped: bool = False

    def includes(self, epochs: int) -> bool:
        """Whether the record holds so many epochs, or all that its recipe trains for."""
        return self.stopped or self.epochs >= epochs


class KnownRecords:
    """The record files of one folder. Making one opens none of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        place = hashlib.sha256(str(folder.absolute()).encode()).hexdigest()
        self._name = f"records/{place}-{VERSION}.json"
        kept = kept_bytes(self._name)
        self._kept: dict[str, Any] = from_json(kept) if kept else {"reach": {}, "found": {}}
        self._digests: dict[Path, str] = {}
        self._learned = False

    def reach(self, path: Path) -> Reach:
        """Return how far a record goes: nowhere where it failed before its first epoch, or can't be used."""
        known = self._kept["reach"]
        if self._digest(path) not in known:
            raw = _bytes(path)
            self._digests[path] = hashlib.sha256(raw).hexdigest()
            known[self._digests[path]], self._learned = _reach(raw), True
        return Reach(*known[self._digest(path)])

    def names(self, environments: Iterable[str], about: str, find: Callable[[], Iterable[str]]) -> tuple[str, ...]:
        """Return the names that ``find`` finds, which depend on ``about`` and on the environments' records alone."""
        files = [
            f"{environment}/{name} {self._digest(self.folder / environment / name)}"
            for environment in sorted(environments)
            for name in names_in(self.folder / environment)
            if name.endswith(".json")
        ]
        key = hashlib.sha256("\n".join((about, *files)).encode()).hexdigest()
        if key not in self._kept["found"]:
            self._kept["found"], self._learned = {key: list(find())}, True
        return tuple(self._kept["found"][key])

    def keep(self) -> None:
        """Keep what was found out."""
        if self._learned:
            keep_bytes(self._name, json.dumps(self._kept, separators=(",", ":")).encode())

    def _digest(self, path: Path) -> str:
        if path not in self._digests:
            self._digests[path] = hashlib.sha256(_bytes(path)).hexdigest()
        return self._digests[path]


def _bytes(path: Path) -> bytes:
    """Return the file's content; nothing where it can't be read, which is no record either."""
    try:
        return read_bytes(path)
    except UnusableRecord:
        return b""


def _reach(raw: bytes) -> Reach:
    try:
        measurement = content_of(raw)["measurement"] or {}
        return Reach(len(measurement.get("epochs", ())), bool(measurement.get("stopped", False)))
    except (UnusableRecord, KeyError, TypeError, ValueError, AttributeError):
        return Reach()
