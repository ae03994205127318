"""Imports TensorFlow once in the server that trials are forked from; starts no thread and no TensorFlow runtime.

A forked trial is a fresh process: nothing has been built, no seed drawn, no thread pool made. What it is spared
is the import, 2 to 4 seconds. The bits and the epoch's seconds are those of a trial that imports for itself.
"""

from __future__ import annotations

import os
from pathlib import Path

from harness.worker.process import send_output_to

LOG_VARIABLE = "BENCH_PRELOAD_LOG"

if LOG_VARIABLE in os.environ:  # TensorFlow greets on stderr, in the middle of a progress bar
    send_output_to(Path(os.environ[LOG_VARIABLE]))
    import harness.backends.tensorflow.training  # noqa: F401 - for its imports
