"""What was found out before, as files of the user's cache folder; knows nothing of what is in them.

A file begins with the digest of the rest: half of one, or a damaged one, has not been written.
"""

from __future__ import annotations

import contextlib
import hashlib

from harness.declaration.files import cache_folder
from harness.errors import NoCacheFolder
from harness.plain_files import read_plain

MOST_BYTES = 64 * 2**20


def kept_bytes(name: str) -> bytes | None:
    """Return what was kept under the name, a path below the cache folder; None where nothing was."""
    try:
        digest, _, content = read_plain(cache_folder() / name, MOST_BYTES).partition(b"\n")
    except (OSError, NoCacheFolder):
        return None
    return content if digest == _digest(content) else None


def keep_bytes(name: str, content: bytes) -> None:
    """Keep the bytes; a cache that can't be written only makes the next command slower."""
    with contextlib.suppress(OSError, NoCacheFolder):
        file = cache_folder() / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_digest(content) + b"\n" + content)


def keep_newest(folder: str, most: int) -> None:
    """Remove the oldest files below a folder's path in the cache, once it has half as many again as it is to have."""
    with contextlib.suppress(OSError, NoCacheFolder):
        files = list((cache_folder() / folder).iterdir())
        if len(files) > most * 1.5:
            for file in sorted(files, key=lambda file: file.stat().st_mtime)[:-most]:
                file.unlink(missing_ok=True)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
