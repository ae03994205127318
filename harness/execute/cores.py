"""Which cores trials may be pinned to and how many trials fit at once; starts nothing, and reserves nothing."""

from __future__ import annotations

from collections.abc import Sequence
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


def pinned_cores(cores: Sequence[int], threads: int, jobs: int) -> Sequence[int]:
    """Return the cores that trials are pinned to; none where there are too few for so many at once."""
    return cores if jobs * threads <= len(cores) else ()


def jobs_that_fit(cores: int, threads: int, trial_bytes: int, available_bytes: int) -> int:
    """Return how many trials fit at once: on the cores, and into the memory with the largest trial in each."""
    by_cores = cores // threads
    by_memory = int(available_bytes * RESERVE) // max(1, trial_bytes)
    return max(1, min(by_cores, by_memory))


def jobs_here(threads: int, trial_bytes: int) -> int:
    """Return how many trials fit on this machine at once."""
    cores, quota = len(physical_cores()), cpu_quota()
    usable = cores if quota is None else min(cores, int(quota))
    return jobs_that_fit(usable, threads, trial_bytes, available_memory())


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
