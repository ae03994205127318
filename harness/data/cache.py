"""The one file in the user's cache folder that holds a data set; downloads nothing.

The file is an uncompressed npz (so that reading it costs little more than the digests) with one text beside
the arrays: the source they came from. Every reading checks every digest.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from harness.data.dataset import Dataset
from harness.data.description import Description, PublishedArray
from harness.data.idx import Bytes, sha256
from harness.data.incoming import Arrays
from harness.data.npz import UNREADABLE, read_member, write_member
from harness.errors import CacheUnwritable, DataMissing

VARIABLE = "BENCH_CACHE"
APPLICATION = "architecture-bench"
SOURCE_MEMBER = "source.txt"
SOURCE_LIMIT = 1_000


def cache_folder() -> Path:
    """Return the folder that the environment variable names, else the user's own for this program."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else Path(platformdirs.user_cache_dir(APPLICATION))


@dataclass(frozen=True)
class Cached:
    """Where one data set's verified copy stands, or would stand."""

    description: Description
    folder: Path

    @property
    def path(self) -> Path:
        """The file with the arrays."""
        return self.folder / f"{self.description.name}.npz"

    @property
    def lock_path(self) -> Path:
        """The file that a process locks while it fetches."""
        return self.folder / f"{self.description.name}.lock"

    @property
    def incoming(self) -> Path:
        """The folder for what is on its way; whoever holds the lock owns it."""
        return self.folder / f"{self.description.name}.incoming"

    def read(self) -> Dataset:
        """Return the verified data set, or raise DataMissing with the reason."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                arrays = {array.field: _verified(archive, array) for array in self.description.arrays}
        except FileNotFoundError:
            raise DataMissing(self.description.title, self.path, "there is no file yet") from None
        except UNREADABLE as error:
            raise DataMissing(self.description.title, self.path, f"the file is damaged: {error}") from None
        return Dataset(name=self.description.name, sha256=self.description.sha256, **arrays)

    def source(self) -> str | None:
        """Return where the copy came from, or None where the file doesn't say."""
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(SOURCE_MEMBER) as file:
                return file.read(SOURCE_LIMIT).decode()
        except UNREADABLE:
            return None

    def write(self, arrays: Arrays, source: str) -> None:
        """Replace the file in one step: whole and on the disk, or as it was."""
        temporary = self.incoming / self.path.name
        with self.writable():
            with temporary.open("wb") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                    for array in self.description.arrays:
                        write_member(archive, array.field, arrays[array.field])
                    archive.writestr(SOURCE_MEMBER, source)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)

    @contextmanager
    def empty_incoming(self) -> Iterator[Path]:
        """Make the folder for what is on its way, empty even after a kill; clear it at the end."""
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


def _verified(archive: zipfile.ZipFile, array: PublishedArray) -> Bytes:
    values = read_member(archive, f"{array.field}.npy", array.file_bytes)
    if sha256(values) != array.sha256:
        raise ValueError(f"{array.field} has not the published digest")
    return values
