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
from harness.records.environment import Environment
from harness.records.later import joined, read_later, record_of
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

    A longer training is a record of its own, whose first epochs must have the bits of the shorter one beside it. What
    was evaluated later is in the record that has those weights, and has no place of its own unless it can't be used.
    """
    owners = {path: record_of(path) for path in paths}
    with _nothing_collected():
        found = {path: record_or_reason(path) for path, owner in owners.items() if owner is None}
        longer = _longer_ones(found)
        for shorter, others in longer.items():
            found |= {path: _held_against(found.get(shorter), path, record) for path, record in others.items()}
        for path, owner in owners.items():
            if owner is not None:
                _join(found, (owner, *longer.get(owner, ())), path)
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
        environment = _environment(to_json(content.get("environment")))
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
    """Return the longer trainings by the file of the record beside which they stand."""
    longer: dict[Path, dict[Path, Record]] = defaultdict(dict)
    for path, record in found.items():
        if isinstance(record, Record) and record.extends is not None:
            longer[path.with_name(f"{record.name}.json")][path] = record
    return longer


def _held_against(shorter: Record | Unreadable | None, path: Path, longer: Record) -> Record | Unreadable:
    """Return the longer record, or why it does not belong beside the shorter one."""
    ours, theirs = (one.measurement if isinstance(one, Record) else None for one in (shorter, longer))
    if ours and theirs and (epoch := first_difference(ours, theirs)) is not None:
        where = f"in epoch {epoch}" if epoch else "before the first epoch"
        return Unreadable(path, f"has other bits than the shorter record beside it, {where}")
    return longer


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


@lru_cache(maxsize=1024)
def _environment(text: bytes) -> Environment:
    """Parse an environment once for all the records that were made in it."""
    return Environment.model_validate_json(text)
