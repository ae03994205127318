"""A cache of YAML that was read before, by the digest of its text; everything that comes out is validated again.

Pure-Python YAML takes about 5 ms a file, half a second for a hundred; JSON takes a fiftieth of that. Only text
without a slip is kept, so a file that is wrong is always read in full and its mistakes keep their places.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import platformdirs

from harness.spec.written import WrittenFloat

FORMAT = 1
MOST_ENTRIES = 5_000
_WRITTEN = "="  # a key that no spec can have


class Parsed:
    """The cache's entries, read at once and written back at once if there are new ones."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._entries = _read(file)
        self._changed = False

    def get(self, digest: str) -> Any | None:  # noqa: ANN401 - plain data of any shape
        """Return the data of a text that was read before, or None."""
        return self._entries.get(digest)

    def put(self, digest: str, data: object) -> None:
        """Keep the data of a text."""
        self._entries[digest] = data
        self._changed = True

    def save(self) -> None:
        """Write new entries; a cache that can't be written is only slower."""
        if not self._changed:
            return
        entries = dict(list(self._entries.items())[-MOST_ENTRIES:])
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            _write(self._file, json.dumps({"format": FORMAT, "entries": _packed(entries)}))


def cache_file() -> Path:
    """Return where the cache lies: the user's cache folder, or BENCH_CACHE."""
    folder = os.environ.get("BENCH_CACHE") or platformdirs.user_cache_dir("architecture-bench")
    return Path(folder) / "specs.json"


def digest_of(raw: bytes) -> str:
    """Return the key of a file's bytes."""
    return hashlib.sha256(raw).hexdigest()


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_bytes(), object_hook=_unpacked)
    except (OSError, ValueError, RecursionError):
        return {}
    readable = isinstance(content, dict) and content.get("format") == FORMAT
    entries = content.get("entries") if readable else None
    return entries if isinstance(entries, dict) else {}


def _write(file: Path, text: str) -> None:
    """Write beside the file and rename, so that two commands at once can't mix their bytes."""
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(temporary).replace(file)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _packed(value: object) -> object:
    """Return the value with each float as the text it was written as, which JSON would not keep."""
    if isinstance(value, WrittenFloat):
        return {_WRITTEN: value.text}
    if isinstance(value, dict):
        return {key: _packed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_packed(item) for item in value]
    return value


def _unpacked(mapping: dict[str, Any]) -> object:
    return WrittenFloat(mapping[_WRITTEN]) if set(mapping) == {_WRITTEN} else mapping
