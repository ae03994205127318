"""Opens files that may come from anybody, and reads the headers of arrays; waits for no pipe, evaluates nothing."""

from __future__ import annotations

import os
import re
import stat
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

# What comes before the header of a `.npy` file: magic, version and, in the first version, the header's length.
MAGIC = b"\x93NUMPY"
PREFIX = {1: 10, 2: 12, 3: 12}
MOST_HEADER_BYTES = 4_096  # NumPy writes 118
# A dictionary of three keys in order, as NumPy writes it, of a type without fields. It is not evaluated: Python's own
# parser can be brought to its knees by a few thousand brackets.
_HEADER = re.compile(
    r"\{\s*'descr':\s*'(?P<type>[<>|=]?[A-Za-z]\d{0,9})',\s*'fortran_order':\s*(?P<by_column>True|False),"
    r"\s*'shape':\s*\((?P<shape>\s*(?:\d{1,18}\s*,\s*)*(?:\d{1,18})?)\s*\),?\s*\}\s*"
)


def open_plain(path: Path, most_bytes: int) -> BufferedReader:
    """Open a file for reading; a pipe, a device, a folder and a file of more bytes are refused unread.

    Raises:
        OSError: It is refused, or can't be opened; without ``strerror``, its text is the reason.
    """
    # Opening a pipe for reading would wait for a writer.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        _check_plain(os.fstat(descriptor), most_bytes)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _check_plain(state: os.stat_result, most_bytes: int) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise OSError("is not a plain file")
    if state.st_size > most_bytes:
        raise OSError(f"has {state.st_size:,} bytes, more than the {most_bytes:,} that are read")


def read_plain(path: Path, most_bytes: int) -> bytes:
    """Return what a plain file holds.

    Raises:
        OSError: As `open_plain`.
    """
    with open_plain(path, most_bytes) as file:
        # Room for what there is, one byte in case it grows: to ask for the most would take that much memory first.
        return file.read(min(most_bytes, os.fstat(file.fileno()).st_size + 1))


def reason_of(error: Exception) -> str:
    """Return why a file could not be read, without its path and in one line."""
    reason = error.strerror if isinstance(error, OSError) else None
    return " ".join((reason or str(error) or type(error).__name__).split())


class ArrayHeader(NamedTuple):
    """What the beginning of a `.npy` file says of its values: NumPy's word for their type, their order, the shape."""

    type: str
    by_column: bool
    shape: tuple[int, ...]


def header_bytes(start: bytes) -> int:
    """Return how long the header of a `.npy` file is, its prefix included, from the file's first 12 bytes.

    Raises:
        ValueError: It is not such a file, or the header is longer than any that NumPy writes for numbers.
    """
    version = start[6] if start.startswith(MAGIC) and len(start) > max(PREFIX.values()) - 1 else 0
    if version not in PREFIX:
        raise ValueError("is not an array as NumPy saves it")
    prefix = PREFIX[version]
    length = int.from_bytes(start[8:prefix], "little")
    if length > MOST_HEADER_BYTES:
        raise ValueError(f"has a header of {length:,} bytes")
    return prefix + length


@lru_cache(maxsize=64)  # thousands of files begin alike
def array_header(text: bytes) -> ArrayHeader:
    """Return what the header says, ``text`` being what follows the prefix.

    Raises:
        ValueError: It does not describe an array of numbers or text.
    """
    match = _HEADER.fullmatch(text.decode("latin-1"))
    if match is None:
        raise ValueError("has a header that does not describe an array of numbers")
    shape = tuple(int(size) for size in match["shape"].split(",") if size.strip())
    return ArrayHeader(match["type"], match["by_column"] == "True", shape)
