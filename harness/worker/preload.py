"""Imports a backend once, in the server that trials are forked from; starts no thread and no runtime of it.

A forked trial is a fresh process: nothing has been built, no seed drawn, no thread pool made. What it is spared
is the import, 2 to 4 seconds for TensorFlow. The bits and the epoch's seconds are those of a trial that imports for
itself.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from pathlib import Path

from harness.worker.backend import find_backend
from harness.worker.process import send_output_to

BACKEND_VARIABLE, LOG_VARIABLE = "BENCH_PRELOAD_BACKEND", "BENCH_PRELOAD_LOG"


def preload_variables(backend: str, folder: Path) -> Mapping[str, str]:
    """Return the variables that the server is to be started with; ``folder`` takes what it and the backend write."""
    preload = {BACKEND_VARIABLE: backend, LOG_VARIABLE: str(folder / "preload.log")}
    return {**find_backend(backend).variables(folder), **preload}


if BACKEND_VARIABLE in os.environ:
    send_output_to(Path(os.environ[LOG_VARIABLE]))  # TensorFlow greets on stderr, in the middle of a progress bar
    # What is imported stays. Collections in a trial would go through all of it, and so copy every page that it shares
    # with the server: a quarter of the processor time up to the first epochs of a small network, and 100 MB.
    gc.disable()
    find_backend(os.environ[BACKEND_VARIABLE]).load()
    gc.freeze()
    gc.enable()
