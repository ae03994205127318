"""A record's file as plain values, found to be whole and unedited; knows no field but the format.

Who lists what is recorded needs no more, and does without the libraries that validate a record and hold its arrays.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic_core import from_json

from harness.plain_files import read_plain, reason_of

FORMAT: Literal[2] = 2
# How the file of a record is called, and that of a longer training beside it.
RECORD_NAME = re.compile(r"(?P<fingerprint>[0-9a-z]+)-seed(?P<seed>\d{1,20})(?:[.]epochs\d{1,7})?[.]json")
# A record of ten thousand epochs has a dozen.
MOST_BYTES = 32 * 2**20
# The text that a digest is taken over. What comes out of a file does not contain itself.
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), check_circular=False)
# What thousands of records have in common.
SHARED = frozenset({"computation", "environment"})


class UnusableRecord(Exception):
    """A record's file can't be used; the message says why."""


@dataclass(frozen=True)
class RecordFile:
    """A record by its file's name and folder alone."""

    environment: str
    fingerprint: str
    seed: int
    path: Path

    @property
    def trial(self) -> str:
        """The name of the trial, which longer trainings share."""
        return f"{self.fingerprint}-seed{self.seed}"


def record_files(folder: Path) -> Iterator[RecordFile]:
    """Yield every file below the folder that has a record's name, by environment and name; opens none."""
    for environment in names_in(folder):
        for name in names_in(folder / environment):
            if named := RECORD_NAME.fullmatch(name):
                yield RecordFile(environment, named["fingerprint"], int(named["seed"]), folder / environment / name)


def names_in(folder: Path) -> Sequence[str]:
    """Return the names in a folder, sorted; none where it can't be listed."""
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - of thousands of files the names alone are needed
    except OSError:
        return ()


def read_content(path: Path) -> dict[str, Any]:
    """Read what a record's file says, in whatever format it was saved, and check that nobody edited it.

    Raises:
        UnusableRecord: The file is truncated, edited, of a newer format or not a record.
    """
    return content_of(read_bytes(path))


def content_of(raw: bytes) -> dict[str, Any]:
    """Return what the bytes of a record's file say, as `read_content`."""
    content = _parsed(raw)
    if not isinstance(content, dict):
        raise UnusableRecord("is not a record")
    version = content.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise UnusableRecord(f"has format {version}, newer than this harness's {FORMAT}: update the harness")
    if not _holds(content.pop("sha256", None), content):
        raise UnusableRecord("was changed after it was saved: its digest does not hold")
    return content


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file says
    """Return what a file of JSON says.

    Raises:
        UnusableRecord: It is not a plain file, too large, or not JSON of a sensible depth.
    """
    return _parsed(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Return what a plain file holds.

    Raises:
        UnusableRecord: It is none, too large, or can't be read.
    """
    try:
        return read_plain(path, MOST_BYTES)
    except OSError as error:
        raise UnusableRecord(f"can't be read: {reason_of(error)}") from error


def _parsed(raw: bytes) -> Any:  # noqa: ANN401 - whatever the file says
    try:
        return from_json(raw)
    except ValueError as error:
        raise UnusableRecord(f"is not a whole JSON document ({error})") from error


def _holds(digest: object, content: Mapping[str, Any]) -> bool:
    """Say whether the digest is that of the content."""
    return digest == _fast_digest(content) or digest == content_digest(content)


def _fast_digest(content: Mapping[str, Any]) -> str | None:
    """Return what `content_digest` returns of nearly every record, in a third of the time; of others None or another.

    `orjson` writes numbers such as 1e-07 and what is not ASCII in another way, and refuses integers beyond 64 bits.
    """
    try:
        parts = (f'"{name}":{_written(name, content[name])}' for name in sorted(content))
        return hashlib.sha256(f"{{{','.join(parts)}}}".encode()).hexdigest()
    except (TypeError, ValueError):
        return None


def _written(name: str, value: object) -> str:
    if name in SHARED:
        return _canonical(orjson.dumps(value))
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


@lru_cache(maxsize=1024)
def _canonical(text: bytes) -> str:
    """Return JSON as the digest is taken over it, made once for all records that share it."""
    return CANONICAL.encode(from_json(text))


def content_digest(content: Mapping[str, Any]) -> str:
    """Return the digest over a record's content, its own left out."""
    return hashlib.sha256(CANONICAL.encode(content).encode()).hexdigest()
