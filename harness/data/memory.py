"""Whether data fits into this machine's memory, asked before any of it is read; measures nothing else."""

from __future__ import annotations

from pathlib import Path

from harness.errors import DataRefused

GIB = 2**30
# Nothing under this needs a look at the machine.
SURELY_FITS = GIB // 4


def check_fits(path: Path, needed_bytes: int) -> None:
    """Refuse data that takes more bytes than this machine has, as its headers tell.

    Raises:
        DataRefused: It does.
    """
    if needed_bytes <= SURELY_FITS:
        return
    import psutil  # noqa: PLC0415 - rarely needed

    memory = int(psutil.virtual_memory().total)
    if needed_bytes > memory:
        what = f"its values take {needed_bytes / GIB:,.1f} GiB, and this machine has {memory / GIB:,.1f} GiB of memory"
        raise DataRefused(f"{path}: {what}; use fewer or smaller examples.")
