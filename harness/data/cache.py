"""The one file in the user's cache folder that holds a data set, and the state of it; downloads nothing.

The file is an uncompressed npz, which is mapped into memory and not copied, so that all trials share its pages. Beside
the arrays stand two texts: the source they came from, and their digests. Every reading checks every digest: the
declared one, else the one that the array had when it was written.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from harness.arrays import Bytes, Values
from harness.data.array_formats import UNREADABLE, idx_sha256, map_member, write_member
from harness.data.dataset import KNOWN_BY_NAME, Dataset, PublishedArray, PublishedArrays, joint_digest
from harness.declaration.files import cache_folder
from harness.errors import CacheUnwritable, DataMissing
from harness.plain_files import open_plain

SOURCE_MEMBER = "source.txt"
DIGESTS_MEMBER = "digests.json"
TEXT_LIMIT = 1_000
MOST_BYTES = 2**44  # any disk's: a data set's own limit is its memory
DIGEST_LENGTH = 12


@dataclass(frozen=True, eq=False)
class DatasetArrays:
    """A data set's images and labels in memory, verified: the values as declared, and read-only.

    For MNIST: ``train_images`` (60000, 28, 28), ``train_labels`` (60000,), ``test_images`` (10000, 28, 28),
    ``test_labels`` (10000,). ``dataset`` has the digests of these arrays, also where its file declares none.
    """

    dataset: Dataset
    train_images: Values
    train_labels: Bytes
    test_images: Values
    test_labels: Bytes

    @property
    def sha256(self) -> str:
        """One digest of the arrays' digests."""
        published = self.dataset.published.items()
        return joint_digest(array.sha256 or idx_sha256(getattr(self, name)) for name, array in published)


@dataclass(frozen=True)
class CachedCopy:
    """The verified copy of one data set in a cache folder, whether it exists yet or not."""

    dataset: Dataset
    folder: Path = field(default_factory=cache_folder)

    @property
    def path(self) -> Path:
        """The file with the arrays; two data sets that share a name have a file each."""
        return self.folder / f"{self._stem}.npz"

    @property
    def incoming(self) -> Path:
        """The folder for what is being downloaded; whoever holds the lock owns it."""
        return self.folder / f"{self._stem}.incoming"

    @property
    def _stem(self) -> str:
        name = self.dataset.name
        return name if name in KNOWN_BY_NAME else f"{name}-{self.dataset.content_sha256[:DIGEST_LENGTH]}"

    def read(self) -> DatasetArrays:
        """Return the verified arrays, or raise DataMissing with the reason."""
        try:
            open_plain(self.path, MOST_BYTES).close()  # a pipe in its place would never answer
            dataset = self._with_digests()
            arrays = {name: _verified(self.path, name, array) for name, array in dataset.published.items()}
        except FileNotFoundError:
            raise self._missing("the file does not exist") from None
        except UNREADABLE as error:
            raise self._missing(f"the file is damaged: {error}") from None
        return DatasetArrays(dataset, **arrays)

    def _with_digests(self) -> Dataset:
        """Return the data set with the digests that the copy was written with, where none are declared."""
        if self.dataset.sha256 is not None:
            return self.dataset
        written = json.loads(self._text(DIGESTS_MEMBER))
        if not isinstance(written, dict):
            raise ValueError("the digests are damaged")  # noqa: TRY004 - one of UNREADABLE
        published = {
            name: array if array.sha256 else array.model_copy(update={"sha256": str(written[name])})
            for name, array in self.dataset.published.items()
        }
        return self.dataset.model_copy(update={"arrays": PublishedArrays(**published)})

    def known_sha256(self) -> str | None:
        """Return the one digest of the arrays as far as it is known without reading them: declared, or kept."""
        try:
            return self._with_digests().sha256
        except UNREADABLE:
            return None

    def source(self) -> str | None:
        """Return where the copy came from, or None where the file doesn't say."""
        try:
            return self._text(SOURCE_MEMBER)
        except UNREADABLE:
            return None

    def _text(self, member: str) -> str:
        """Return one of the texts beside the arrays."""
        with (
            open_plain(self.path, MOST_BYTES) as plain,
            zipfile.ZipFile(plain) as archive,
            archive.open(member) as file,
        ):
            return file.read(TEXT_LIMIT).decode()

    def write(self, arrays: Mapping[str, Values], source: str) -> None:
        """Replace the file in one step: whole and on the disk, or as it was."""
        temporary = self.incoming / self.path.name
        with self.writable():
            with temporary.open("wb") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                    for name in self.dataset.published:
                        write_member(archive, name, arrays[name])
                    archive.writestr(SOURCE_MEMBER, source)
                    digests = {name: idx_sha256(arrays[name]) for name in self.dataset.published}
                    archive.writestr(DIGESTS_MEMBER, json.dumps(digests))
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


def _verified(path: Path, name: str, published: PublishedArray) -> Values:
    values = map_member(path, f"{name}.npy")
    if (values.shape, values.dtype.name) != (published.shape, published.dtype):
        raise ValueError(f"{name} has the shape {values.shape} and the type {values.dtype}")
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
