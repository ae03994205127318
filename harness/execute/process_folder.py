"""This process's own folder among the system's temporary ones; one whose process was killed is removed by the next."""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import cache
from multiprocessing import util
from pathlib import Path

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
