"""Arrays in IDX files and in NumPy's zip archives, with limits; knows no data set.

Python objects are never loaded, and no header is trusted.
"""

from __future__ import annotations

import hashlib
import lzma
import math
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from harness.arrays import Values
from harness.plain_files import PREFIX, array_header, header_bytes

IDX_TYPES = {"uint8": 0x08, "float32": 0x0D}
"""The types that a data set's arrays can have, each with its number in an IDX file."""

HEADER_LIMIT = 4_096
"""Bytes that a member of an archive may have beside its values; NumPy writes 128."""

CHUNK_BYTES = 1 << 24
"""How much of an array is turned into an IDX file's bytes at once."""

LOCAL_HEADER_BYTES = 30
LOCAL_LENGTHS = slice(26, 30)
"""In front of a zip archive's member: a header of this size, which ends in the lengths of what else stands there."""

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,  # a compression that zipfile doesn't know
    OSError,
    OverflowError,
    RuntimeError,  # an encrypted member, or one that is nested too deep
    UnicodeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
)
"""What zipfile and NumPy raise on a damaged archive."""


def idx_header(shape: tuple[int, ...], dtype: str = "uint8") -> bytes:
    """Return the bytes before an IDX file's values: two zeros, the type, the number of sizes, each size big-endian."""
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, IDX_TYPES[dtype], len(shape), *shape)


def idx_bytes(shape: tuple[int, ...], dtype: str = "uint8") -> int:
    """Return how long the uncompressed IDX file of such an array is."""
    return len(idx_header(shape, dtype)) + math.prod(shape) * np.dtype(dtype).itemsize


def idx_sha256(array: Values) -> str:
    """Return the digest that the array's uncompressed IDX file has."""
    digest = hashlib.sha256(idx_header(array.shape, array.dtype.name))
    for chunk in _chunks(array):
        digest.update(np.ascontiguousarray(chunk, chunk.dtype.newbyteorder(">")).data)
    return digest.hexdigest()


def idx_content(array: Values) -> bytes:
    """Return the array's uncompressed IDX file."""
    return idx_header(array.shape, array.dtype.name) + array.astype(array.dtype.newbyteorder(">"), copy=False).tobytes()


def _chunks(array: Values) -> Iterator[Values]:
    """Yield the array in parts, along its first axis."""
    rows = max(1, CHUNK_BYTES // max(1, array[:1].nbytes))
    for start in range(0, len(array), rows):
        yield array[start : start + rows]


def decode_idx(content: bytes, shape: tuple[int, ...], dtype: str = "uint8") -> Values:
    """Return an IDX file's values as a read-only array; raise ValueError where the shape or the type is another."""
    expected = idx_header(shape, dtype)
    if not content.startswith(expected) or len(content) != idx_bytes(shape, dtype):
        raise ValueError(f"not an IDX file of {shape} values of {dtype}")
    stored = np.frombuffer(content, np.dtype(dtype).newbyteorder(">"), offset=len(expected)).reshape(shape)
    values = stored.astype(dtype, copy=False)
    values.flags.writeable = False
    return values


def write_member(archive: zipfile.ZipFile, name: str, array: Values) -> None:
    """Add the array as ``<name>.npy``."""
    with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
        np.lib.format.write_array(file, array, allow_pickle=False)


class Header(NamedTuple):
    """What a ``.npy`` file's beginning says of its values."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def values_bytes(self) -> int:
        """How many bytes the values take."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_member(archive: zipfile.ZipFile, name: str, limit_bytes: int, dtypes: Collection[str] = ("uint8",)) -> Values:
    """Return the member's array, read-only; raise ValueError or one of UNREADABLE.

    The shape and type are checked against ``limit_bytes`` before memory is taken for the values, so that a
    small file can't ask for a large array.
    """
    info = archive.getinfo(name)
    if info.file_size > limit_bytes + HEADER_LIMIT:
        raise ValueError(f"unpacks to {info.file_size:,} bytes, more than any array of the data set")
    with archive.open(info) as file:
        header = read_header(file, dtypes)
        if header.values_bytes > limit_bytes:
            raise ValueError(f"declares shape {header.shape}, larger than any array of the data set")
        content = file.read(header.values_bytes)
    if len(content) != header.values_bytes:
        raise ValueError(f"does not hold as many values as its shape {header.shape} says")
    return np.frombuffer(content, header.dtype).reshape(header.shape)


def map_member(path: Path, name: str) -> Values:
    """Return an uncompressed member's array as the file has it, mapped into memory and read-only.

    Nothing is copied: the pages are the system's, which all processes that map the file share.

    Raises:
        ValueError: The member is not such an array. One of UNREADABLE where the file is damaged.
    """
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(name)
        if info.compress_type != zipfile.ZIP_STORED:
            raise ValueError(f"{name} is compressed")
        with archive.open(info) as file:
            header = read_header(file, IDX_TYPES)
            begins = file.tell()
    if info.file_size != begins + header.values_bytes:
        raise ValueError(f"{name} does not hold as many values as its shape {header.shape} says")
    with path.open("rb") as raw:
        raw.seek(info.header_offset)
        lengths = struct.unpack("<HH", raw.read(LOCAL_HEADER_BYTES)[LOCAL_LENGTHS])
    start = info.header_offset + LOCAL_HEADER_BYTES + sum(lengths) + begins
    return np.asarray(np.memmap(path, header.dtype, mode="r", offset=start, shape=header.shape))


def read_header(file: IO[bytes], dtypes: Collection[str]) -> Header:
    """Return what the file's beginning says; raise ValueError where no array of one of these types is behind it."""
    prefix = max(PREFIX.values())
    start = file.read(prefix)
    length = header_bytes(start)
    if start[6] != 1:
        raise ValueError(f"has NumPy's file format {(start[6], start[7])}, which arrays of numbers don't need")
    header = array_header(start[PREFIX[1] :] + file.read(length - prefix))
    dtype = dtype_of(header.type)
    if dtype.name not in dtypes or not dtype.isnative or header.by_column:
        raise ValueError(f"holds {dtype} values where {' or '.join(dtypes)}, row by row, is expected")
    return Header(header.shape, dtype)


def dtype_of(word: str) -> np.dtype[Any]:
    """Return the type that a header names; raise ValueError where it is none of numbers or text."""
    try:
        dtype = np.dtype(word)
    except TypeError as error:
        raise ValueError(f"has no type that NumPy knows ({error})") from None
    if dtype.hasobject:
        raise ValueError("holds Python objects, which are never loaded")
    return dtype
