"""Reserves cores trial by trial, so that all runs on this machine share them evenly at any time; pins nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock, Timeout

# More trials than this on one core are not counted.
MOST_USERS = 8


class CorePool:
    """Hands out cores trial by trial: those first that the fewest trials on this machine use, of this run or another.

    A trial holds a lock file for each of its cores, the first that is free of the core's files: so its users can be
    counted. The system lets go of a lock when its process ends.

    Args:
        cores: What may be handed out; none: no trial is pinned.
        locks: Folder of the lock files.
    """

    def __init__(self, cores: Iterable[int], locks: Path | None = None) -> None:
        self._cores = tuple(cores)
        self._locks = locks or default_locks()
        self._taken: list[tuple[int, FileLock | None]] = []

    def take(self, count: int) -> tuple[int, ...]:
        """Return so many different cores, in order, and hold them; none where there are not so many."""
        if count > len(self._cores):
            return ()
        chosen = sorted(sorted(self._cores, key=self._users)[:count])
        self._taken += [(core, self._lock(core)) for core in chosen]
        return tuple(chosen)

    def give_back(self, cores: Iterable[int]) -> None:
        """Let go of the cores of one trial."""
        for core in cores:
            held = next(held for held in self._taken if held[0] == core)
            self._taken.remove(held)
            if held[1] is not None:
                held[1].release()

    def _users(self, core: int) -> int:
        """Return how many trials are known to use the core."""
        own = sum(taken == core for taken, _ in self._taken)
        return max(own, sum(is_held(self._file(core, user)) for user in range(MOST_USERS)))

    def _lock(self, core: int) -> FileLock | None:
        """Return a lock on the core; None where too many have one, or its file can't be made."""
        locks = (held_lock(self._file(core, user)) for user in range(MOST_USERS))
        return next((lock for lock in locks if lock is not None), None)

    def _file(self, core: int, user: int) -> Path:
        return self._locks / (f"{core}-{user}.lock" if user else f"{core}.lock")


def default_locks() -> Path:
    """Return the folder of the user's locks on this machine's cores."""
    return Path(tempfile.gettempdir()) / f"architecture-bench-cores-{os.environ.get('USER', 'all')}"


def held_lock(path: Path) -> FileLock | None:
    """Return the file's lock, which is held then; None where another has it, or the file can't be made."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return None
    return lock


def is_held(path: Path) -> bool:
    """Whether a process holds the file's lock."""
    if not path.exists():
        return False
    lock = held_lock(path)
    if lock is not None:
        lock.release()
    return lock is None
