"""A network's weights kept beside its record, for who asks for them; no part of the record, which has their digest."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.plain_files import open_plain
from harness.records.files import write_atomically
from harness.records.store import Store

MOST_BYTES = 2**40
# What the names of their files have in common.
WEIGHTS_MARK = ".weights-epoch"
Weights = Sequence[npt.NDArray[Any]]


def weights_digest(weights: Iterable[npt.NDArray[Any]]) -> str:
    """Return the sha256 over the bytes of all weights, in the backend's order."""
    sha256 = hashlib.sha256()
    for array in weights:
        sha256.update(array.tobytes())
    return sha256.hexdigest()


def weights_file(store: Store, environment: str, trial: str, epoch: int) -> Path:
    """Return where a trial's weights after an epoch are kept."""
    return store.folder / environment / f"{trial}{WEIGHTS_MARK}{epoch}.npz"


def save_weights(path: Path, weights: Weights) -> None:
    """Write them.

    Raises:
        CannotWrite: The disk is full or the folder can't be written.
    """
    buffer = io.BytesIO()
    np.savez(buffer, *weights)
    write_atomically(path, buffer.getvalue())


def read_weights(path: Path, sha256: str) -> tuple[npt.NDArray[Any], ...] | None:
    """Return the weights, or None where there are none of this digest that can be read."""
    try:
        with open_plain(path, MOST_BYTES) as file, np.load(file, allow_pickle=False) as arrays:
            weights = tuple(arrays[f"arr_{number}"] for number in range(len(arrays.files)))
    except Exception:  # noqa: BLE001 - whatever NumPy raises at what it has not written
        return None
    return weights if weights_digest(weights) == sha256 else None
