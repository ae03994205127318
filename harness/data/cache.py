"""The one file in the user's cache folder that holds a data set, and the state of it; downloads nothing.

The file is an uncompressed npz (so that reading it costs little more than the digests) with one text beside
the arrays: the source they came from. Every reading checks every digest.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from harness.data.array_formats import UNREADABLE, Bytes, idx_bytes, idx_sha256, read_member, write_member
from harness.data.dataset import Dataset, PublishedArray
from harness.errors import CacheUnwritable, DataMissing

VARIABLE = "BENCH_CACHE"
APPLICATION = "architecture-bench"
SOURCE_MEMBER = "source.txt"
SOURCE_LIMIT = 1_000


def cache_folder() -> Path:
    """Return the folder that the environment variable names, else the user's own for this program."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else Path(platformdirs.user_cache_dir(APPLICATION))


@dataclass(frozen=True, eq=False)
class DatasetArrays:
    """A data set's images and labels in memory, verified: uint8 as published, and read-only.

    For MNIST: ``train_images`` (60000, 28, 28), ``train_labels`` (60000,), ``test_images`` (10000, 28, 28),
    ``test_labels`` (10000,).
    """

    dataset: Dataset
    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes


@dataclass(frozen=True)
class CachedCopy:
    """The verified copy of one data set in a cache folder, whether it exists yet or not."""

    dataset: Dataset
    folder: Path = field(default_factory=cache_folder)

    @property
    def path(self) -> Path:
        """The file with the arrays."""
        return self.folder / f"{self.dataset.name}.npz"

    @property
    def incoming(self) -> Path:
        """The folder for what is being downloaded; whoever holds the lock owns it."""
        return self.folder / f"{self.dataset.name}.incoming"

    def read(self) -> DatasetArrays:
        """Return the verified arrays, or raise DataMissing with the reason."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                arrays = {name: _verified(archive, name, array) for name, array in self.dataset.published.items()}
        except FileNotFoundError:
            raise self._missing("the file does not exist") from None
        except UNREADABLE as error:
            raise self._missing(f"the file is damaged: {error}") from None
        return DatasetArrays(self.dataset, **arrays)

    def source(self) -> str | None:
        """Return where the copy came from, or None where the file doesn't say."""
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(SOURCE_MEMBER) as file:
                return file.read(SOURCE_LIMIT).decode()
        except UNREADABLE:
            return None

    def write(self, arrays: Mapping[str, Bytes], source: str) -> None:
        """Replace the file in one step: whole and on the disk, or as it was."""
        temporary = self.incoming / self.path.name
        with self.writable():
            with temporary.open("wb") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                    for name in self.dataset.published:
                        write_member(archive, name, arrays[name])
                    archive.writestr(SOURCE_MEMBER, source)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)

    @contextmanager
    def empty_incoming(self) -> Iterator[Path]:
        """Make the folder for downloads, empty even after a kill; remove it at the end."""
        with self.writable():
            shutil.rmtree(self.incoming, ignore_errors=True)
            self.incoming.mkdir(parents=True)
        try:
            yield self.incoming
        finally:
            shutil.rmtree(self.incoming, ignore_errors=True)

    @contextmanager
    def writable(self) -> Iterator[None]:
        """Turn the system's refusal to write into a sentence that names the folder."""
        try:
            yield
        except OSError as error:
            raise CacheUnwritable(self.folder, error) from error

    def _missing(self, reason: str) -> DataMissing:
        return DataMissing(self.dataset.name, self.dataset.title, self.path, reason)


def _verified(archive: zipfile.ZipFile, name: str, published: PublishedArray) -> Bytes:
    values = read_member(archive, f"{name}.npy", idx_bytes(published.shape))
    if idx_sha256(values) != published.sha256:
        raise ValueError(f"{name} does not have the published digest")
    return values


@dataclass(frozen=True)
class CopyState:
    """A data set's copy as it was just found. ``source`` and ``problem`` are None where there is none to report."""

    dataset: Dataset
    path: Path
    source: str | None
    problem: str | None

    @property
    def verified(self) -> bool:
        """Whether every array is as published."""
        return self.problem is None

    @property
    def sentence(self) -> str:
        """The same for a person."""
        name, title = self.dataset.name, self.dataset.title
        if self.problem is not None:
            return f"{title}: {self.problem}; 'bench data fetch {name}' downloads it to {self.path}"
        return f"{title}: verified, {self.path}, from {self.source or 'an unknown source'}"

    def as_json(self) -> dict[str, str | bool | None]:
        """The same for a program."""
        return {
            "name": self.dataset.name,
            "path": str(self.path),
            "verified": self.verified,
            "source": self.source,
            "problem": self.problem,
            "sha256": self.dataset.sha256,
        }


def copy_state(dataset: Dataset) -> CopyState:
    """Read and verify the copy in the cache, and return what was found."""
    copy = CachedCopy(dataset)
    problem = None
    try:
        copy.read()
    except DataMissing as missing:
        problem = missing.reason
    return CopyState(dataset, copy.path, copy.source(), problem)
