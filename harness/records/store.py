"""The folder of records: saves one trial at a time, whole or not at all, and names what it can't read.

``<results>/records/<environment>/<trial>-seed<n>.json`` holds a record; the ``.npz`` beside it holds the
predicted class of every image of every evaluation after every epoch. A whole record is never written again: a longer
training of the trial stands beside it as ``<trial>-seed<n>.epochs<m>.json``, and what was evaluated later in files of
its own (``later``), which join the record when it is read.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import CannotWrite, UnusableFolder
from harness.records.content import RECORD_NAME, content_digest, names_in
from harness.records.files import write_atomically
from harness.records.plan_facts import furthest
from harness.records.reading import Files, Unreadable, read_files, record_or_reason
from harness.records.record import Record

if TYPE_CHECKING:
    from harness.records.later import LaterEvaluation
    from harness.records.predictions import Classes, Predictions


@dataclass(frozen=True)
class Loaded:
    """All records of a results folder, of a trial the shortest first, and the files that can't be used."""

    records: tuple[Record, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()

    def of(self, environment: str) -> dict[str, Record]:
        """Return the records that got furthest of the environment's trials, by ``Trial.name``."""
        return furthest(record for record in self.records if record.environment.id == environment)


class Store:
    """The records under one results folder. Making one touches no file.

    ``warn`` takes predictions that can't be used and why, each file once; the record itself can be.
    """

    def __init__(self, results: Path, warn: Callable[[Path, str], object] = lambda *_: None) -> None:
        self.results = results
        self._warn = cache(warn)
        self.folder = results / "records"
        # The folder may have thousands of files.
        self._longer = cache(self._longer_stems)

    def load(self, environment: str | None = None) -> Loaded:
        """Read every record, or every one of an environment; what can't be used is named, never dropped silently."""
        found = self.by_path(environment)
        return Loaded(_usable(found), tuple(file for file in found.values() if isinstance(file, Unreadable)))

    def by_path(self, environment: str | None = None) -> Files:
        """Read every file among the records, or among those of an environment: a record, or why it is none.

        What was evaluated later is in its record, and has no place of its own unless it can't be used.
        """
        return read_files(self._files(environment))

    def first(self, environment: str) -> Record | None:
        """Return the first record of an environment by name; None where it has none that can be used."""
        files = map(record_or_reason, self._files(environment))
        return next((file for file in files if isinstance(file, Record)), None)

    def read(self, environment: str, name: str) -> Record | None:
        """Return the record of one trial that got furthest, or None where there is none that can be used."""
        return furthest(self.of_trial(environment, name)).get(name)

    def of_trial(self, environment: str, name: str) -> tuple[Record, ...]:
        """Return one trial's records, the shortest first, each with what was evaluated later."""
        path = self._path(environment, name)
        beside = sorted(path.parent.glob(f"{name}.*.json"))
        return _usable(read_files((path, *beside) if os.path.lexists(path) else beside))

    def save(self, record: Record, predictions: Predictions) -> None:
        """Save the trial: predictions first, so that a record's digests always find their arrays.

        Raises:
            CannotWrite: The disk is full or the folder can't be written.
        """
        path = self._path(record.environment.id, record.stem)
        self._longer.cache_clear()
        if predictions:
            from harness.records.predictions import packed  # noqa: PLC0415 - imports NumPy, which reading records does without

            write_atomically(path.with_suffix(".npz"), packed(predictions))
        write_atomically(path, record_text(record).encode())

    def save_later(self, later: LaterEvaluation, classes: Classes | None) -> None:
        """Save what was evaluated after its trial had been recorded, beside the record; predictions first.

        Raises:
            CannotWrite: The disk is full or the folder can't be written.
        """
        path = self._path(later.environment.id, later.stem)
        if classes is not None:
            from harness.records.predictions import packed  # noqa: PLC0415 - as above

            write_atomically(path.with_name(f"{later.stem}.npz"), packed({later.epoch: {later.evaluation: classes}}))
        write_atomically(path, later.text.encode())

    def predictions(self, record: Record, epoch: int | None = None, evaluation: str | None = None) -> Predictions:
        """Return the predicted classes by epoch and evaluation, shape (images,); only those whose digests hold.

        Of one epoch or all, and of one evaluation or all: the others are not even unpacked. What another machine
        evaluated of the same weights joins a record when they are pooled; its arrays are in that machine's folder.
        """
        from harness.records.predictions import Which, holding, lacks, stored_beside  # noqa: PLC0415 - as above

        which, own = Which(epoch, evaluation), record.environment.id
        kept: dict[int, dict[str, Classes]] = {}
        for environment in (own, *(name for name in names_in(self.folder) if name != own)):
            path, *beside = self._of_trial(environment, record)
            stored = stored_beside(path, record, which, self._warn, beside)
            for found in (found for found in record.finished_epochs if found.epoch in stored):
                kept[found.epoch] = {**holding(stored[found.epoch], found), **kept.get(found.epoch, {})}
            if not lacks(record, kept, which):
                break
        return {number: arrays for number, arrays in kept.items() if arrays}

    def predicted(self, record: Record, epoch: int, evaluation: str) -> Classes | None:
        """Return the predicted classes of one evaluation after one epoch, or None where they are not recorded."""
        return self.predictions(record, epoch, evaluation).get(epoch, {}).get(evaluation)

    def locks(self, environment: str) -> Path:
        """Return the folder of the locks that runs on this results folder share."""
        return self.results / ".locks" / environment

    def checkpoints(self, environment: str) -> Path:
        """Return the folder where trials under way keep their last epoch."""
        return self.results / ".checkpoints" / environment

    def checkpoint(self, environment: str, name: str) -> Path:
        """Return where one trial keeps its last epoch."""
        return checkpoint_file(self.checkpoints(environment), name)

    def check_writable(self) -> None:
        """Find out before training whether the folder takes files, or can be made where its first file makes it.

        Raises:
            UnusableFolder: It does not.
        """
        places = (self.results, *self.results.absolute().parents)
        probe = next(place for place in places if os.path.lexists(place)) / ".writable"
        try:
            write_atomically(probe, b"")
            probe.unlink(missing_ok=True)
        except CannotWrite as error:
            raise UnusableFolder(self.results, error.error) from error

    def half_written(self, environment: str) -> frozenset[str]:
        """Return the names of the trials of which killed runs have left a part of a file."""
        folders = (self.folder / environment, self.checkpoints(environment))
        return frozenset(part.name.split(".")[1] for folder in folders for part in folder.glob(".*.part"))

    def remove_parts(self, environment: str, name: str) -> None:
        """Remove what a killed run of the trial left half-written; for the run that holds the trial's lock."""
        for folder in (self.folder / environment, self.checkpoints(environment)):
            for part in folder.glob(f".{name}.*.part"):
                part.unlink(missing_ok=True)

    def set_aside(self, unreadable: Unreadable) -> Path:
        """Move a file that can't be used out of the records' way, under a name that is free, and return it.

        Raises:
            CannotWrite: The folder can't be written. That another run has moved the file already is no error.
        """
        folder = self.results / "set-aside" / unreadable.path.parent.name
        target, copy = folder / unreadable.path.name, 0
        while target.exists():
            copy += 1
            target = folder / f"{unreadable.path.stem}.{copy}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                unreadable.path.rename(target)
        except OSError as error:
            raise CannotWrite(target, error) from error
        return target

    def _of_trial(self, environment: str, record: Record) -> tuple[Path, ...]:
        """Return the files of a trial's trainings in an environment, the record's own first."""
        stems = (record.stem, record.name, *self._longer(environment).get(record.name, ()))
        return tuple(self._path(environment, stem) for stem in dict.fromkeys(stems))

    def _longer_stems(self, environment: str) -> Mapping[str, Sequence[str]]:
        """Return the longer trainings of an environment's trials, by ``Trial.name``."""
        found: dict[str, list[str]] = {}
        for name in names_in(self.folder / environment):
            stem = name.removesuffix(".json")
            if RECORD_NAME.fullmatch(name) and (trial := stem.partition(".")[0]) != stem:
                found.setdefault(trial, []).append(stem)
        return found

    def _files(self, environment: str | None = None) -> Iterator[Path]:
        """Yield every file of an environment that may be a record, by name; without one, of every environment."""
        for folder in names_in(self.folder) if environment is None else (environment,):
            for name in names_in(self.folder / folder):
                if name.endswith(".json"):
                    yield self.folder / folder / name

    def _path(self, environment: str, name: str) -> Path:
        return self.folder / environment / f"{name}.json"


def checkpoint_file(folder: Path, name: str) -> Path:
    """Return where a trial keeps its last epoch in the folder of those under way."""
    return folder / f"{name}.npz"


def record_text(record: Record) -> str:
    """Return the file's text: the record's fields in order, then the digest over them."""
    content = record.model_dump(mode="json", exclude={"extends"} if record.extends is None else None)
    return json.dumps({**content, "sha256": content_digest(content)}, indent=1, allow_nan=False) + "\n"


def _usable(found: Files) -> tuple[Record, ...]:
    """Return the records among the files, longer trainings after what they extend."""
    return tuple(sorted((file for file in found.values() if isinstance(file, Record)), key=_extended))


def _extended(record: Record) -> int:
    return record.extends or 0
