"""What can go wrong between a data set's publisher and its arrays, as sentences; prints nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.errors import BenchError

BY_HAND = "bench data import FILE..."


class DataMissing(BenchError):
    """No verified copy stands in the cache."""

    exit_code = 1

    def __init__(self, title: str, path: Path, reason: str) -> None:
        """Say where the copy was looked for and why it can't be used."""
        super().__init__(f"{path}: no verified copy of {title} ({reason}); run 'bench data fetch'.")
        self.reason = reason


class DataRefused(BenchError):
    """What was brought or downloaded is not the published data."""


class DataUnavailable(BenchError):
    """Every source was tried and none gave the data."""

    exit_code = 1

    def __init__(self, title: str, tried: Sequence[tuple[str, str]], forms: str) -> None:
        """List what was tried, each with its reason, and how to bring a file by hand."""
        lines = [f"{title} could not be had from any source. Tried:"]
        lines += [f"  - {source}: {reason}" for source, reason in tried]
        lines += [f"To bring it by hand, get {forms} and run '{BY_HAND}'."]
        super().__init__("\n".join(lines))


class CacheUnwritable(BenchError):
    """The cache folder can't take the data: no permission, no room, no such disk."""

    exit_code = 1

    def __init__(self, folder: Path, error: OSError) -> None:
        """Name the folder, the system's reason, and the way around it."""
        reason = error.strerror or str(error) or type(error).__name__
        super().__init__(
            f"{folder}: the data can't be kept here ({reason}); make room or give access, "
            "or set BENCH_CACHE to another folder."
        )


class CacheBusy(BenchError):
    """Another process holds the cache's lock for longer than any download should take."""

    exit_code = 1

    def __init__(self, lock: Path, minutes: float) -> None:
        """Name the lock and how long it was waited for."""
        super().__init__(
            f"{lock}: another process has been fetching for {minutes:.0f} minutes; "
            "end it if it is stuck, then run the same command again."
        )
