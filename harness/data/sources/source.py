"""What every source of data has in common; names none of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

OnProgress = Callable[[int, int | None], None]
"""Called with the bytes that have come and the bytes in all, None where that is not known."""


class SourceFailed(Exception):
    """Why a source gave nothing: a clause that follows the source's name and a colon."""


class Source(Protocol):
    """Somewhere that a file with the whole data set can be had."""

    @property
    def name(self) -> str:
        """What messages call it."""
        ...

    def fetch(self, folder: Path, limit_bytes: int, on_progress: OnProgress) -> Path:
        """Bring one file into the folder and return its path, or raise SourceFailed.

        The file is unverified: an npz, or a tar or gzip archive. It is never longer than ``limit_bytes``.
        """
        ...
