"""Trains trials side by side on this machine, each in a fresh process on its own cores; saves nothing."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import BaseContext
from pathlib import Path

from harness.backends.tensorflow.preload import LOG_VARIABLE
from harness.data.cache import cache_folder
from harness.execute.cores import core_groups, physical_cores, reserved_cores
from harness.execute.engine import Event, Queue, TrialStarted, Waiting
from harness.execute.running import RunningTrial
from harness.plan.trial import Trial
from harness.worker.messages import Job
from harness.worker.process import main

# How long the parent sleeps at most while trials run, and between looks at what other runs have finished.
PATIENCE_SECONDS = 0.5
# Set before TensorFlow and NumPy are imported: one pool of threads, whose size the trial's process chooses, no
# greetings, and none of the user's own settings of Keras, which could change the backend or the precision.
PROCESS_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "KERAS_BACKEND": "tensorflow",
}


@dataclass(frozen=True)
class LocalEngine:
    """Local processes.

    Args:
        jobs: Trials at once.
        threads: Threads and cores of each.
        timeout_seconds: How long a trial may take; None: as long as it wants.
        checkpoints: Folder of the trials' checkpoints; None: a killed trial starts again from its beginning.
        deterministic: Whether op determinism is on.
    """

    jobs: int
    threads: int = 1
    timeout_seconds: float | None = None
    checkpoints: Path | None = None
    deterministic: bool = True

    def __call__(self, queue: Queue) -> Generator[Event, None, None]:
        """Train the queue's trials and yield what happens."""
        running: list[RunningTrial] = []
        with (
            reserved_cores(physical_cores(), self.jobs * self.threads) as cores,
            tempfile.TemporaryDirectory(prefix="bench-") as logs,
            process_environment(Path(logs)),
        ):
            free = core_groups(cores, self.threads, self.jobs)
            context = process_context()
            try:
                while True:
                    while free and (trial := queue.take()) is not None:
                        yield TrialStarted(trial)
                        running.append(self._start(context, trial, free.pop(0), Path(logs)))
                        for one in running:
                            one.trials_beside = max(one.trials_beside, len(running) - 1)
                    if not running:
                        if queue.exhausted():
                            return
                        yield Waiting()
                        time.sleep(PATIENCE_SECONDS)
                    yield from self._listen(running)
                    for ended in [one for one in running if one.ended]:
                        running.remove(ended)
                        free.append(ended.cores)
            finally:
                for one in running:
                    one.stop()

    def _start(self, context: BaseContext, trial: Trial, cores: tuple[int, ...], logs: Path) -> RunningTrial:
        parent, child = context.Pipe()
        job = Job(
            trial=trial,
            cores=cores,
            threads=self.threads,
            deterministic=self.deterministic,
            cache=cache_folder(),
            checkpoint=self.checkpoints / f"{trial.name}.npz" if self.checkpoints else None,
            log=logs / f"{trial.name}.log",
            spawned=time.time(),
        )
        process = context.Process(target=main, args=(job, child), daemon=True)  # type: ignore[attr-defined]
        process.start()
        child.close()  # so that the process's end is the connection's end
        return RunningTrial(job, process, parent, self.timeout_seconds)

    def _listen(self, running: list[RunningTrial]) -> Iterator[Event]:
        """Yield what the running trials tell within a moment, and end those past their deadline."""
        by_connection = {one.connection: one for one in running}
        for ready in multiprocessing.connection.wait(list(by_connection), timeout=PATIENCE_SECONDS):
            yield from by_connection[ready].receive()  # type: ignore[index]
        for one in running:
            if not one.ended and one.is_late():
                yield one.end_late()


def process_context() -> BaseContext:
    """Return how processes are started: forked from a server that has imported TensorFlow, where that is sound.

    On macOS a fork after Apple's libraries are loaded can hang, and Windows has none: there each trial imports
    for itself.
    """
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["harness.backends.tensorflow.preload"])
    return context


@contextmanager
def process_environment(logs: Path) -> Iterator[None]:
    """Give the processes that are started within the block their environment variables."""
    before = dict(os.environ)
    given = {**PROCESS_ENVIRONMENT, "KERAS_HOME": str(logs), LOG_VARIABLE: str(logs / "preload.log")}
    os.environ.update(given)
    try:
        yield
    finally:
        for name in given:
            os.environ.pop(name, None)
        os.environ.update({name: before[name] for name in given if name in before})
