"""Which cores trials are pinned to and how many trials fit at once; starts nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.records.environment import usable_cores

TOPOLOGY = Path("/sys/devices/system/cpu")
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
