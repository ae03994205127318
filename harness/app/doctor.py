"""Everything that the doctor looks at, in order; last, whether this machine is quiet enough to time on."""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import repeat
from statistics import median, quantiles

import psutil

from harness.app import inspections
from harness.app.inspections import Diagnosis
from harness.app.workspace import Workspace
from harness.execute.cores import available_memory, cpu_quota, physical_cores
from harness.execute.process_start import ONE_THREAD, variables_set
from harness.records.environment import Environment, current_environment, usable_cores
from harness.spec.cost import PROCESS_BYTES, cost
from harness.worker.clocks import calibrate, load_average, stolen_seconds

WATCH_SECONDS = 1.0
CALIBRATION_SECONDS = 2.0
MOST_CORES = 8  # starting a process on each of a hundred cores would take longer than measuring
# The report marks trials whose calibration drifts by as much.
DRIFT = 0.05
BUSY = 0.10
STOLEN = 0.01


@dataclass(frozen=True)
class Quietness:
    """How quiet it was. Shares are of the watched cores' time; unknown is None.

    ``busy_share`` is what other programs took in a second in which this one slept. ``gflops`` is the median of a
    fixed float32 matrix product on each core, all of them at once; ``spread`` is the largest distance between its
    9th and 1st decile on one core, as a share of the median.
    """

    busy_share: float
    stolen_share: float | None
    load_average: float | None
    gflops: tuple[float, ...]
    spread: float

    @property
    def disturbances(self) -> tuple[str, ...]:
        """What disturbs times, in words; empty where it is quiet."""
        found = []
        if self.busy_share > BUSY:
            found.append(f"other programs take {self.busy_share:.0%} of the cores' time")
        if self.stolen_share is not None and self.stolen_share > STOLEN:
            found.append(f"the hypervisor takes {self.stolen_share:.1%}")
        if self.spread > DRIFT:
            found.append(f"a fixed calculation varies by {self.spread:.0%}")
        return tuple(found)


@dataclass(frozen=True)
class Examination:
    """The environment, what was found of each thing, and how quiet it was."""

    environment: Environment
    diagnoses: tuple[Diagnosis, ...]
    quietness: Quietness

    @property
    def is_fit(self) -> bool:
        """Whether nothing would stop a run."""
        return all(diagnosis.state != "problem" for diagnosis in self.diagnoses)


def examine(workspace: Workspace, *, measuring: AbstractContextManager[object] | None = None) -> Examination:
    """Look at everything; the cores are measured last, when nothing else of ours runs, within ``measuring``."""
    environment = current_environment(threads=1)
    chosen, specs = inspections.read_specs(workspace.specs)
    cores = physical_cores()
    largest = max((cost(architecture).training_bytes for architecture in chosen), default=PROCESS_BYTES)
    diagnoses = (
        inspections.versions(environment, inspections.wanted_versions()),
        inspections.onednn(environment),
        inspections.harness_commit(environment),
        specs,
        *inspections.data(workspace.specs, {architecture.dataset for architecture in chosen}),
        inspections.folder("results", workspace.results, inspections.RESULTS_BYTES),
        inspections.cores(len(cores), cpu_quota()),
        inspections.memory(available_memory(), len(cores), largest),
    )
    with measuring or nullcontext():
        quietness = measure_quietness(cores)
    return Examination(environment, (*diagnoses, quiet(quietness)), quietness)


def measure_quietness(cores: tuple[int, ...]) -> Quietness:
    """Watch the cores for a second, then keep each busy for two in a process of its own."""
    watched = cores[:MOST_CORES]
    busy = psutil.cpu_percent(interval=WATCH_SECONDS, percpu=True)
    stolen, started = stolen_seconds(watched), time.perf_counter()
    per_core = _calibrate_all(watched)
    seconds, stolen_after = time.perf_counter() - started, stolen_seconds(watched)
    return Quietness(
        busy_share=sum(busy[core] for core in watched if core < len(busy)) / 100 / len(watched),
        stolen_share=_share(stolen, stolen_after, seconds * len(watched)),
        load_average=load_average(),
        gflops=tuple(median(values) for values in per_core),
        spread=max(map(spread, per_core)),
    )


def quiet(found: Quietness) -> Diagnosis:
    """Say whether times measured now mean something."""
    speed = ", ".join(f"{value:.0f}" for value in found.gflops)
    what = f"{speed} GFLOP/s per core in float32, varying by {found.spread:.1%}"
    if found.disturbances:
        return Diagnosis(
            "quiet",
            "advice",
            f"{what}; {'; '.join(found.disturbances)}",
            "end other programs before you trust times; bits don't mind",
        )
    return Diagnosis("quiet", "fine", f"{what}; other programs take {found.busy_share:.0%}")


def spread(values: list[float]) -> float:
    """Return the distance between the 9th and the 1st decile as a share of the median, shape (n,) with n > 1."""
    deciles = quantiles(values, n=10)
    return (deciles[-1] - deciles[0]) / median(values)


def calibrations(core: int, seconds: float) -> list[float]:
    """Return GFLOP/s again and again for so long on one core; the process belongs to this function."""
    if hasattr(os, "sched_setaffinity") and core in usable_cores():
        os.sched_setaffinity(0, {core})
    calibrate()  # the first one pays for NumPy's start
    end = time.perf_counter() + seconds
    values = [calibrate(), calibrate()]
    while time.perf_counter() < end:
        values.append(calibrate())
    return values


def _calibrate_all(cores: tuple[int, ...]) -> list[list[float]]:
    """Calibrate on all cores at once, as trials run; each process is new, so that its NumPy takes one thread."""
    with ProcessPoolExecutor(len(cores), multiprocessing.get_context("spawn")) as pool:
        with variables_set(ONE_THREAD):  # `map` starts the processes
            measured = pool.map(calibrations, cores, repeat(CALIBRATION_SECONDS))
        return list(measured)


def _share(before: float | None, after: float | None, seconds: float) -> float | None:
    return None if before is None or after is None else max(0.0, after - before) / seconds
