"""Whether the files of a results folder belong together, without training; what only training can show it leaves out.

A number that was edited is found by the file's own digest. If that was made anew too, by what the number follows
from: predictions, labels, seed, spec, and the steps that a float32 can take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.app.inputs import Fetch, cached
from harness.app.progress import SILENT, Progress
from harness.app.record_checks import CHECKS, AuditContext
from harness.app.workspace import Workspace, check_dataset
from harness.data.cache import DatasetArrays
from harness.data.dataset import Dataset
from harness.data.declarations import all_datasets
from harness.errors import DataMissing, NothingRecorded
from harness.records.predictions import stored_beside
from harness.records.reading import Files, Unreadable
from harness.records.record import Record

# How a record's file is called, and those of what was evaluated later.
NAMED = re.compile(r"(?P<fingerprint>[0-9a-z]+)-seed(?P<seed>\d{1,20})[.]")


@dataclass(frozen=True)
class RecordFault:
    """A file that does not hold, by which check, and why."""

    path: Path
    check: str
    what: str


@dataclass(frozen=True)
class Audit:
    """What was looked at and what was found; ``unchecked`` are the data sets whose labels are not at hand."""

    records: int
    checks: tuple[str, ...]
    faults: tuple[RecordFault, ...]
    unchecked: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Every fault with its file, and what was checked."""
        files = len({fault.path for fault in self.faults})
        state = f"{files} of {self.records} records do not hold" if files else f"all {self.records} records hold"
        checked = f"{state}; checked: {', '.join(self.checks)}."
        only_training = "Only training again proves the weights: 'bench verify'."
        return (*(f"{fault.path}: {fault.what}" for fault in self.faults), f"{checked} {only_training}")

    def __str__(self) -> str:
        """Return the lines as text."""
        return "\n".join(self.lines)


@dataclass(frozen=True)
class Wanted:
    """Which files are checked, an environment's by its id or the id's beginning; None: whatever it is."""

    fingerprints: frozenset[str] | None = None
    seeds: frozenset[int] | None = None
    environment: str | None = None

    def takes(self, path: Path) -> bool:
        """Say whether a file is wanted, by its name and its folder: it may be unreadable."""
        named = NAMED.match(path.name)
        if named is None:
            return self == Wanted(environment=self.environment) and self._takes_folder(path.parent.name)
        return (
            (self.fingerprints is None or named["fingerprint"] in self.fingerprints)
            and (self.seeds is None or int(named["seed"]) in self.seeds)
            and self._takes_folder(path.parent.name)
        )

    def _takes_folder(self, environment: str) -> bool:
        return self.environment is None or environment.startswith(self.environment)


def audit(
    workspace: Workspace, wanted: Wanted | None = None, *, progress: Progress = SILENT, fetch: Fetch = cached
) -> Audit:
    """Check every record of every environment, or those that are wanted.

    Args:
        workspace: Whose records.
        wanted: Which of them; None: all.
        progress: Takes a warning for each data set that is missing.
        fetch: Returns the true labels; those of a data set that is missing are not checked.

    Raises:
        UnknownDataset: There is no data set of the name that is asked for.
        NothingRecorded: There is no record.
    """
    check_dataset(workspace)
    every = workspace.store.by_path()
    files = {path: file for path, file in every.items() if wanted is None or wanted.takes(path)}
    if not files:
        raise NothingRecorded(f"of what was asked for, in {workspace.folder}" if every else f"in {workspace.folder}")
    datasets = all_datasets(workspace.specs)
    arrays = {}
    for name in sorted(_trained_on(files) & set(datasets)):
        try:
            with progress.fetching() as on_event:
                arrays[name] = fetch(datasets[name], on_event)
        except DataMissing as missing:
            progress.warn(f"test accuracies are not checked: {missing}")
    return audit_files(files, datasets, arrays)


def audit_files(files: Files, datasets: Mapping[str, Dataset], arrays: Mapping[str, DatasetArrays]) -> Audit:
    """Check every record of every environment; ``arrays`` give the true labels, as far as they are at hand."""
    faults = [RecordFault(path, "file", file.reason) for path, file in files.items() if isinstance(file, Unreadable)]
    records = {path: file for path, file in files.items() if isinstance(file, Record)}
    beside = _by_trial(records)
    for path, record in records.items():
        others = [other for other in beside[path.parent, record.name] if other != path]
        predictions = stored_beside(path, record, beside=others)
        context = AuditContext(path.parent.name, predictions, *_data(record, datasets, arrays))
        faults += _faults(path, record, context)
    faults += _copies(records)
    unchecked = _trained_on(files) - set(arrays)
    return Audit(len(files), ("file", *CHECKS, "copies"), tuple(faults), tuple(sorted(unchecked)))


def _by_trial(records: Mapping[Path, Record]) -> Mapping[tuple[Path, str], Sequence[Path]]:
    """Return the files of each trial's trainings, by folder and ``Trial.name``."""
    found: dict[tuple[Path, str], list[Path]] = {}
    for path, record in records.items():
        found.setdefault((path.parent, record.name), []).append(path)
    return found


def _data(
    record: Record, datasets: Mapping[str, Dataset], arrays: Mapping[str, DatasetArrays]
) -> tuple[Dataset | None, DatasetArrays | None]:
    """Return the data set that the record was trained on and its arrays, as far as they are still there."""
    computation = record.computation
    dataset = datasets.get(computation.dataset)
    if dataset is None or dataset.identity != computation.dataset_sha256:
        return None, None
    return dataset, arrays.get(computation.dataset)


def _trained_on(files: Files) -> set[str]:
    return {file.computation.dataset for file in files.values() if isinstance(file, Record)}


def _faults(path: Path, record: Record, context: AuditContext) -> Iterator[RecordFault]:
    for name, check in CHECKS.items():
        for what in check(record, context):
            yield RecordFault(path, name, what)


def _copies(records: Mapping[Path, Record]) -> Iterator[RecordFault]:
    """Find records that have another seed's weights: a copy under another name."""
    known: dict[tuple[str, str, str], Path] = {}
    for path, record in records.items():
        if record.measurement is None:
            continue
        for epoch in record.measurement.epochs[-1:]:
            other = known.setdefault((record.environment.id, record.fingerprint, epoch.weights_sha256), path)
            if records[other].seed != record.seed:
                yield RecordFault(path, "copies", f"has the weights of {other.name}, whose seed is another")
