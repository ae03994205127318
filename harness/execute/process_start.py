"""How processes are started: with which variables, in a folder of the run's own that ends with it; starts none."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from multiprocessing import util
from multiprocessing.context import BaseContext
from pathlib import Path
from types import ModuleType

from filelock import FileLock, Timeout

PREFIX, LOCK = "bench-", "lock"
# Of a cluster that is started for one run: where what its processes leave is removed with it.
FOLDER_VARIABLE = "BENCH_RAY_FOLDER"
# After the sockets in it have been closed, which Python does at -100.
LAST = -200


def process_folder() -> Path:
    """Return the folder, which stays until the process ends, and with it the server that trials are forked from."""
    return _own()[0]


@cache
def _own() -> tuple[Path, FileLock]:
    """Return the folder and its lock, kept here: a fork that forgot it would unlock it for both."""
    folder, lock = made_folder(Path(os.environ.get(FOLDER_VARIABLE) or tempfile.gettempdir()))
    # In this process alone, and not in one that is forked from it.
    util.Finalize(None, _remove, (folder, lock), exitpriority=LAST)
    return folder, lock


def made_folder(parent: Path) -> tuple[Path, FileLock]:
    """Make a locked folder in ``parent``, and remove there what was left by processes that were killed.

    A process holds its lock for as long as it runs. Its number would not tell that: it may be another's by now, or that
    of a process in another container.
    """
    for path in parent.glob(f"{PREFIX}*/{LOCK}"):
        remove_left(path.parent)
    hidden = Path(tempfile.mkdtemp(prefix=f".{PREFIX}", dir=parent))
    lock = FileLock(hidden / LOCK, thread_local=False)
    lock.acquire()
    # Found by others only now, when it is locked.
    return hidden.rename(parent / hidden.name.removeprefix(".")), lock


def remove_left(folder: Path) -> None:
    """Remove the folder where its process has ended."""
    try:
        with FileLock(folder / LOCK).acquire(timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
    except (Timeout, OSError):
        return  # its process runs, or it is another user's


def _remove(folder: Path, lock: FileLock) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()


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
