"""What is known of a data set before it is had: arrays, digests, sources; reads nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from harness.data.idx import file_bytes
from harness.data.sources.source import Source

Field = Literal["train_images", "train_labels", "test_images", "test_labels"]


@dataclass(frozen=True)
class PublishedArray:
    """One array of a data set: the uncompressed IDX file it was published as."""

    field: Field
    file: str
    shape: tuple[int, ...]
    sha256: str

    @property
    def file_bytes(self) -> int:
        """The length of the published file, uncompressed."""
        return file_bytes(self.shape)


@dataclass(frozen=True)
class Description:
    """A data set by name: four arrays, the sources to try in order, and the forms it can be brought in."""

    name: str
    title: str
    arrays: tuple[PublishedArray, ...]
    sources: tuple[Source, ...]
    forms: str

    @property
    def sha256(self) -> str:
        """One digest of the published digests, in the order of ``arrays``."""
        return hashlib.sha256("\n".join(array.sha256 for array in self.arrays).encode()).hexdigest()

    @property
    def total_bytes(self) -> int:
        """The length of all published files together, uncompressed."""
        return sum(array.file_bytes for array in self.arrays)

    @property
    def largest_bytes(self) -> int:
        """The length of the longest published file, uncompressed."""
        return max(array.file_bytes for array in self.arrays)

    def by_digest(self, sha256: str) -> PublishedArray | None:
        """Return the array whose published file has this digest."""
        return next((array for array in self.arrays if array.sha256 == sha256), None)
