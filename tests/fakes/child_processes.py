"""Whether processes that a test started, or had started, have ended."""

from __future__ import annotations

import time
from collections.abc import Iterable

import psutil


def still_alive(processes: Iterable[psutil.Process], seconds: float = 60.0) -> list[psutil.Process]:
    """Return those that still run after so many seconds, at once where none does."""
    deadline = time.monotonic() + seconds
    alive = list(processes)
    while (alive := [process for process in alive if is_alive(process)]) and time.monotonic() < deadline:
        time.sleep(0.01)
    return alive


def is_alive(process: psutil.Process) -> bool:
    """Whether it runs; one that has ended is a zombie until its parent, or the system in its place, looks."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
