"""Which cores trials are pinned to and how many trials fit at once; starts nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

from harness.records.environment import usable_cores

TOPOLOGY = Path("/sys/devices/system/cpu")
CGROUP = Path("/sys/fs/cgroup")
# What is left to the system and to the parent.
RESERVE = 0.9


def physical_cores(topology: Path = TOPOLOGY) -> tuple[int, ...]:
    """Return one usable processor per physical core: two threads of one core would share its units."""
    chosen: dict[str, int] = {}
    for core in usable_cores():
        siblings = topology / f"cpu{core}" / "topology" / "thread_siblings_list"
        key = siblings.read_text(encoding="ascii") if siblings.exists() else str(core)
        chosen.setdefault(key, core)
    return tuple(chosen.values())


@contextmanager
def reserved_cores(cores: Sequence[int], count: int, locks: Path | None = None) -> Iterator[tuple[int, ...]]:
    """Give ``count`` of the cores, those first that no other run on this machine has reserved.

    A run's reservation ends with its process. Where fewer are free than are asked for, the rest is shared.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - a plan reserves no core

    folder = locks or Path(tempfile.gettempdir()) / f"architecture-bench-cores-{os.environ.get('USER', 'all')}"
    reserved: list[int] = []
    with ExitStack() as held:
        for core in cores:
            if len(reserved) < count:
                with suppress(Timeout, OSError):  # another run has it, or the file can't be made
                    held.enter_context(FileLock(folder / f"{core}.lock").acquire(timeout=0))
                    reserved.append(core)
        shared = [core for core in cores if core not in reserved]
        yield (*reserved, *shared)[:count]


def core_groups(cores: Sequence[int], threads: int, jobs: int) -> list[tuple[int, ...]]:
    """Return each job's own cores; no pinning at all where there are too few to go round."""
    if jobs * threads > len(cores):
        return [()] * jobs
    return [tuple(cores[job * threads : (job + 1) * threads]) for job in range(jobs)]


def jobs_that_fit(cores: int, threads: int, trial_bytes: int, available_bytes: int) -> int:
    """Return how many trials fit at once: on the cores, and into the memory with the largest trial in each."""
    by_cores = cores // threads
    by_memory = int(available_bytes * RESERVE) // max(1, trial_bytes)
    return max(1, min(by_cores, by_memory))


def cpu_quota(cgroup: Path = CGROUP) -> float | None:
    """Return the cores' worth of time that a container may take, or None where nothing limits it."""
    try:
        quota, period = (cgroup / "cpu.max").read_text(encoding="ascii").split()
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError):
        return None


def available_memory(cgroup: Path = CGROUP) -> int:
    """Return the bytes that trials may still take: what the system has, within what a container is given."""
    available = psutil.virtual_memory().available
    try:
        limit = int((cgroup / "memory.max").read_text(encoding="ascii"))
        used = int((cgroup / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):  # no container, or the limit is "max"
        return available
    return max(0, min(available, limit - used))
