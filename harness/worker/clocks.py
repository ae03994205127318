"""Wall and processor seconds of a block of code, and how quiet the machine is meanwhile; trains nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import numpy as np
import psutil

from harness.records.record import Conditions

# Large enough for the processor's full speed, small enough for its second-level cache.
MATRIX_SIZE = 512
PRODUCTS = 40


class Stopwatch:
    """Seconds on the wall and on the processor (all threads together), known once its block is left."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Time the block."""
    watch = Stopwatch()
    start, cpu_start = time.perf_counter(), time.process_time()
    try:
        yield watch
    finally:
        watch.seconds = time.perf_counter() - start
        watch.cpu_seconds = time.process_time() - cpu_start


def calibrate() -> float:
    """Return the GFLOP/s of a fixed float32 matrix product on this thread: the median over some 50 ms."""
    matrix = np.random.default_rng(0).random((MATRIX_SIZE, MATRIX_SIZE), dtype=np.float32)
    result = np.empty_like(matrix)
    np.matmul(matrix, matrix, out=result)
    seconds = []
    for _ in range(PRODUCTS):
        start = time.perf_counter()
        np.matmul(matrix, matrix, out=result)
        seconds.append(time.perf_counter() - start)
    return 2 * MATRIX_SIZE**3 / median(seconds) / 1e9


class Watch:
    """Looks at the machine when it is made, and again when it is asked.

    Args:
        cores: The trial's cores; empty: any.
    """

    def __init__(self, cores: tuple[int, ...]) -> None:
        self._cores = cores
        self._stolen = stolen_seconds(cores)
        self._calibration = calibrate()

    def conditions(self) -> Conditions:
        """Return what happened since."""
        stolen = stolen_seconds(self._cores)
        return Conditions(
            calibration_before_gflops=self._calibration,
            calibration_after_gflops=calibrate(),
            stolen_seconds=None if stolen is None or self._stolen is None else max(0.0, stolen - self._stolen),
            load_average=load_average(),
        )


def stolen_seconds(cores: tuple[int, ...]) -> float | None:
    """Return the seconds that the hypervisor has taken from these cores since the machine started, if known."""
    times = psutil.cpu_times(percpu=True)
    chosen = [times[core] for core in cores if core < len(times)] or times
    if not hasattr(chosen[0], "steal"):
        return None
    return sum(float(core.steal) for core in chosen)


def load_average() -> float | None:
    """Return the load of the last minute, where the system knows it."""
    try:
        return psutil.getloadavg()[0]
    except (AttributeError, OSError):
        return None


def peak_memory_bytes() -> int | None:
    """Return the most memory that this process has held, where the system counts it."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
