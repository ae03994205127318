"""Each thing that a run depends on, as the run would find it, and what to do about it; changes nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion

from harness.app.datasets import datasets_in_use
from harness.data.cache import CopyState, copy_state
from harness.declaration.files import cache_folder, without_tilde
from harness.declaration.spec_error import InvalidSpec
from harness.errors import BenchError, NoCacheFolder
from harness.execute.cores import RESERVE
from harness.records.environment import Environment, usable_cores
from harness.spec.architecture import Architecture
from harness.spec.reading import select

DISTRIBUTION = "architecture-bench"
# The data sets, unpacked, with a copy on its way; and the records and figures of some hundred trials.
CACHE_BYTES = 200 * 2**20
RESULTS_BYTES = 100 * 2**20
# A problem would stop a run, advice would make it better.
State = Literal["fine", "advice", "problem"]


@dataclass(frozen=True)
class Diagnosis:
    """What was found, in words; ``remedy`` is what to do, where there is something."""

    subject: str
    state: State
    what: str
    remedy: str | None = None


def versions(environment: Environment, wanted: Mapping[str, SpecifierSet]) -> Diagnosis:
    """Say whether TensorFlow, Keras and NumPy are those that this package asks for, by distribution."""
    numerics = environment.numerics
    found = {"tensorflow": numerics.tensorflow, "keras": numerics.keras, "numpy": numerics.numpy}
    listed = ", ".join(f"{name} {version}" for name, version in found.items())
    missing = [name for name, version in found.items() if version == "unknown"]
    if missing:
        return Diagnosis("versions", "problem", f"not installed: {', '.join(missing)}", f"pip install {DISTRIBUTION}")
    other = [name for name, version in found.items() if name in wanted and not satisfies(version, wanted[name])]
    if other:
        asked_for = " ".join(f"'{name}{wanted[name]}'" for name in other)
        return Diagnosis(
            "versions", "advice", f"{listed}: other bits than the committed results", f"pip install {asked_for}"
        )
    return Diagnosis("versions", "fine", f"Python {environment.machine.python}, {listed}")


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
        return Diagnosis("oneDNN", "advice", "off: other bits, and about half the speed", "unset TF_ENABLE_ONEDNN_OPTS")
    if environment.numerics.onednn_max_isa:
        what = f"limited to {environment.numerics.onednn_max_isa}: other bits than without the limit"
        return Diagnosis("oneDNN", "advice", what, "unset ONEDNN_MAX_CPU_ISA and DNNL_MAX_CPU_ISA")
    features = " ".join(environment.machine.processor_features) or "vector features unknown"
    return Diagnosis("oneDNN", "fine", f"on, {features}")


def harness_commit(environment: Environment) -> Diagnosis:
    """Say which version of the harness makes the records."""
    commit = f", commit {environment.commit[:10]}" if environment.commit else ""
    what = f"{environment.harness}{commit}"
    if environment.uncommitted_changes:
        remedy = "commit before recording results to publish"
        return Diagnosis("harness", "advice", f"{what}, with uncommitted changes", remedy)
    return Diagnosis("harness", "fine", what)


def cores(physical: int, quota: float | None) -> Diagnosis:
    """Say how many trials run at once, on as many cores as there are and may be used for as long as a quota allows."""
    what = f"{physical} for trials, one each ({len(usable_cores())} of {os.cpu_count() or 1} processors may be used)"
    if quota is None or quota >= physical:
        return Diagnosis("cores", "fine", what)
    what += f", but a quota gives the time of {quota:g}"
    jobs = max(1, int(quota))
    remedy = f"bench run --jobs {jobs}, or trials are held up and their times mean little"
    return Diagnosis("cores", "advice", what, remedy)


def memory(available: int, jobs: int, largest_trial: int) -> Diagnosis:
    """Say whether the largest trial fits, and one on every core."""
    what = f"{gigabytes(available)} available; the largest trial takes about {gigabytes(largest_trial)}"
    if available < largest_trial:
        return Diagnosis("memory", "problem", what, "end other programs, or leave that architecture out")
    fit = int(available * RESERVE / largest_trial)
    if fit < jobs:
        remedy = "end other programs: idle cores cost time"
        return Diagnosis("memory", "advice", f"{what}: {fit} at once, not {jobs}", remedy)
    return Diagnosis("memory", "fine", what)


def folder(subject: str, path: Path, needed: int) -> Diagnosis:
    """Say whether a folder can be written and has room."""
    there, named = nearest_existing(path), below_home(path)
    if not there.is_dir():
        remedy = "choose another folder, or move that file"
        return Diagnosis(subject, "problem", f"{below_home(there)} is not a folder", remedy)
    if not os.access(there, os.W_OK):
        remedy = "choose another folder, or change its permissions"
        return Diagnosis(subject, "problem", f"{named} can't be written", remedy)
    free = shutil.disk_usage(there).free
    what = f"{named}, {gigabytes(free)} free"
    if free < needed:
        return Diagnosis(subject, "problem", what, f"make room: {gigabytes(needed)} are needed")
    return Diagnosis(subject, "fine", what)


def nearest_existing(path: Path) -> Path:
    """Return the folder itself, or the nearest one above it that exists."""
    absolute = (without_tilde(path) or path).absolute()
    return next(path for path in (absolute, *absolute.parents) if path.exists())


def data(specs: Path, named: Collection[str]) -> tuple[Diagnosis, ...]:
    """Tell of each data set in use whether its verified copy is there, and whether the cache could take one.

    ``specs`` is the folder of the specs, which can have data sets of its own; ``named`` are those that the specs name.
    """
    try:
        copies = [copy_state(dataset) for dataset in datasets_in_use(specs, named)]
    except InvalidSpec as error:
        return (Diagnosis("data", "problem", str(error.mistakes[0]), "bench validate reports every mistake"),)
    except NoCacheFolder as error:
        what, _, remedy = str(error).rpartition("; ")
        return (Diagnosis("cache", "problem", what, remedy),)
    missing = any(not copy.verified for copy in copies)
    return (*map(_copy, copies), folder("cache", cache_folder(), CACHE_BYTES if missing else 0))


def _copy(copy: CopyState) -> Diagnosis:
    name = copy.dataset.name
    if copy.problem is not None:
        return Diagnosis(f"data {name}", "advice", copy.problem, f"bench data fetch {name} (bench run does it too)")
    return Diagnosis(f"data {name}", "fine", "verified against the published digests")


def read_specs(folder: Path) -> tuple[tuple[Architecture, ...], Diagnosis]:
    """Read every spec; a mistake in one stops `bench run --all`."""
    try:
        chosen = select((), folder)
    except BenchError as error:
        return (), Diagnosis("specs", "problem", str(error).splitlines()[0], "bench validate reports every mistake")
    return chosen, Diagnosis("specs", "fine", f"{len(chosen)} architectures, all valid")


def below_home(path: Path) -> str:
    """Return the path with the home folder as ``~``: what the doctor says is pasted into public places."""
    absolute = (without_tilde(path) or path).absolute()
    try:
        return str(Path("~") / absolute.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(absolute)


def gigabytes(number: float) -> str:
    """Return bytes with their unit."""
    return f"{number / 2**30:.1f} GiB"
