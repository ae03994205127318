"""Rows of valid specs that were read before, so that a list of a hundred files takes no reading; it reads none.

Reading YAML takes 5 ms a file, and loading what reads it a fifth of a second. A row is kept under a digest of the
file's bytes and of the data sets that it can name, and all rows under a stamp of the code that made them: another byte
in either, and it is made again.
A file with a mistake has no row, so it is always read in full.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from harness.data.folder import dataset_files, file_state
from harness.errors import CannotWrite
from harness.records.files import write_atomically

MOST_ROWS = 5_000
# What a row depends on beside the file.
_CODE = ("declaration/*.py", "data/**/*.py", "spec/**/*.py", "planning/*.py", "app/specs.py", "errors.py")

Row = dict[str, Any]


class RowCache:
    """The rows in the user's cache folder, read at once and written back at once if there are new ones."""

    def __init__(self) -> None:
        self._stamp = code_stamp()
        self._rows = _read(cache_file(), self._stamp)
        self._changed = False
        self._datasets: dict[Path, bytes] = {}

    def get(self, content: bytes, folder: Path) -> Row | None:
        """Return the row of a file of this folder with these bytes, or None."""
        row = self._rows.get(self._key(content, folder))
        return dict(row) if isinstance(row, dict) else None

    def put(self, content: bytes, folder: Path, row: Row) -> None:
        """Keep the row of a file of this folder with these bytes."""
        self._rows[self._key(content, folder)] = row
        self._changed = True

    def save(self) -> None:
        """Write new rows; a cache that can't be written only makes the next list slower."""
        if not self._changed:
            return
        rows = dict(list(self._rows.items())[-MOST_ROWS:])
        with contextlib.suppress(CannotWrite):
            write_atomically(cache_file(), json.dumps({"stamp": self._stamp, "rows": rows}).encode())

    def _key(self, content: bytes, folder: Path) -> str:
        if folder not in self._datasets:
            states = [file_state(file) for file in dataset_files(folder).values()]
            self._datasets[folder] = json.dumps(states).encode()
        return hashlib.sha256(self._datasets[folder] + content).hexdigest()


def cache_file() -> Path:
    """Return where the rows lie: in the user's cache folder, or in BENCH_CACHE."""
    folder = os.environ.get("BENCH_CACHE")
    if not folder:
        import platformdirs

        folder = platformdirs.user_cache_dir("architecture-bench")
    return Path(folder) / "specs.json"


def code_stamp() -> str:
    """Return a digest of the names, sizes and times of the code that makes rows."""
    package = Path(__file__).parents[1]
    files = sorted(file for part in _CODE for file in package.glob(part))
    state = [(str(file.relative_to(package)), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()


def _read(file: Path, stamp: str) -> dict[str, Any]:
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict) or content.get("stamp") != stamp:
        return {}
    rows = content.get("rows")
    return rows if isinstance(rows, dict) else {}
