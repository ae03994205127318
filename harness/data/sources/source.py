"""What every source of data has in common; names none of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path

from harness.declaration.kinds import Kind

OnProgress = Callable[[int, int | None], None]
"""Called with the bytes received and the bytes in all, None where that is not known."""


class SourceFailed(Exception):
    """Why a source delivered nothing: a clause that follows the source's name and a colon."""


class Source(Kind):
    """Somewhere that a file with the whole data set can be fetched."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What messages call it."""

    @abstractmethod
    def fetch(self, folder: Path, limit_bytes: int, on_progress: OnProgress) -> Path:
        """Return the path of a file or a folder of files, saved in the folder or there already; or raise SourceFailed.

        It is unverified. What is saved is never longer than ``limit_bytes``.
        """
