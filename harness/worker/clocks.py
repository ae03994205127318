"""Wall and processor seconds of a block of code; decides nothing of what is timed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


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
