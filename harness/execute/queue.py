"""Queues of trials: one that runs on the same results folder share, and one that knows of no other; trains nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from harness.errors import CannotWrite
from harness.planning.trial import Trial


class InOrder:
    """A queue for trials that no other run knows of."""

    def __init__(self, trials: Iterable[Trial]) -> None:
        self._pending = list(trials)

    def take(self) -> Trial | None:
        """Return the next trial, or None after the last one."""
        return self._pending.pop(0) if self._pending else None

    def exhausted(self) -> bool:
        """Whether nothing is left, now or later."""
        return not self._pending


class SharedQueue(InOrder):
    """Pending trials in order, each behind a lock file that its run holds until the trial is recorded.

    The system lets go of a lock when its process ends, however it ends: a killed run blocks nobody.

    Args:
        trials: What is to be trained, in order.
        is_recorded: Whether the store has the trial now; asked once its lock is held.
        locks: Folder of the lock files.
    """

    def __init__(self, trials: Iterable[Trial], is_recorded: Callable[[Trial], bool], locks: Path) -> None:
        super().__init__(trials)
        self._is_recorded = is_recorded
        self._locks = locks
        self._held: dict[str, FileLock] = {}
        self._recorded_elsewhere: list[Trial] = []

    def take(self) -> Trial | None:
        """Return the first trial that no other run is training or has recorded meanwhile."""
        for trial in list(self._pending):
            lock = self._acquire(trial)
            if lock is None:
                continue
            self._pending.remove(trial)
            if not self._is_recorded(trial):
                self._held[trial.name] = lock
                return trial
            lock.release()
            self._recorded_elsewhere.append(trial)
        return None

    def newly_recorded_elsewhere(self) -> list[Trial]:
        """Return the trials that other runs were found to have recorded since this was last asked."""
        found, self._recorded_elsewhere = self._recorded_elsewhere, []
        return found

    def release(self, trial: Trial) -> None:
        """Let go of the trial's lock: it is recorded, or another run may try."""
        self._held.pop(trial.name).release()

    def _acquire(self, trial: Trial) -> FileLock | None:
        path = self._locks / f"{trial.name}.lock"
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return None
        except OSError as error:
            raise CannotWrite(path, error) from error
        return lock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for lock in self._held.values():
            with contextlib.suppress(OSError):
                lock.release()
