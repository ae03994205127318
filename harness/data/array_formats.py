"""Arrays of bytes in IDX files and in NumPy's zip archives, with limits; knows no data set.

Python objects are never loaded, and no header is trusted.
"""

from __future__ import annotations

import hashlib
import math
import struct
import zipfile
import zlib
from typing import IO

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

UNSIGNED_BYTE = 0x08
HEADER_LIMIT = 4_096
"""Bytes that a member of an archive may have beside its values; NumPy writes 128."""

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,  # a compression that zipfile doesn't know
    OSError,
    RuntimeError,  # an encrypted member
    UnicodeError,
    ValueError,
)
"""What zipfile and NumPy raise on a damaged archive."""


def idx_header(shape: tuple[int, ...]) -> bytes:
    """Return the bytes before an IDX file's values: two zeros, the type, the number of sizes, each size big-endian."""
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, UNSIGNED_BYTE, len(shape), *shape)


def idx_bytes(shape: tuple[int, ...]) -> int:
    """Return how long the uncompressed IDX file of such an array is."""
    return len(idx_header(shape)) + math.prod(shape)


def idx_sha256(array: Bytes) -> str:
    """Return the digest that the array's uncompressed IDX file has."""
    digest = hashlib.sha256(idx_header(array.shape))
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def decode_idx(content: bytes, shape: tuple[int, ...]) -> Bytes:
    """Return an IDX file's values as a read-only array; raise ValueError where the shape is another."""
    expected = idx_header(shape)
    if not content.startswith(expected) or len(content) != idx_bytes(shape):
        raise ValueError(f"not an IDX file of {shape} bytes")
    return np.frombuffer(content, np.uint8, offset=len(expected)).reshape(shape)


def write_member(archive: zipfile.ZipFile, name: str, array: Bytes) -> None:
    """Add the array as ``<name>.npy``."""
    with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
        np.lib.format.write_array(file, array, allow_pickle=False)


def read_member(archive: zipfile.ZipFile, name: str, limit_bytes: int) -> Bytes:
    """Return the member's array, read-only; raise ValueError or one of UNREADABLE.

    The shape and type are checked against ``limit_bytes`` before memory is taken for the values, so that a
    small file can't ask for a large array.
    """
    info = archive.getinfo(name)
    if info.file_size > limit_bytes + HEADER_LIMIT:
        raise ValueError(f"unpacks to {info.file_size:,} bytes, more than any array of the data set")
    with archive.open(info) as file:
        shape = _read_shape(file)
        size = math.prod(shape)
        if size > limit_bytes:
            raise ValueError(f"declares shape {shape}, larger than any array of the data set")
        content = file.read(size)
    if len(content) != size:
        raise ValueError(f"does not hold as many values as its shape {shape} says")
    return np.frombuffer(content, np.uint8).reshape(shape)


def _read_shape(file: IO[bytes]) -> tuple[int, ...]:
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise ValueError(f"has NumPy's file format {version}, which arrays of bytes don't need")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file, max_header_size=HEADER_LIMIT)
    if dtype.hasobject:
        raise ValueError("holds Python objects, which are never loaded")
    if dtype != np.uint8 or fortran_order:
        raise ValueError(f"holds {dtype} values where bytes (uint8, row by row) are expected")
    if any(size < 0 for size in shape):
        raise ValueError(f"declares the shape {shape}")
    return shape
