"""Trains trials side by side on this machine, each in a fresh process on its own cores; saves nothing."""

from __future__ import annotations

import math
import multiprocessing
import multiprocessing.connection
import tempfile
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from multiprocessing.context import BaseContext
from pathlib import Path

from harness.declaration.files import cache_folder
from harness.execute.core_pool import CorePool
from harness.execute.cores import RESERVE, available_memory, jobs_here, physical_cores, pinned_cores
from harness.execute.engine import EngineOptions, Queue, TrialEvent, TrialStarted, Waiting
from harness.execute.process_start import ONE_THREAD, main_hidden, process_context, process_folder, variables_set
from harness.execute.trial_process import TrialProcess
from harness.planning.trial import Trial
from harness.records.environment import Commit, current_commit
from harness.records.store import checkpoint_file
from harness.worker.messages import Job
from harness.worker.preload import preload_variables
from harness.worker.process import main

# How long the parent sleeps at most while trials run, and between looks at what other runs have finished.
PATIENCE_SECONDS = 0.5
# What any trial may take: a small network with its framework takes half of it.
LEAST_SHARE_BYTES = 2 * 2**30


@dataclass(frozen=True)
class LocalEngine:
    """Local processes.

    Args:
        options: How many at once, and how each is run.
        start_method: How processes are started, one of ``multiprocessing``'s; None: whatever is soundest here.
    """

    options: EngineOptions
    start_method: str | None = None

    @cached_property
    def jobs(self) -> int:
        """How many trials it trains at once."""
        options = self.options
        return options.jobs or jobs_here(options.threads, options.trial_bytes)

    def __call__(self, queue: Queue) -> Generator[TrialEvent, None, None]:
        """Train the queue's trials and yield what happens."""
        options = self.options
        running: list[TrialProcess] = []
        share = max(LEAST_SHARE_BYTES, available_memory() * RESERVE / self.jobs)
        cores = CorePool(pinned_cores(physical_cores(), options.threads, self.jobs))
        with tempfile.TemporaryDirectory(dir=process_folder()) as logs:
            start = Starter(options, process_context(self.start_method), Path(logs), current_commit())
            try:
                while True:
                    while len(running) < self.jobs and (trial := queue.take()) is not None:
                        yield TrialStarted(trial)
                        running.append(start(trial, cores.take(options.threads)))
                        for started in running:
                            started.concurrent_trials = max(started.concurrent_trials, len(running) - 1)
                    if not running:
                        if queue.exhausted():
                            return
                        yield Waiting()
                        time.sleep(PATIENCE_SECONDS)
                        continue
                    yield from listen(running, share)
                    for ended in [trial for trial in running if trial.ended]:
                        running.remove(ended)
                        cores.give_back(ended.job.cores)
            finally:
                for left in running:
                    left.stop()
                    cores.give_back(left.job.cores)


engine = LocalEngine


@dataclass(frozen=True)
class Starter:
    """Starts the processes of one run, whose logs are in its folder.

    The server that they are forked from stays for the next run of this process, and so does what it writes.
    """

    options: EngineOptions
    context: BaseContext
    logs: Path
    commit: Commit

    def __call__(self, trial: Trial, cores: tuple[int, ...]) -> TrialProcess:
        """Start the trial's process on its cores.

        The server that processes are forked from may be killed at that moment, which is no fault of the trial: another
        one is started.
        """
        try:
            return self._start(trial, cores)
        except (EOFError, ConnectionError):
            return self._start(trial, cores)

    def _start(self, trial: Trial, cores: tuple[int, ...]) -> TrialProcess:
        options = self.options
        parent, child = self.context.Pipe()
        job = Job(
            trial=trial,
            cores=cores,
            threads=options.threads,
            deterministic=options.deterministic,
            cache=cache_folder(),
            checkpoint=checkpoint_file(options.checkpoints, trial.name) if options.checkpoints else None,
            log=self.logs / f"{trial.name}.log",
            spawned=time.time(),
            commit=self.commit,
            keep_weights=options.keep_weights,
            kept=options.kept(trial) if options.kept else None,
        )
        process = self.context.Process(target=main, args=(job, child), daemon=True)  # type: ignore[attr-defined]
        with main_hidden(), variables_set(self._variables(trial.computation.backend)):
            process.start()
        child.close()  # so that the process's end is the connection's end
        return TrialProcess(job, process, parent, options.timeout_seconds)

    def _variables(self, backend: str) -> Mapping[str, str]:
        return {**ONE_THREAD, **preload_variables(backend, process_folder())}


def listen(running: list[TrialProcess], memory_bytes: float = math.inf) -> Iterator[TrialEvent]:
    """Yield what the running trials report within a moment; end those that are late, or hold more memory than that."""
    by_connection = {trial.connection: trial for trial in running}
    patience = min(PATIENCE_SECONDS, *(trial.seconds_left() for trial in running))
    for ready in multiprocessing.connection.wait(list(by_connection), timeout=max(0.0, patience)):
        yield from by_connection[ready].receive()  # type: ignore[index]
    for trial in running:
        if not trial.ended and trial.seconds_left() <= 0:
            yield trial.end_late()
        if not trial.ended and (greedy := trial.end_greedy(memory_bytes)):
            yield greedy
