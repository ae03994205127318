"""One trial's process as its parent sees it: receives its reports, ends it, and says why it ended; starts none."""

from __future__ import annotations

import contextlib
import math
import signal
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import numpy.typing as npt
import psutil

from harness.execute.engine import EpochEnded, Outcome, TrialBuilt, TrialEnded, TrialEvent
from harness.records.environment import Environment
from harness.records.record import Failure, FailureKind, Measurement, Stage
from harness.worker.messages import Built, EpochDone, Failed, Finished, Job, Message, StageBegan, Started

# How long a process that was asked to stop has, before it and all its children are killed.
GRACE_SECONDS = 2.0
LOG_LINES = 20


class TrialProcess:
    """A trial's process, its connection, and what it has reported so far.

    ``concurrent_trials`` is the most trials that ran at the same time, as its engine counts them.
    """

    def __init__(self, job: Job, process: BaseProcess, connection: Connection, timeout: float | None) -> None:
        self.job = job
        self.process = process
        self.connection = connection
        self.concurrent_trials = 0
        self.ended = False
        self._timeout = math.inf if timeout is None else timeout
        self._started = time.monotonic()
        self._oom_kills = oom_kills()
        self._stage: Stage = "start-up"
        self._environment: Environment | None = None
        self._measurement: Measurement | None = None
        self._epochs: list[EpochDone] = []
        self._weights: tuple[npt.NDArray[Any], ...] | None = None

    def receive(self) -> Iterator[TrialEvent]:
        """Yield what the process has reported; that it ends without a report is a failure."""
        try:
            while not self.ended and self.connection.poll():
                yield from self._take(self.connection.recv())
        except (EOFError, OSError):
            if not self.ended:
                yield self._end(self._crash())

    def seconds_left(self) -> float:
        """Return the seconds until the trial's deadline; infinitely many where it has none."""
        return self._started + self._timeout - time.monotonic()

    def end_late(self) -> TrialEnded:
        """Stop the process, whose deadline has passed, and return the failure."""
        self.stop()
        return self._end(self._failed("deadline", f"took longer than the {self._timeout:g} seconds allowed"))

    def stop(self) -> None:
        """Ask the process to stop; kill it if it doesn't, and all its children."""
        children = descendants(self.process.pid)
        with contextlib.suppress(OSError):
            self.connection.send("stop")
        self.process.join(GRACE_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()

    def _take(self, message: Message) -> Iterator[TrialEvent]:
        match message:
            case Started(environment):
                self._environment = environment
            case StageBegan(stage):
                self._stage = stage
            case Built(measurement):
                self._measurement = measurement
                yield TrialBuilt(self.job.trial, measurement.resumed_epochs)
            case EpochDone(measurement):
                self._epochs.append(message)
                yield EpochEnded(self.job.trial, measurement)
            case Finished(measurement, weights):
                self._measurement, self._weights = measurement, weights
                yield self._end(None)
            case Failed(kind, reason):
                yield self._end(self._failed(kind, reason))

    def _end(self, failure: Failure | None) -> TrialEnded:
        self.ended = True
        if self.process.is_alive():
            self.stop()
        self.connection.close()
        if failure is None:
            self.job.log.unlink(missing_ok=True)
        else:
            failure = failure.model_copy(update={"log": last_lines(self.job.log)})
        return TrialEnded(self.job.trial, self._outcome(failure))

    def _outcome(self, failure: Failure | None) -> Outcome:
        epochs = {"epochs": tuple(done.measurement for done in self._epochs)}
        measurement = self._measurement.model_copy(update=epochs) if self._measurement else None
        predictions = {done.measurement.epoch: done.predictions for done in self._epochs}
        concurrent, environment = self.concurrent_trials, self._environment
        return Outcome(measurement, predictions, failure, concurrent, environment, self._weights)

    def _failed(self, kind: FailureKind, reason: str) -> Failure:
        return Failure(stage=self._stage, kind=kind, reason=reason)

    def _crash(self) -> Failure:
        """Return why the process ended without a report."""
        self.process.join(GRACE_SECONDS)
        code = self.process.exitcode
        if code == -signal.SIGKILL and oom_kills() > self._oom_kills:
            return self._failed("memory", "killed by the system, which ran out of memory")
        if code is not None and code < 0:
            return self._failed("crash", f"the process was ended by {signal_name(-code)}")
        return self._failed("crash", f"the process ended without a report, exit code {code}")


def signal_name(number: int) -> str:
    """Return the signal's name; those of the real-time signals differ between systems."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def last_lines(log: Path) -> tuple[str, ...]:
    """Return the last lines of a log, or none; the user's own folder is written ``~``, for records are shared."""
    if not log.exists():
        return ()
    text = log.read_text(encoding="utf-8", errors="replace").replace(str(Path.home()), "~")
    return tuple(text.splitlines()[-LOG_LINES:])


def descendants(pid: int | None) -> list[psutil.Process]:
    """Return the process's children and theirs."""
    try:
        return psutil.Process(pid).children(recursive=True) if pid else []
    except psutil.NoSuchProcess:
        return []


def oom_kills(vmstat: Path = Path("/proc/vmstat")) -> int:
    """Return how often this system has killed a process for want of memory, as far as it counts."""
    if not vmstat.exists():
        return 0
    counts = dict(line.split() for line in vmstat.read_text(encoding="ascii").splitlines())
    return int(counts.get("oom_kill", 0))
