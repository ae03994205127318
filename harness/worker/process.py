"""A trial's own process: pins itself, reports to its parent and ends with it; imports its backend itself."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import traceback
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from harness.errors import BenchError
from harness.records.environment import current_environment, usable_cores
from harness.records.record import FailureKind
from harness.worker.backend import find_backend
from harness.worker.evaluating import NotANumber
from harness.worker.messages import Failed, Job
from harness.worker.training import run_trial

# How lines of TensorFlow's messages begin that say where, not what.
ABOUT = ("[[", "[Op:", "File ", "<stack traces", "Call arguments", "Stack trace", "Detected at")
MOST_REASON = 400
# The exit code of a process that was asked to stop, or whose parent is gone.
STOPPED = 3


def main(job: Job, parent: Connection) -> None:
    """Run the job and report to the parent; every error becomes a report."""
    send_output_to(job.log)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's: it decides, and stops this process
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    environment = partial(
        current_environment,
        job.threads,
        deterministic=job.deterministic,
        backend=job.trial.computation.backend,
        cores=len(usable_cores()),  # the machine's, before this process is pinned to its own
        commit=job.commit,
    )
    if job.cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, job.cores)
    memory_errors: tuple[type[Exception], ...] = (MemoryError,)
    try:
        backend = find_backend(job.trial.computation.backend).load()
        memory_errors += backend.memory_errors
        run_trial(job, backend, parent.send, environment)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent records it
        traceback.print_exc()
        parent.send(failed(error, memory_errors))


def failed(error: Exception, memory_errors: tuple[type[Exception], ...]) -> Failed:
    """Return the report of an error: our own sentences as they are, others' with their type."""
    kind: FailureKind = "nan" if isinstance(error, NotANumber) else "error"
    if isinstance(error, memory_errors):
        kind = "memory"
    reason = reason_of(str(error))
    ours = isinstance(error, BenchError | NotANumber)
    return Failed(kind, reason if ours else f"{type(error).__name__}: {reason}")


def reason_of(message: str) -> str:
    """Return the line of a message that says what went wrong; a framework may begin with a heading and a stack."""
    first, *others = [line.strip() for line in message.strip().splitlines() if line.strip()] or ["no message"]
    if not first.endswith(":"):
        return first[:MOST_REASON]
    said = [line for line in others if not line.endswith(":") and not line.startswith(ABOUT)]
    return f"{first} {said[-1]}"[:MOST_REASON] if said else first[:MOST_REASON]


def send_output_to(log: Path) -> None:
    """Send all that this process and its libraries print, from C++ too, to the log.

    The streams are made anew: those that a forked process inherits may write elsewhere, as a notebook's do.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115


def _end_with_parent(parent: Connection) -> None:
    """Wait until the parent says to stop, or ends, and end at once: no orphan keeps a core busy."""
    process = multiprocessing.parent_process()
    multiprocessing.connection.wait([parent, process.sentinel] if process else [parent])
    os._exit(STOPPED)
