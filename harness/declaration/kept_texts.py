"""The plain data of YAML texts that were parsed before, kept in the user's cache folder; it parses no YAML itself.

Parsing takes 10 ms a page, ten times as long as all else that reading a file takes. Data is kept under the digest of
its text. Places are not: only a mistake needs them, and a text with a mistake is parsed in full.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any

from harness.declaration.files import cache_folder
from harness.declaration.values import WrittenFloat
from harness.errors import NoCacheFolder
from harness.plain_files import read_plain

# Part of the files' names, to be raised when the same text comes to mean other data.
VERSION = 1
MOST_BYTES = 4 * 2**20


def kept_data(text: str) -> Any:  # noqa: ANN401 - whatever a text can say
    """Return the data that the text was found to hold; None where that is not known."""
    try:
        digest, _, written = read_plain(_file(text), MOST_BYTES).partition(b"\n")
    except (OSError, NoCacheFolder):
        return None
    # Half a file, or a damaged one, has not been written.
    return json.loads(written, parse_float=WrittenFloat) if digest == _digest(written) else None


def keep(text: str, data: object) -> None:
    """Keep the data of a text; a cache that can't be written only makes the next reading slower."""
    written = _written(data)
    try:
        json.loads(written)
    except ValueError:  # a number that JSON has no form for, such as '.5'
        return
    with contextlib.suppress(OSError, NoCacheFolder):
        file = _file(text)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_digest(written.encode()) + b"\n" + written.encode())


def _written(data: object) -> str:
    """Return JSON in which each number stands as it was written."""
    match data:
        case dict():
            return f"{{{', '.join(f'{json.dumps(key)}: {_written(value)}' for key, value in data.items())}}}"
        case list():
            return f"[{', '.join(map(_written, data))}]"
        case WrittenFloat():
            return data.text
    return json.dumps(data)


def _file(text: str) -> Path:
    return cache_folder() / "texts" / f"{hashlib.sha256(text.encode()).hexdigest()}-{VERSION}.json"


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
