"""One trial's process as its parent sees it: receives its reports, ends it, and says why it ended; starts none."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

from harness.execute.engine import TrialEnded, TrialEvent
from harness.execute.trial_reports import Reports
from harness.worker.messages import Failed, Job, Message

# How long a process that was asked to stop has, before it and all its children are killed.
GRACE_SECONDS = 2.0
LOG_LINES = 20
OUT_OF_MEMORY = Failed("memory", "killed by the system, which ran out of memory")
KILLED = Failed("crash", "the process was ended by SIGKILL")


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
        self._reports = Reports(job.trial)

    def receive(self) -> Iterator[TrialEvent]:
        """Yield what follows from the process's reports."""
        for message in self.messages():
            yield from self._take(message)

    def messages(self) -> Iterator[Message]:
        """Yield what the process has reported; that it ends without a report is a failure."""
        try:
            while not self.ended and self.connection.poll():
                yield self.connection.recv()
        except (EOFError, OSError):
            if not self.ended:
                yield self._crash()

    def seconds_left(self) -> float:
        """Return the seconds until the trial's deadline; infinitely many where it has none."""
        return self._started + self._timeout - time.monotonic()

    def end_greedy(self, limit_bytes: float) -> TrialEnded | None:
        """Stop the process where it holds more memory than that, and return the failure; None where it does not.

        The system would end any process of the machine, and the trials beside this one first.
        """
        try:
            held = psutil.Process(self.process.pid).memory_info().rss
        except psutil.Error:
            return None
        if held <= limit_bytes:
            return None
        self.stop()
        what = f"took more than the {limit_bytes / 2**30:.1f} GiB of memory that a trial may take here"
        for _ in self._reports.take(Failed("memory", what)):
            pass
        return self._ended()

    def end_late(self) -> TrialEnded:
        """Stop the process, whose deadline has passed, and return the failure."""
        for _ in self._reports.take(self.stop_late()):
            pass
        return self._ended()

    def stop_late(self) -> Failed:
        """Stop the process, whose deadline has passed, and return that as a report."""
        self.stop()
        return Failed("deadline", f"took longer than the {self._timeout:g} seconds allowed")

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

    def end(self) -> tuple[str, ...]:
        """Stop the process after its last report, let go of it, and return the last lines of its log."""
        self.ended = True
        if self.process.is_alive():
            self.stop()
        self.connection.close()
        log = last_lines(self.job.log)
        self.job.log.unlink(missing_ok=True)
        return log

    def _take(self, message: Message) -> Iterator[TrialEvent]:
        yield from self._reports.take(message)
        if self._reports.ended:
            yield self._ended()

    def _ended(self) -> TrialEnded:
        return TrialEnded(self.job.trial, self._reports.outcome(self.end(), self.concurrent_trials))

    def _crash(self) -> Failed:
        """Return why the process ended without a report."""
        self.process.join(GRACE_SECONDS)
        code = self.process.exitcode
        if code == -signal.SIGKILL and oom_kills() > self._oom_kills:
            return OUT_OF_MEMORY
        if code is not None and code < 0:
            return Failed("crash", f"the process was ended by {signal_name(-code)}")
        return Failed("crash", f"the process ended without a report, exit code {code}")


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
    text, home = log.read_text(encoding="utf-8", errors="replace"), os.path.expanduser("~")  # noqa: PTH111 - never raises
    text = text.replace(home, "~") if len(home) > 1 else text
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
