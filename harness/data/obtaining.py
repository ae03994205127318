"""From a name to a verified data set: the cache, then source after source; tells events, prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from harness.data.cache import Cached, cache_folder
from harness.data.dataset import Dataset
from harness.data.description import Description
from harness.data.incoming import limit_bytes, read_files
from harness.data.library import describe
from harness.data.sources.source import Source, SourceFailed
from harness.errors import CacheBusy, DataMissing, DataRefused, DataUnavailable

LOCK_SECONDS = 1_800.0
"""Longer than all sources together may take, npm's time-outs included, on any line worth waiting for."""


@dataclass(frozen=True)
class Notice:
    """A sentence about what happens: a source tried, a source that failed, a damaged copy."""

    text: str


@dataclass(frozen=True)
class Progress:
    """How far a source is, in bytes; ``total_bytes`` is None where the source doesn't say."""

    source: str
    done_bytes: int
    total_bytes: int | None


Event = Notice | Progress
OnEvent = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Do nothing with the event."""


def load(name: str, cache: Path | None = None) -> Dataset:
    """Return the data set from the verified cache; raise DataMissing where there is none."""
    return Cached(describe(name), cache or cache_folder()).read()


def obtain(name: str, on_event: OnEvent = ignore, cache: Path | None = None) -> Dataset:
    """Return the data set from the cache, else from the first source that gives it.

    Raises DataUnavailable where every source fails, CacheUnwritable where the data can't be kept.
    """
    return obtain_described(describe(name), on_event, cache or cache_folder())


def obtain_described(description: Description, on_event: OnEvent, folder: Path) -> Dataset:
    """Do what `obtain` does, for a description at hand."""
    cached = Cached(description, folder)
    try:
        return cached.read()  # without the lock: a read-only cache is fine as long as it is whole
    except DataMissing:
        pass
    with _locked(cached, on_event):
        try:
            return cached.read()  # another process may have fetched it while this one waited
        except DataMissing as missing:
            if cached.path.exists():
                on_event(Notice(f"{cached.path}: {missing.reason}; fetching {description.title} again."))
        return _fetch(cached, on_event)


def bring(name: str, paths: Sequence[Path], on_event: OnEvent = ignore, cache: Path | None = None) -> Dataset:
    """Keep the data set that these files hold, and return it; raise DataRefused where they don't hold it."""
    description = describe(name)
    arrays = read_files(paths, description)
    cached = Cached(description, cache or cache_folder())
    with _locked(cached, on_event), cached.empty_incoming():
        cached.write(arrays, source=f"files brought by hand: {', '.join(path.name for path in paths)}")
    return cached.read()


@contextmanager
def _locked(cached: Cached, on_event: OnEvent) -> Iterator[None]:
    with cached.writable():
        cached.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(cached.lock_path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            _wait(lock, cached, on_event)
    try:
        yield
    finally:
        lock.release()


def _wait(lock: FileLock, cached: Cached, on_event: OnEvent) -> None:
    on_event(Notice(f"Another process is fetching {cached.description.title}; waiting for it."))
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise CacheBusy(cached.lock_path, LOCK_SECONDS / 60) from None


def _fetch(cached: Cached, on_event: OnEvent) -> Dataset:
    tried: list[tuple[str, str]] = [(str(cached.folder), "no verified copy in the cache")]
    for source in cached.description.sources:
        try:
            _take(source, cached, on_event)
            return cached.read()
        except (SourceFailed, DataRefused) as failure:
            tried.append((source.name, str(failure)))
            on_event(Notice(f"{source.name}: {failure}"))
    raise DataUnavailable(cached.description.title, tried, cached.description.forms)


def _take(source: Source, cached: Cached, on_event: OnEvent) -> None:
    def on_progress(done_bytes: int, total_bytes: int | None) -> None:
        on_event(Progress(source.name, done_bytes, total_bytes))

    on_event(Notice(f"Fetching {cached.description.title} from {source.name}."))
    with cached.empty_incoming() as folder:
        with cached.writable():
            path = source.fetch(folder, limit_bytes(cached.description), on_progress)
        cached.write(read_files([path], cached.description), source.name)
