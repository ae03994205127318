"""What a file's values become: bytes or float32, checked to be finite and to fit into memory; reads no file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from harness.arrays import Values
from harness.data.array_formats import CHUNK_BYTES
from harness.errors import DataRefused

GIB = 2**30
# Nothing under this needs a look at the machine.
SURELY_FITS = GIB // 4


def check_fits(path: Path, needed_bytes: int) -> None:
    """Refuse data that takes more bytes than this machine has, as its headers tell.

    Raises:
        DataRefused: It does.
    """
    if needed_bytes <= SURELY_FITS:
        return
    import psutil  # noqa: PLC0415 - rarely needed

    memory = int(psutil.virtual_memory().total)
    if needed_bytes > memory:
        what = f"its values take {needed_bytes / GIB:,.1f} GiB, and this machine has {memory / GIB:,.1f} GiB of memory"
        raise DataRefused(f"{path}: {what}; use fewer or smaller examples.")


MOST_BYTE = 255


def as_values(arrays: Sequence[Values], names: Sequence[str]) -> list[Values]:
    """Return all arrays as bytes where each is whole numbers from 0 to 255, else all as float32.

    Raises:
        DataRefused: One holds something else than finite numbers; it is called by its name.
    """
    for array, name in zip(arrays, names, strict=True):
        if array.dtype.kind not in "buif":
            raise DataRefused(f"{name}: holds {array.dtype} values; give whole numbers or floats.")
    if all(_are_bytes(array) for array in arrays):
        return [array.astype(np.uint8, copy=False) for array in arrays]
    return [_as_floats(array, name) for array, name in zip(arrays, names, strict=True)]


def _are_bytes(array: Values) -> bool:
    if array.dtype.kind == "f":
        return False
    return array.dtype == np.uint8 or not array.size or (array.min() >= 0 and array.max() <= MOST_BYTE)


def _as_floats(array: Values, name: str) -> Values:
    """Return the array as float32, part by part, so that no copy of a wider type is made."""
    values = np.empty(array.shape, np.float32)
    rows = max(1, CHUNK_BYTES // max(1, array[:1].nbytes))
    for start in range(0, len(array), rows):
        part = slice(start, start + rows)
        with np.errstate(over="ignore"):
            values[part] = array[part]
        finite = np.isfinite(values[part]).reshape(len(values[part]), -1).all(axis=1)
        if not finite.all():
            index = start + int(np.argmin(finite))
            raise DataRefused(f"{name}: example {index} holds NaN, an infinity or a number too large; correct it.")
    return values
