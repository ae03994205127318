"""What a node of the cluster does: it describes itself, and carries one trial at a time, in a process of its own.

A worker of Ray's stays for the next trial, and with it the server that trials are forked from: so a node pays for
importing the framework once for each of its places, as a local run does once.
"""

from __future__ import annotations

import hashlib
import multiprocessing.connection
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.data.cache import CachedCopy
from harness.data.dataset import Dataset
from harness.errors import CannotWrite, DataMissing
from harness.execute.cluster.messages import Parcel
from harness.execute.core_pool import CorePool
from harness.execute.cores import physical_cores
from harness.execute.engine import EngineOptions
from harness.execute.engines.local import Starter
from harness.execute.process_start import process_context, process_folder, variables_set
from harness.execute.trial_process import TrialProcess
from harness.planning.trial import Trial
from harness.records.environment import PACKAGE, Commit, current_commit, current_environment
from harness.records.files import write_atomically
from harness.records.store import checkpoint_file
from harness.worker.messages import EpochDone, Failed, Finished, Message
from harness.worker.process import failed

PATIENCE_SECONDS = 0.5
# What a wheel has in the package and a clone beside it.
BESIDE = ("architectures/", "benchmarks/")
CACHE_VARIABLE = "BENCH_CACHE"


@dataclass(frozen=True)
class Shipped:
    """A data set, and the file of its verified copy: a reference in Ray's object store, fetched where it is needed."""

    dataset: Dataset
    content: Any


@dataclass(frozen=True)
class Load:
    """A trial with all that a node needs for it beside the package."""

    trial: Trial
    options: EngineOptions
    shipped: Shipped
    checkpoint: bytes | None = None


@dataclass(frozen=True)
class Host:
    """What a worker of Ray's keeps between trials."""

    folder: Path
    context: BaseContext
    commit: Commit
    variables: dict[str, str] = field(default_factory=dict)
    verified: set[Path] = field(default_factory=set)


def survey(options: EngineOptions) -> dict[str, Any]:
    """Describe this node in plain values, for a driver whose package may be another version."""
    environment = current_environment(options.threads, deterministic=options.deterministic, backend=options.backend)
    facts = environment.model_dump(mode="json")
    return {"cores": len(physical_cores()), "environment": facts, "code": code_sha256()}


@cache
def code_sha256() -> str:
    """Return one digest of the package's code, whether it is installed or a clone."""
    sha256 = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(BESIDE):
            sha256.update(f"{name}\0".encode() + path.read_bytes())
    return sha256.hexdigest()


def carry(load: Load) -> Iterator[Parcel]:
    """Train the trial in a process of its own, and yield its reports as they come."""
    host = this_host()
    checkpoint = checkpoint_file(host.folder, load.trial.name)
    pool = CorePool(physical_cores())
    cores = pool.take(load.options.threads)
    process: TrialProcess | None = None
    try:
        yield Parcel(None)
        process = start(load, host, cores)
        yield from parcels(process, checkpoint)
    except Exception as error:
        if type(error).__module__.startswith("ray."):
            raise  # the data could not be fetched: the trial is lost, and sent again
        yield Parcel(failed(error, (MemoryError,)))
    finally:
        if process is not None and not process.ended:
            process.end()
        pool.give_back(cores)
        checkpoint.unlink(missing_ok=True)


def start(load: Load, host: Host, cores: tuple[int, ...]) -> TrialProcess:
    """Start the trial's process, where its data is at hand, and its checkpoint."""
    bring(load.shipped, host)
    checkpoint = checkpoint_file(host.folder, load.trial.name)
    checkpoint.unlink(missing_ok=True)
    if load.checkpoint is not None:
        checkpoint.write_bytes(load.checkpoint)
    options = replace(load.options, checkpoints=host.folder)
    with variables_set(host.variables):
        return Starter(options, host.context, host.folder, host.commit)(load.trial, cores)


def parcels(process: TrialProcess, checkpoint: Path) -> Iterator[Parcel]:
    """Yield the process's reports, with each epoch's the checkpoint if it is a new one, until the last."""
    seen = version(checkpoint)
    for message in messages(process):
        if isinstance(message, Finished | Failed):
            yield Parcel(message, log=process.end())
            return
        new = isinstance(message, EpochDone) and version(checkpoint) != seen
        seen = version(checkpoint)
        yield Parcel(message, checkpoint.read_bytes() if new else None)


def messages(process: TrialProcess) -> Iterator[Message]:
    """Yield what the process reports, until its deadline."""
    while (left := process.seconds_left()) > 0:
        multiprocessing.connection.wait([process.connection], timeout=min(PATIENCE_SECONDS, left))
        yield from process.messages()
    yield process.stop_late()


def version(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from the one that it replaces; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def bring(shipped: Shipped, host: Host) -> None:
    """Have a verified copy of the data in this node's cache; where that takes no file, in the worker's own folder.

    Raises:
        DataMissing: What was shipped does not have the declared digests.
    """
    with variables_set(host.variables):
        copy = CachedCopy(shipped.dataset)
    if copy.path in host.verified:
        return
    with suppress(DataMissing):
        copy.read()
        host.verified.add(copy.path)
        return
    content = fetched(shipped.content).tobytes()
    try:
        write_atomically(copy.path, content)
    except CannotWrite:
        host.variables[CACHE_VARIABLE] = str(host.folder / "cache")
        copy = CachedCopy(shipped.dataset, host.folder / "cache")
        write_atomically(copy.path, content)
    copy.read()
    host.verified.add(copy.path)


def fetched(content: Any) -> npt.NDArray[np.uint8]:  # noqa: ANN401 - a reference of Ray's, which has no types
    """Return the bytes behind a reference."""
    import ray  # noqa: PLC0415 - only where it runs already

    found: npt.NDArray[np.uint8] = ray.get(content)
    return found


@cache
def this_host() -> Host:
    """Return what this worker keeps. Ray may end it without a word: the next one on the node clears away after it."""
    return Host(process_folder(), process_context(), current_commit())
