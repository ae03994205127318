"""The trial's own process: pins itself, sends messages to its parent and ends with it; trains through ``training``.

It must be importable without TensorFlow: the parent names its function, the process imports the rest.
"""

from __future__ import annotations

import importlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import traceback
from multiprocessing.connection import Connection
from pathlib import Path

from harness.errors import BenchError
from harness.records.environment import Environment, current_environment, usable_cores
from harness.records.record import FailureKind, Stage
from harness.worker.messages import Failed, Job, Message, StageBegan

# The exit code of a process that was told to stop, or whose parent is gone.
STOPPED = 3


def main(job: Job, parent: Connection) -> None:
    """Run the job and send its messages; every error becomes a message."""
    send_output_to(job.log)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's: it decides and tells
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    cores = len(usable_cores())  # the machine's, before this process is pinned to its own
    if job.cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, job.cores)
    stage: Stage = "start-up"

    def environment() -> Environment:
        return current_environment(job.threads, deterministic=job.deterministic, cores=cores, commit=job.commit)

    def tell(message: Message) -> None:
        nonlocal stage
        if isinstance(message, StageBegan):
            stage = message.stage
        parent.send(message)

    try:
        # Imports the framework: here, in the trial's own process, and nowhere before.
        importlib.import_module(f"harness.backends.{job.trial.computation.backend}.training").run_trial(
            job, tell, environment
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent records it
        traceback.print_exc()
        parent.send(Failed(stage, failure_kind(error), failure_reason(error)))


def failure_kind(error: Exception) -> FailureKind:
    """Return what sort of failure the error is, by its type's name: TensorFlow may not be importable here."""
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return "memory"
    return "nan" if type(error).__name__ == "NotANumber" else "error"


def failure_reason(error: Exception) -> str:
    """Return one line: our own sentences as they are, others' with their type."""
    message = str(error).strip()
    first = message.splitlines()[0] if message else "no message"
    is_own = isinstance(error, BenchError) or type(error).__name__ == "NotANumber"
    return first if is_own else f"{type(error).__name__}: {first}"


def send_output_to(log: Path) -> None:
    """Send all that this process and its libraries print, from C++ too, to the log."""
    sys.stdout.flush()
    sys.stderr.flush()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)


def _end_with_parent(parent: Connection) -> None:
    """Wait until the parent says to stop, or ends, and end at once: no orphan keeps a core busy."""
    process = multiprocessing.parent_process()
    multiprocessing.connection.wait([parent, process.sentinel] if process else [parent])
    os._exit(STOPPED)
