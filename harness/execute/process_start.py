"""How processes are started and the variables that they start with; starts none."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import util
from multiprocessing.context import BaseContext
from pathlib import Path
from types import ModuleType

from harness.execute.process_folder import process_folder

# In which sockets find room, and how long another folder's name may be beside theirs.
SHORT_PLACES = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - folders of random names are made in them
MOST_FOLDER_BYTES = 60
# Read when NumPy is imported: one thread of its own, so that a process has no other pool than its backend's, whose
# size the process chooses.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def process_context(start_method: str | None = None) -> BaseContext:
    """Return how processes are started: forked from a server that has imported the backend, where that is sound.

    On macOS a fork after Apple's libraries are loaded can hang, and Windows has none: there each trial imports
    for itself.
    """
    keep_sockets_short(process_folder())
    context = multiprocessing.get_context(start_method or ("forkserver" if sys.platform == "linux" else "spawn"))
    context.set_forkserver_preload(["harness.worker.preload"])
    return context


def keep_sockets_short(usual: Path, places: Sequence[str] = SHORT_PLACES) -> None:
    """Put the sockets of ``multiprocessing`` into a folder; elsewhere where its name is too long for the 107 bytes."""
    before = tempfile.tempdir
    tempfile.tempdir = str(usual)
    if len(os.fsencode(usual)) > MOST_FOLDER_BYTES:
        tempfile.tempdir = next((place for place in places if os.access(place, os.W_OK)), str(usual))
    try:
        util.get_temp_dir()  # kept for this process and its children, and removed when it ends
    finally:
        tempfile.tempdir = before


@contextmanager
def main_hidden() -> Iterator[None]:
    """Keep the user's own program out of the processes that the block starts.

    ``multiprocessing`` runs its file again in each of them, for the functions that it may define: a script that calls
    `harness.run` at its top level would call it again in every trial, and none would end.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def variables_set(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for what the block starts, and put back what was there.

    A process inherits its variables when it is started, a forked one those of the server it is forked from; this
    process's own must not change while its caller has control.
    """
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
