"""Cores, memory, disk and data of this machine, as a run would find them; changes nothing."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from harness.app.doctor.finding import Finding, advice, fine, gigabytes, homely, problem
from harness.data.cache import CopyState, cache_folder, copy_state
from harness.data.declarations import all_datasets
from harness.execute.cores import CGROUP, RESERVE, cpu_quota, physical_cores
from harness.records.environment import usable_cores

# The data sets, unpacked, with a copy on its way; and the records and figures of some hundred trials.
CACHE_BYTES = 200 * 2**20
RESULTS_BYTES = 100 * 2**20


@dataclass(frozen=True)
class Cores:
    """How many there are, may be used, are apart from each other, and how much of them a quota leaves."""

    present: int
    usable: int
    physical: int
    quota: float | None


def find_cores(cgroup: Path = CGROUP) -> Cores:
    """Look at the cores as this process may use them."""
    return Cores(os.cpu_count() or 1, len(usable_cores()), len(physical_cores()), cpu_quota(cgroup))


def cores(found: Cores) -> Finding:
    """Say how many trials run at once."""
    what = f"{found.physical} for trials, one each ({found.usable} of {found.present} processors may be used)"
    if found.quota is not None and found.quota < found.physical:
        jobs = max(1, int(found.quota))
        what += f", but a quota gives the time of {found.quota:g}"
        return advice("cores", what, f"bench run --jobs {jobs}, or trials are held up and their times mean little")
    return fine("cores", what)


def memory(available: int, jobs: int, largest_trial: int) -> Finding:
    """Say whether the largest trial fits, and one on every core."""
    what = f"{gigabytes(available)} available; the largest trial takes about {gigabytes(largest_trial)}"
    if available < largest_trial:
        return problem("memory", what, "end other programs, or leave that architecture out")
    fit = int(available * RESERVE / largest_trial)
    if fit < jobs:
        return advice("memory", f"{what}: {fit} at once, not {jobs}", "end other programs: idle cores cost time")
    return fine("memory", what)


def folder(subject: str, path: Path, needed: int) -> Finding:
    """Say whether a folder can be written and has room."""
    there = nearest_existing(path)
    if not there.is_dir():
        return problem(subject, f"{homely(there)} is no folder", "choose another folder, or move that file")
    if not os.access(there, os.W_OK):
        return problem(subject, f"{homely(path)} can't be written", "choose another folder, or mend its permissions")
    free = shutil.disk_usage(there).free
    what = f"{homely(path)}, {gigabytes(free)} free"
    if free < needed:
        return problem(subject, what, f"make room: {gigabytes(needed)} are needed")
    return fine(subject, what)


def nearest_existing(path: Path) -> Path:
    """Return the folder itself, or the nearest one above it that exists."""
    absolute = path.expanduser().absolute()
    return next(one for one in (absolute, *absolute.parents) if one.exists())


def data() -> tuple[Finding, ...]:
    """Say of each data set whether its verified copy is there, and whether the cache could take one."""
    copies = [copy_state(dataset) for dataset in all_datasets().values()]
    missing = any(not copy.verified for copy in copies)
    return (*map(_copy, copies), folder("cache", cache_folder(), CACHE_BYTES if missing else 0))


def _copy(copy: CopyState) -> Finding:
    if copy.problem is not None:
        return advice(f"data {copy.name}", copy.problem, f"bench data fetch {copy.name} (bench run does it too)")
    return fine(f"data {copy.name}", "verified against the published digests")
