"""From a declaration to verified arrays: the cache, then source after source, or files; prints nothing."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from harness.data.archives import Arrays, limit_bytes, published_files, read_files
from harness.data.array_formats import idx_sha256
from harness.data.cache import CachedCopy, DatasetArrays
from harness.data.dataset import Dataset
from harness.data.formats.file_format import FileFormat
from harness.data.sources.source import Source, SourceFailed
from harness.data.sources.web import WebFile
from harness.data.splitting import as_arrays
from harness.declaration.files import cache_folder
from harness.errors import CacheBusy, DataMissing, DataRefused, DataUnavailable

LOCK_SECONDS = 1_800.0
"""Longer than all sources together may take, npm's time-outs included, on any line worth waiting for."""


@dataclass(frozen=True)
class FetchNotice:
    """A sentence about what happens: a source tried, a source that failed, a damaged copy."""

    text: str


@dataclass(frozen=True)
class FetchProgress:
    """How far a source is, in bytes; ``total_bytes`` is None where the source doesn't say."""

    source: str
    done_bytes: int
    total_bytes: int | None


FetchEvent = FetchNotice | FetchProgress
OnEvent = Callable[[FetchEvent], None]


def ignore(event: FetchEvent) -> None:
    """Do nothing with the event."""


def load(dataset: Dataset, cache: Path | None = None) -> DatasetArrays:
    """Return the data set's arrays from the verified cache; raise DataMissing where there is no such copy."""
    return CachedCopy(dataset, cache or cache_folder()).read()


def fetch(dataset: Dataset, on_event: OnEvent = ignore, cache: Path | None = None) -> DatasetArrays:
    """Return the data set's arrays from the cache, else from the first source that has them.

    Raises DataUnavailable where every source fails, CacheUnwritable where the data can't be kept.
    """
    copy = CachedCopy(dataset, cache or cache_folder())
    try:
        return copy.read()  # without the lock: a read-only cache is fine as long as it is whole
    except DataMissing:
        pass
    with _locked(copy, on_event):
        try:
            return copy.read()  # another process may have fetched it while this one waited
        except DataMissing as missing:
            if copy.path.exists():
                on_event(FetchNotice(f"{copy.path}: {missing.reason}; fetching {dataset.title} again."))
        return _fetch(copy, on_event)


def import_files(
    dataset: Dataset, paths: Sequence[Path], on_event: OnEvent = ignore, cache: Path | None = None
) -> DatasetArrays:
    """Keep the data set that these files hold, and return it; raise DataRefused where they don't hold it."""
    arrays = read_declared(paths, dataset)
    copy = CachedCopy(dataset, cache or cache_folder())
    with _locked(copy, on_event), copy.empty_incoming():
        copy.write(arrays, source=f"imported files: {', '.join(path.name for path in paths)}")
    return copy.read()


def mirror_variable(name: str) -> str:
    """Return the environment variable that replaces a data set's web address by that of a mirror.

    >>> mirror_variable("mnist")
    'BENCH_MNIST_ADDRESS'
    """
    return f"BENCH_{re.sub('[^A-Za-z0-9]', '_', name).upper()}_ADDRESS"


@contextmanager
def _locked(copy: CachedCopy, on_event: OnEvent) -> Iterator[None]:
    lock = FileLock(copy.path.with_suffix(".lock"))
    with copy.writable():
        try:
            lock.acquire(timeout=0)
        except Timeout:
            _wait(lock, copy, on_event)
    try:
        yield
    finally:
        lock.release()


def _wait(lock: FileLock, copy: CachedCopy, on_event: OnEvent) -> None:
    on_event(FetchNotice(f"Another process is fetching {copy.dataset.title}; waiting for it."))
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise CacheBusy(Path(lock.lock_file), LOCK_SECONDS / 60) from None


def _fetch(copy: CachedCopy, on_event: OnEvent) -> DatasetArrays:
    dataset = copy.dataset
    tried: list[tuple[str, str]] = [(str(copy.folder), "no verified copy in the cache")]
    for source in _sources(dataset):
        try:
            _fetch_from(source, copy, on_event)
            return copy.read()
        except (SourceFailed, DataRefused) as failure:
            tried.append((source.name, str(failure)))
            on_event(FetchNotice(f"{source.name}: {failure}"))
    raise DataUnavailable(dataset.name, dataset.title, tried, published_files(dataset))


def _sources(dataset: Dataset) -> Iterator[Source]:
    mirror = os.environ.get(mirror_variable(dataset.name))
    for source in dataset.sources:
        yield source.model_copy(update={"address": mirror}) if mirror and isinstance(source, WebFile) else source


def _fetch_from(source: Source, copy: CachedCopy, on_event: OnEvent) -> None:
    def on_progress(done_bytes: int, total_bytes: int | None) -> None:
        on_event(FetchProgress(source.name, done_bytes, total_bytes))

    on_event(FetchNotice(f"Fetching {copy.dataset.title} from {source.name}."))
    with copy.empty_incoming() as folder:
        with copy.writable():
            path = source.fetch(folder, limit_bytes(copy.dataset), on_progress)
        copy.write(read_declared([path], copy.dataset), source.name)


def read_declared(paths: Sequence[Path], dataset: Dataset) -> Arrays:
    """Return the arrays that the files hold.

    Raises:
        DataRefused: They can't be read, or are not the data set's.
    """
    if dataset.read_as is None:
        return read_files(paths, dataset)
    if len(paths) != 1:
        raise DataRefused(f"{len(paths)} files are given where one is needed: {published_files(dataset)}.")
    return _read_as(dataset.read_as, paths[0], dataset)


def _read_as(file_format: FileFormat, path: Path, dataset: Dataset) -> Arrays:
    if dataset.files:
        _check_file(path, dataset)
    found = file_format.read(path)
    if found.classes and found.classes != dataset.classes:
        raise DataRefused(f"{path}: its classes are not those that {dataset.name} is declared with; {_remedy(dataset)}")
    arrays = as_arrays(found, dataset.split)
    for name, declared in dataset.published.items():
        array = arrays[name]
        if (array.shape, array.dtype.name) != (declared.shape, declared.dtype):
            what = f"{name} has the shape {array.shape} and the type {array.dtype}"
            raise DataRefused(f"{path}: {what}, not {declared.shape} and {declared.dtype}; {_remedy(dataset)}")
        if declared.sha256 and idx_sha256(array) != declared.sha256:
            raise DataRefused(f"{path}: {name} does not have the declared digest; {_remedy(dataset)}")
    return arrays


def _check_file(path: Path, dataset: Dataset) -> None:
    """Refuse a file that has not the digest of a published one."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataRefused(f"{path}: can't be read ({error.strerror or error}).") from None
    if digest not in {file.sha256 for file in dataset.files}:
        raise DataRefused(f"{path}: its digest is not that of {published_files(dataset)}.")


def _remedy(dataset: Dataset) -> str:
    return f"the files have changed, so add them under another name than {dataset.name}"
