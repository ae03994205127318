"""How quiet the machine is while a trial runs; trains nothing and imports no TensorFlow."""

from __future__ import annotations

import time
from statistics import median

import numpy as np
import psutil

from harness.records.record import Conditions

# Large enough for the processor's full speed, small enough for its second-level cache.
MATRIX_SIZE = 512
PRODUCTS = 40


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
    """Return the seconds that the hypervisor has taken from these cores since the machine started, if it tells."""
    times = psutil.cpu_times(percpu=True)
    chosen = [times[core] for core in cores if core < len(times)] or times
    if not hasattr(chosen[0], "steal"):
        return None
    return sum(float(one.steal) for one in chosen)


def load_average() -> float | None:
    """Return the load of the last minute, where the system tells it."""
    try:
        return psutil.getloadavg()[0]
    except (AttributeError, OSError):
        return None
