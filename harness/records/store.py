"""The folder of records: saves one trial at a time, whole or not at all, and names what it can't read.

``<results>/records/<environment>/<trial>-seed<n>.json`` holds a record; the ``.npz`` beside it holds the
predicted class of every image of every evaluation after every epoch. What was evaluated later stands in files beside
the record (``later``), and joins it when it is read.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError
from pydantic_core import to_json

from harness.errors import CannotWrite, UnusableFolder
from harness.evaluations.metric import TEST
from harness.planning.plan import Recorded
from harness.planning.trial import Computation, Due
from harness.records.content import FORMAT, UnusableRecord, content_digest, names_in, read_content
from harness.records.environment import Environment
from harness.records.files import write_atomically
from harness.records.later import LaterEvaluation, joined, read_later, record_of
from harness.records.migration import migrated
from harness.records.record import Record

if TYPE_CHECKING:
    from harness.records.predictions import Classes, Predictions


@dataclass(frozen=True)
class Unreadable:
    """A file among the records that can't be used, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Loaded:
    """All records of a results folder, and the files that can't be used."""

    records: tuple[Record, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()

    def of(self, environment: str) -> dict[str, Record]:
        """Return the environment's records by ``Trial.name``."""
        return {record.name: record for record in self.records if record.environment.id == environment}


class Store:
    """The records under one results folder. Making one touches no file.

    ``warn`` takes predictions that can't be used and why, each file once; the record itself can be.
    """

    def __init__(self, results: Path, warn: Callable[[Path, str], object] = lambda *_: None) -> None:
        self.results = results
        self._warn = cache(warn)
        self.folder = results / "records"

    def load(self, environment: str | None = None) -> Loaded:
        """Read every record, or every one of an environment; what can't be used is named, never dropped silently."""
        found = tuple(self.by_path(environment).values())
        return Loaded(
            tuple(record for record in found if isinstance(record, Record)),
            tuple(file for file in found if isinstance(file, Unreadable)),
        )

    def by_path(self, environment: str | None = None) -> dict[Path, Record | Unreadable]:
        """Read every file among the records, or among those of an environment: a record, or why it is none.

        What was evaluated later is in its record, and has no place of its own unless it can't be used.
        """
        owners = {path: record_of(path) for path in self._files(environment)}
        with _nothing_collected():
            found = {path: _record_or_reason(path) for path, owner in owners.items() if owner is None}
            for path, owner in owners.items():
                if owner is not None:
                    record = _with_later(found.get(owner), path)
                    found[owner if isinstance(record, Record) else path] = record
        return found

    def first(self, environment: str) -> Record | None:
        """Return the first record of an environment by name; None where it has none that can be used."""
        files = map(_record_or_reason, self._files(environment))
        return next((file for file in files if isinstance(file, Record)), None)

    def read(self, environment: str, name: str) -> Record | None:
        """Return one trial's record, or None where there is none that can be used."""
        path = self._path(environment, name)
        found = _record_or_reason(path) if os.path.lexists(path) else None
        for later in sorted(path.parent.glob(f"{name}.*-epoch*.json")) if isinstance(found, Record) else ():
            longer = _with_later(found, later)
            found = longer if isinstance(longer, Record) else found
        return found if isinstance(found, Record) else None

    def save(self, record: Record, predictions: Predictions) -> None:
        """Save the trial: predictions first, so that a record's digests always find their arrays.

        Raises:
            CannotWrite: The disk is full or the folder can't be written.
        """
        path = self._path(record.environment.id, record.name)
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

        Of one epoch or all, and of one evaluation or all: the others are not even unpacked.
        """
        from harness.records.predictions import Which, holding, stored_beside  # noqa: PLC0415 - as above

        which = Which(epoch, evaluation)
        stored = stored_beside(self._path(record.environment.id, record.name), record, which, self._warn)
        epochs = record.finished_epochs
        kept = {found.epoch: holding(stored[found.epoch], found) for found in epochs if found.epoch in stored}
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


def recorded(records: Mapping[str, Record]) -> dict[str, Recorded]:
    """Return what a plan needs to know of the records."""
    return {
        name: Recorded(
            epochs=len(record.finished_epochs),
            failed=record.failure is not None,
            evaluations=_evaluated(record),
            environment=record.environment.id,
            stopped=record.measurement is not None and record.measurement.stopped,
            unfinished=_unfinished(record),
            counted=_counted(record),
        )
        for name, record in records.items()
    }


def _unfinished(record: Record) -> bool:
    """Whether a failure came after all epochs; one of other bits came before, and its record keeps earlier epochs."""
    failed = record.failure is not None and record.failure.kind != "bits"
    return failed and len(record.finished_epochs) == record.epochs


def _counted(record: Record) -> tuple[int, ...]:
    """Return the epoch whose weights count after each one, where the recipe chooses."""
    epochs = record.finished_epochs
    if not record.computation.chooses_weights:
        return ()
    return tuple(record.computation.counted(epochs[:number]) for number in range(1, len(epochs) + 1))


def _evaluated(record: Record) -> frozenset[Due]:
    """Return what was evaluated beside the test images' own."""
    return frozenset(
        Due(epoch.epoch, name) for epoch in record.finished_epochs for name in epoch.evaluations if name != TEST
    )


def record_text(record: Record) -> str:
    """Return the file's text: the record's fields in order, then the digest over them."""
    content = record.model_dump(mode="json")
    return json.dumps({**content, "sha256": content_digest(content)}, indent=1, allow_nan=False) + "\n"


def read_record(path: Path) -> Record:
    """Read one record and check that nobody edited it.

    Raises:
        UnusableRecord: The file is truncated, edited, of a newer format or not a record.
    """
    content = read_content(path)
    try:
        content = dict(migrated(content))
        computation = _computation(to_json(content.get("computation")))
        environment = _environment(to_json(content.get("environment")))
        record = Record.model_validate({**content, "computation": computation, "environment": environment})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnusableRecord(f"is not a record of format {FORMAT}: {where}: {first['msg']}") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:  # ValueError: what can't be written as JSON
        raise UnusableRecord(f"is not a record of its format {content.get('format')}: {error}") from error
    if (record.fingerprint, record.name) != (computation.fingerprint, path.stem):
        raise UnusableRecord("has a name or a fingerprint that does not belong to what it computed")
    return record


@contextlib.contextmanager
def _nothing_collected() -> Iterator[None]:
    """Look for no garbage meanwhile: among thousands of records that all stay, that takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _with_later(record: Record | Unreadable | None, path: Path) -> Record | Unreadable:
    """Return the record with what the file beside it evaluates, or why that can't be used."""
    try:
        return joined(record if isinstance(record, Record) else None, read_later(path))
    except UnusableRecord as error:
        return Unreadable(path, str(error))


def _record_or_reason(path: Path) -> Record | Unreadable:
    try:
        return read_record(path)
    except UnusableRecord as error:
        return Unreadable(path, str(error))


@lru_cache(maxsize=1024)
def _computation(text: bytes) -> Computation:
    """Parse a computation once for all the seeds that share it."""
    return Computation.model_validate_json(text)


@lru_cache(maxsize=1024)
def _environment(text: bytes) -> Environment:
    """Parse an environment once for all the records that were made in it."""
    return Environment.model_validate_json(text)
