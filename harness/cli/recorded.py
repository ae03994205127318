"""Which seeds of a computation are recorded, from files' names and a look inside; it judges no record.

The store validates every record, which takes numpy and a third of a second for a large folder; a list needs to
know only that a trial got as far as the architecture asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path


class RecordedSeeds:
    """The record files of a results folder by trial, listed once."""

    def __init__(self, results: Path) -> None:
        self._files: dict[str, list[Path]] = {}
        for path in (results / "records").glob("*/*-seed*.json"):
            self._files.setdefault(path.stem.rpartition("-seed")[0], []).append(path)

    def of(self, trial: str, epochs: int) -> list[int]:
        """Return the seeds of the trial that are recorded up to the epoch, sorted."""
        return sorted({_seed(path) for path in self._reaching(trial, epochs)})

    def _reaching(self, trial: str, epochs: int) -> Iterable[Path]:
        for path in self._files.get(trial, []):
            if path.stem.rpartition("-seed")[2].isdecimal() and _epochs(path) >= epochs:
                yield path


def _seed(path: Path) -> int:
    return int(path.stem.rpartition("-seed")[2])


def _epochs(path: Path) -> int:
    """Return how many epochs a record holds; 0 where it failed before one, or can't be read."""
    try:
        measurement = json.loads(path.read_bytes())["measurement"]
        return len(measurement["epochs"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
