"""The IDX format for arrays of bytes, to and from NumPy; knows no data set and opens no file."""

from __future__ import annotations

import hashlib
import math
import struct

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

UNSIGNED_BYTE = 0x08


def header(shape: tuple[int, ...]) -> bytes:
    """Return the bytes before the values: two zeros, the type, the number of sizes, each size big-endian."""
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, UNSIGNED_BYTE, len(shape), *shape)


def file_bytes(shape: tuple[int, ...]) -> int:
    """Return how long the uncompressed file of such an array is."""
    return len(header(shape)) + math.prod(shape)


def sha256(array: Bytes) -> str:
    """Return the digest that the array's uncompressed IDX file has."""
    digest = hashlib.sha256(header(array.shape))
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def decode(content: bytes, shape: tuple[int, ...]) -> Bytes:
    """Return an IDX file's values as a read-only array; raise ValueError where the shape is another."""
    expected = header(shape)
    if not content.startswith(expected) or len(content) != file_bytes(shape):
        raise ValueError(f"not an IDX file of {shape} bytes")
    return np.frombuffer(content, np.uint8, offset=len(expected)).reshape(shape)
