"""Reads the files of records, each with what stands beside it: later evaluations, longer trainings; writes none."""

from __future__ import annotations

import contextlib
import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import to_json

from harness.planning.trial import Computation
from harness.records.compare import first_difference
from harness.records.content import FORMAT, UnusableRecord, read_content
from harness.records.environment import parsed_environment
from harness.records.later import completed, joined, read_later, record_of
from harness.records.migration import migrated
from harness.records.record import Record


@dataclass(frozen=True)
class Unreadable:
    """A file among the records that can't be used, and why."""

    path: Path
    reason: str


Files = Mapping[Path, Record | Unreadable]
"""Files that were read, by their paths."""


def read_files(paths: Iterable[Path]) -> Files:
    """Read every file: a record, or why it is none.

    A longer training is a record of its own, whose first epochs must have the bits of the shorter ones beside it. What
    was evaluated later, or in one of a trial's trainings, is in all of its records that have those weights; a file of
    it has no place of its own unless it can't be used.
    """
    owners = {path: record_of(path) for path in paths}
    with _nothing_collected():
        found = {path: record_or_reason(path) for path, owner in owners.items() if owner is None}
        longer = _longer_ones(found)
        for shorter, others in longer.items():
            found |= _held_against(found.get(shorter), others)
        for path, owner in owners.items():
            if owner is not None:
                _join(found, (owner, *longer.get(owner, ())), path)
        for shorter, others in longer.items():
            found |= _completed(found, (shorter, *others))
    return found


def record_or_reason(path: Path) -> Record | Unreadable:
    """Read one file alone: a record, or why it is none."""
    try:
        return read_record(path)
    except UnusableRecord as error:
        return Unreadable(path, str(error))


def read_record(path: Path) -> Record:
    """Read one record and check that nobody edited it.

    Raises:
        UnusableRecord: The file is truncated, edited, of a newer format or not a record.
    """
    content = read_content(path)
    try:
        content = dict(migrated(content))
        computation = _computation(to_json(content.get("computation")))
        environment = parsed_environment(to_json(content.get("environment")))
        record = Record.model_validate({**content, "computation": computation, "environment": environment})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnusableRecord(f"is not a record of format {FORMAT}: {where}: {first['msg']}") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:  # ValueError: what can't be written as JSON
        raise UnusableRecord(f"is not a record of its format {content.get('format')}: {error}") from error
    if (record.fingerprint, record.stem) != (computation.fingerprint, path.stem):
        raise UnusableRecord("has a name or a fingerprint that does not belong to what it computed")
    return record


def _longer_ones(found: Files) -> Mapping[Path, Mapping[Path, Record]]:
    """Return the longer trainings, the shortest first, by the file of the record beside which they stand."""
    longer: dict[Path, dict[Path, Record]] = defaultdict(dict)
    records = ((path, record) for path, record in found.items() if isinstance(record, Record) and record.extends)
    for path, record in sorted(records, key=lambda item: item[1].epochs):
        longer[path.with_name(f"{record.name}.json")][path] = record
    return longer


def _held_against(first: Record | Unreadable | None, others: Mapping[Path, Record]) -> Files:
    """Return the longer records of a trial, or why one does not belong beside the first and those before it."""
    held: list[Record] = [first] if isinstance(first, Record) else []
    found: dict[Path, Record | Unreadable] = {}
    for path, record in others.items():
        mismatches = (_first_difference(known, record) for known in held)
        epoch = next((epoch for epoch in mismatches if epoch is not None), None)
        if epoch is None:
            held.append(record)
            found[path] = record
        else:
            where = f"in epoch {epoch}" if epoch else "before the first epoch"
            found[path] = Unreadable(path, f"has other bits than a shorter record beside it, {where}")
    return found


def _first_difference(shorter: Record, longer: Record) -> int | None:
    if shorter.measurement is None or longer.measurement is None:
        return None
    return first_difference(shorter.measurement, longer.measurement)


def _completed(found: Files, paths: Iterable[Path]) -> Files:
    """Return a trial's records, each with what the others evaluated of the same weights."""
    records = {path: record for path in paths if isinstance(record := found.get(path), Record)}
    return {path: completed(record, records.values()) for path, record in records.items()}


def _join(found: dict[Path, Record | Unreadable], owners: Sequence[Path], path: Path) -> None:
    """Put what was evaluated later into the record of these weights, or say under its own path why it can't be used."""
    try:
        later = read_later(path)
        records = {owner: record for owner in owners if isinstance(record := found.get(owner), Record)}
        reaching = (owner for owner, record in records.items() if len(record.finished_epochs) >= later.epoch)
        holder = next(reaching, owners[0])
        found[holder] = joined(records.get(holder), later)
    except UnusableRecord as error:
        found[path] = Unreadable(path, str(error))


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


@lru_cache(maxsize=1024)
def _computation(text: bytes) -> Computation:
    """Parse a computation once for all the seeds that share it."""
    return Computation.model_validate_json(text)
