"""One trial's process as its parent sees it: collects what it tells until it has an outcome."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

from harness.execute.engine import EpochEnded, Outcome, TrialBuilt, TrialEnded, TrialEvent
from harness.records.environment import Environment
from harness.records.record import Conditions, Failure, FailureKind, Measurement, Stage
from harness.records.store import Predictions
from harness.worker.messages import Built, EpochDone, Failed, Finished, Job, Message, StageBegan, Started

# How long a process that was asked to stop has, before it and all its children are killed.
GRACE_SECONDS = 2.0
LOG_LINES = 20


class RunningTrial:
    """A trial's process, its connection, and what it has told so far."""

    def __init__(self, job: Job, process: BaseProcess, connection: Connection, timeout: float | None) -> None:
        self.job = job
        self.process = process
        self.connection = connection
        self.timeout = timeout
        self.started = time.monotonic()
        self.trials_beside = 0
        self.ended = False
        self._stage: Stage = "start-up"
        self._environment: Environment | None = None
        self._built: Built | None = None
        self._epochs: list[EpochDone] = []
        self._conditions: Conditions | None = None
        self._peak_memory_bytes: int | None = None
        self._oom_kills = oom_kills()

    @property
    def cores(self) -> tuple[int, ...]:
        """The cores that are free again once the trial has ended."""
        return self.job.cores

    def receive(self) -> Iterator[TrialEvent]:
        """Yield what the process has told; its silent end is a failure."""
        try:
            while self.connection.poll():
                yield from self._heard(self.connection.recv())
        except (EOFError, OSError):
            if not self.ended:
                yield self._end(self._crash())

    def is_late(self) -> bool:
        """Whether the trial has passed its deadline."""
        return self.timeout is not None and time.monotonic() - self.started > self.timeout

    def end_late(self) -> TrialEnded:
        """Stop the process and return the failure."""
        self.stop()
        return self._end(self._failure("deadline", f"took longer than the {self.timeout:g} seconds it was given"))

    def stop(self) -> None:
        """Ask the process to stop; kill it and all its children if it doesn't."""
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

    def _heard(self, message: Message) -> Iterator[TrialEvent]:
        match message:
            case Started(environment):
                self._environment = environment
            case StageBegan(stage):
                self._stage = stage
            case Built():
                self._built = message
                yield TrialBuilt(self.job.trial, message.resumed_epochs)
            case EpochDone(measurement):
                self._epochs.append(message)
                yield EpochEnded(self.job.trial, measurement)
            case Finished(conditions, peak_memory_bytes):
                self._conditions = conditions
                self._peak_memory_bytes = peak_memory_bytes
                yield self._end(None)
            case Failed(stage, kind, reason):
                self._stage = stage
                yield self._end(self._failure(kind, reason))

    def _end(self, failure: Failure | None) -> TrialEnded:
        self.ended = True
        if self.process.is_alive():
            self.stop()
        self.connection.close()
        if failure is None:
            self.job.log.unlink(missing_ok=True)
        return TrialEnded(
            self.job.trial,
            Outcome(self._measurement(), self._predictions(), failure, self.trials_beside, self._environment),
        )

    def _measurement(self) -> Measurement | None:
        if self._built is None:
            return None
        return Measurement(
            parameters=self._built.parameters,
            trainable_parameters=self._built.trainable_parameters,
            initial_weights_sha256=self._built.initial_weights_sha256,
            data_sha256=self._built.data_sha256,
            clocks=self._built.clocks,
            resumed_epochs=self._built.resumed_epochs,
            conditions=self._conditions,
            peak_memory_bytes=self._peak_memory_bytes,
            epochs=tuple(done.measurement for done in self._epochs),
        )

    def _predictions(self) -> Predictions:
        return {done.measurement.epoch: done.predictions for done in self._epochs}

    def _crash(self) -> Failure:
        """Return why the process ended without a word."""
        self.process.join(GRACE_SECONDS)
        code = self.process.exitcode
        if code == -signal.SIGKILL and oom_kills() > self._oom_kills:
            return self._failure("memory", "killed by the system, which ran out of memory")
        if code is not None and code < 0:
            return self._failure("crash", f"the process was ended by {signal.Signals(-code).name}")
        return self._failure("crash", f"the process ended without a word, exit code {code}")

    def _failure(self, kind: FailureKind, reason: str) -> Failure:
        return Failure(stage=self._stage, kind=kind, reason=reason, log=last_lines(self.job.log))


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
    """Return how often this system has killed a process for want of memory, as far as it tells."""
    if not vmstat.exists():
        return 0
    counts = dict(line.split() for line in vmstat.read_text(encoding="ascii").splitlines())
    return int(counts.get("oom_kill", 0))
