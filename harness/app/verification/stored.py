"""Whether the files of a results folder belong together, without training; what only training can tell it leaves out.

A number that was edited is found by the file's own digest. If that was made anew too, by what the number follows
from: predictions, labels, seed, spec, and the steps that a float32 can take.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.app.verification.checks import CHECKS, Evidence
from harness.data import Dataset
from harness.records.record import Record
from harness.records.store import Store, UnusableRecord, read_record, stored_arrays


@dataclass(frozen=True)
class Problem:
    """A file that does not hold, by which check, and why."""

    path: Path
    check: str
    what: str


@dataclass(frozen=True)
class Audit:
    """What was looked at and what was found; ``unchecked`` are the data sets whose labels are not at hand."""

    records: int
    checks: tuple[str, ...]
    problems: tuple[Problem, ...]
    unchecked: tuple[str, ...]


def audit(store: Store, datasets: Mapping[str, Dataset]) -> Audit:
    """Check every record of every environment; ``datasets`` give the true labels, as far as they are at hand."""
    paths = sorted(store.folder.glob("*/*.json"))
    problems: list[Problem] = []
    records: dict[Path, Record] = {}
    for path in paths:
        try:
            records[path] = read_record(path)
        except UnusableRecord as error:
            problems.append(Problem(path, "file", str(error)))
    for path, record in records.items():
        problems += _problems(path, record, datasets)
    problems += _copies(records)
    unchecked = {record.computation.dataset for record in records.values()} - set(datasets)
    return Audit(len(paths), ("file", *CHECKS, "copies"), tuple(problems), tuple(sorted(unchecked)))


def _problems(path: Path, record: Record, datasets: Mapping[str, Dataset]) -> Iterator[Problem]:
    evidence = Evidence(
        path.parent.name, stored_arrays(path.with_suffix(".npz")), datasets.get(record.computation.dataset)
    )
    for name, check in CHECKS.items():
        for what in check(record, evidence):
            yield Problem(path, name, what)


def _copies(records: Mapping[Path, Record]) -> Iterator[Problem]:
    """Find records that have another seed's weights: a copy under another name."""
    known: dict[tuple[str, str, str], Path] = {}
    for path, record in records.items():
        if record.measurement is None:
            continue
        for epoch in record.measurement.epochs[-1:]:
            key = (record.environment.id, record.fingerprint, epoch.weights_sha256)
            if key in known:
                yield Problem(path, "copies", f"has the weights of {known[key].name}, whose seed is another")
            known.setdefault(key, path)
