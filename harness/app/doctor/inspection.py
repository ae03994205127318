"""Looks at each thing that a run depends on, as the run would find it; changes nothing and imports no framework."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion

from harness.app.doctor.diagnosis import Diagnosis, advice, below_home, fine, gigabytes, problem
from harness.data.cache import CopyState, cache_folder, copy_state
from harness.data.declarations import all_datasets
from harness.declaration.spec_error import InvalidSpec
from harness.execute.cores import CGROUP, RESERVE, cpu_quota, physical_cores
from harness.records.environment import Environment, usable_cores

DISTRIBUTION = "architecture-bench"
# The data sets, unpacked, with a copy on its way; and the records and figures of some hundred trials.
CACHE_BYTES = 200 * 2**20
RESULTS_BYTES = 100 * 2**20


def versions(environment: Environment, wanted: Mapping[str, SpecifierSet]) -> Diagnosis:
    """Say whether TensorFlow, Keras and NumPy are those that this package asks for, by distribution."""
    numerics = environment.numerics
    found = {"tensorflow": numerics.tensorflow, "keras": numerics.keras, "numpy": numerics.numpy}
    listed = ", ".join(f"{name} {version}" for name, version in found.items())
    missing = [name for name, version in found.items() if version == "unknown"]
    if missing:
        return problem("versions", f"not installed: {', '.join(missing)}", f"pip install {DISTRIBUTION}")
    other = [name for name, version in found.items() if name in wanted and not satisfies(version, wanted[name])]
    if other:
        asked_for = " ".join(f"'{name}{wanted[name]}'" for name in other)
        return advice("versions", f"{listed}: other bits than the committed results", f"pip install {asked_for}")
    return fine("versions", f"Python {environment.machine.python}, {listed}")


def wanted_versions() -> dict[str, SpecifierSet]:
    """Return what this package asks for, by distribution; nothing where it runs without being installed."""
    try:
        asked_for = [Requirement(line) for line in requires(DISTRIBUTION) or ()]
    except PackageNotFoundError:
        return {}
    return {
        requirement.name: requirement.specifier
        for requirement in asked_for
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    }


def satisfies(version: str, wanted: SpecifierSet) -> bool:
    """Say whether the version is one of those wanted; a candidate for a release comes before it.

    >>> wanted = SpecifierSet("~=2.21.0")
    >>> [satisfies(version, wanted) for version in ("2.21.3", "2.22.0", "2.21.0rc1", "2.21.0+local", "unclear")]
    [True, False, False, True, False]
    """
    try:
        return wanted.contains(version, prereleases=True)
    except InvalidVersion:
        return False


def onednn(environment: Environment) -> Diagnosis:
    """Say whether oneDNN's kernels are on and may use all that the processor has."""
    if not environment.numerics.onednn:
        return advice("oneDNN", "off: other bits, and about half the speed", "unset TF_ENABLE_ONEDNN_OPTS")
    if environment.numerics.onednn_max_isa:
        what = f"limited to {environment.numerics.onednn_max_isa}: other bits than without the limit"
        return advice("oneDNN", what, "unset ONEDNN_MAX_CPU_ISA and DNNL_MAX_CPU_ISA")
    return fine("oneDNN", f"on, {' '.join(environment.machine.processor_features) or 'vector features unknown'}")


def harness_commit(environment: Environment) -> Diagnosis:
    """Say which version of the harness makes the records."""
    commit = f", commit {environment.commit[:10]}" if environment.commit else ""
    what = f"{environment.harness}{commit}"
    if environment.uncommitted_changes:
        return advice("harness", f"{what}, with uncommitted changes", "commit before recording results to publish")
    return fine("harness", what)


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


def cores(found: Cores) -> Diagnosis:
    """Say how many trials run at once."""
    what = f"{found.physical} for trials, one each ({found.usable} of {found.present} processors may be used)"
    if found.quota is not None and found.quota < found.physical:
        jobs = max(1, int(found.quota))
        what += f", but a quota gives the time of {found.quota:g}"
        return advice("cores", what, f"bench run --jobs {jobs}, or trials are held up and their times mean little")
    return fine("cores", what)


def memory(available: int, jobs: int, largest_trial: int) -> Diagnosis:
    """Say whether the largest trial fits, and one on every core."""
    what = f"{gigabytes(available)} available; the largest trial takes about {gigabytes(largest_trial)}"
    if available < largest_trial:
        return problem("memory", what, "end other programs, or leave that architecture out")
    fit = int(available * RESERVE / largest_trial)
    if fit < jobs:
        return advice("memory", f"{what}: {fit} at once, not {jobs}", "end other programs: idle cores cost time")
    return fine("memory", what)


def folder(subject: str, path: Path, needed: int) -> Diagnosis:
    """Say whether a folder can be written and has room."""
    there = nearest_existing(path)
    if not there.is_dir():
        return problem(subject, f"{below_home(there)} is not a folder", "choose another folder, or move that file")
    if not os.access(there, os.W_OK):
        return problem(
            subject, f"{below_home(path)} can't be written", "choose another folder, or change its permissions"
        )
    free = shutil.disk_usage(there).free
    what = f"{below_home(path)}, {gigabytes(free)} free"
    if free < needed:
        return problem(subject, what, f"make room: {gigabytes(needed)} are needed")
    return fine(subject, what)


def nearest_existing(path: Path) -> Path:
    """Return the folder itself, or the nearest one above it that exists."""
    absolute = path.expanduser().absolute()
    return next(path for path in (absolute, *absolute.parents) if path.exists())


def data(specs: Path) -> tuple[Diagnosis, ...]:
    """Tell of each data set whether its verified copy is there, and whether the cache could take one.

    ``specs`` is the folder of the specs, which can have data sets of its own.
    """
    try:
        copies = [copy_state(dataset) for dataset in all_datasets(specs).values()]
    except InvalidSpec as error:
        return (problem("data", str(error.mistakes[0]), "bench validate reports every mistake"),)
    missing = any(not copy.verified for copy in copies)
    return (*map(_copy, copies), folder("cache", cache_folder(), CACHE_BYTES if missing else 0))


def _copy(copy: CopyState) -> Diagnosis:
    name = copy.dataset.name
    if copy.problem is not None:
        return advice(f"data {name}", copy.problem, f"bench data fetch {name} (bench run does it too)")
    return fine(f"data {name}", "verified against the published digests")
