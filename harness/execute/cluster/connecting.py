"""Connects this process to a Ray cluster that runs, or starts one of this machine alone and ends it again."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.execute.process_start import FOLDER_VARIABLE, process_folder

CONNECT_SECONDS = 10.0
# Of a cluster on this machine alone: the data sets fit, and the rest goes to the disk.
OBJECT_STORE_BYTES = 512 * 2**20
AUTO = "auto"
# Nothing of these is sent anywhere or shown; trials run as those of local processes do, and not after all else.
VARIABLES = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_worker_niceness": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}


def import_ray() -> None:
    """Import Ray with its variables set, which takes seconds."""
    os.environ.update(VARIABLES)
    import ray  # noqa: F401, PLC0415


class Unanswered(Exception):
    """Ray can't be reached or started, for a reason in one line."""


@contextmanager
def connected(address: str | None, cpus: int) -> Iterator[None]:
    """Connect this process to the cluster at the address; without one, start one on this machine and end it again."""
    import ray  # noqa: PLC0415

    quiet = {"log_to_driver": False, "logging_level": logging.CRITICAL, "configure_logging": False}
    folder = None
    try:
        if address is None:
            folder = Path(tempfile.mkdtemp(dir=process_folder()))
            os.environ[FOLDER_VARIABLE] = str(folder)
            start_here(folder, cpus, quiet)
        else:
            if address != AUTO:
                check_answers(address)
            ray.init(address=address, **quiet)
    except Unanswered:
        raise
    except Exception as error:
        raise Unanswered(first_line(error)) from error
    try:
        yield
    finally:
        ray.shutdown()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def start_here(folder: Path, cpus: int, quiet: dict[str, Any]) -> None:
    """Start a cluster of this machine alone; a second time, where the machine was too busy for Ray's own deadlines."""
    import ray  # noqa: PLC0415

    def start() -> None:
        ray.init(
            address="local",
            num_cpus=cpus,
            object_store_memory=OBJECT_STORE_BYTES,
            include_dashboard=False,
            _temp_dir=str(folder),
            **quiet,
        )

    try:
        start()
    except Exception:  # noqa: BLE001 - Ray's own is no more exact
        ray.shutdown()
        start()


def check_answers(address: str) -> None:
    """Raise Unanswered where nothing listens at ``host:port``: Ray itself would ask for minutes."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()
    except (OSError, ValueError, OverflowError) as error:
        raise Unanswered(getattr(error, "strerror", None) or str(error)) from error


def first_line(error: BaseException) -> str:
    """Return an error's first line."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
