"""The run's end of the line to the process that speaks to Ray; starts that process, and ends it."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

from harness.errors import ClusterLost, NoCluster
from harness.execute.cluster.connecting import CONNECT_SECONDS
from harness.execute.cluster.liaison import liaise
from harness.execute.cluster.messages import Connected, EndAll, Node, Nodes, Ready, Refused, Report, Request
from harness.execute.engine import EngineOptions
from harness.execute.process_start import ONE_THREAD, main_hidden, process_folder, variables_set

# Importing Ray, and starting its processes on a machine that is busy.
START_SECONDS = 120.0
# A cluster of this machine alone is ended with the connection.
GOODBYE_SECONDS = 15.0
# Reports at a time, so that trials are placed while others report.
MOST_HEARD = 1_000
Talk = Callable[..., None]


class Link:
    """A process that is connected to Ray; ``nodes`` are those that it knows of.

    Args:
        options: What every trial of this run has in common.
        cpus: The cores of a cluster that is started here, where the options name no address.
        talk: What the process runs; another one in tests.

    Raises:
        NoCluster: Nothing answers in time.
    """

    def __init__(self, options: EngineOptions, cpus: int, talk: Talk = liaise) -> None:
        self.nodes: tuple[Node, ...] = ()
        self._heard: set[type[Report]] = set()
        self._address = options.address
        self._folder = Path(tempfile.mkdtemp(dir=process_folder()))
        context = multiprocessing.get_context("spawn")
        self._connection, there = context.Pipe()
        self._process = context.Process(target=talk, args=(options, cpus, self._folder / "ray.log", there), daemon=True)
        with main_hidden(), variables_set(ONE_THREAD):
            self._process.start()
        there.close()
        # Requests are sent beside: where both ends waited for the other to read, none would.
        self._requests: SimpleQueue[Request | None] = SimpleQueue()
        self._sender = threading.Thread(target=self._send_all, daemon=True)
        self._sender.start()
        try:
            self._connect(self._address)
        except BaseException:
            self.close()
            raise

    def send(self, request: Request) -> None:
        """Ask for something, and wait for nothing."""
        self._requests.put(request)

    def _send_all(self) -> None:
        with suppress(OSError):  # the process has ended, as whoever listens to it finds out
            while (request := self._requests.get()) is not None:
                self._connection.send(request)

    def hear(self, seconds: float) -> list[Report]:
        """Return what has come, after so long at most.

        Raises:
            ClusterLost: The process has ended: Ray ends it when its cluster is gone.
        """
        multiprocessing.connection.wait([self._connection], timeout=max(0.0, seconds))
        heard: list[Report] = []
        try:
            while len(heard) < MOST_HEARD and self._connection.poll():
                heard.append(self._connection.recv())
        except (EOFError, OSError) as error:
            raise ClusterLost from error
        for report in heard:
            self._heard.add(type(report))
            if isinstance(report, Nodes):
                self.nodes = report.nodes
        return heard

    def close(self) -> None:
        """End the process, and what it has started."""
        self.send(EndAll(goodbye=True))
        self._requests.put(None)
        # What still asks for another's cluster hears nothing, and has started nothing.
        hears = self._address is None or Connected in self._heard
        deadline = time.monotonic() + (GOODBYE_SECONDS if hears else 0.0)
        with suppress(ClusterLost):
            while time.monotonic() < deadline:
                self.hear(deadline - time.monotonic())
        self._process.join(max(0.0, deadline - time.monotonic()))
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._sender.join()
        self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _connect(self, address: str | None) -> None:
        """Wait for each step; one's own cluster takes as long to answer as its processes take to start."""
        self._await(Ready, START_SECONDS, address)
        self._await(Connected, START_SECONDS if address is None else CONNECT_SECONDS, address)
        self._await(Nodes, START_SECONDS, address)

    def _await(self, step: type[Report], seconds: float, address: str | None) -> None:
        deadline = time.monotonic() + seconds
        while step not in self._heard:
            if time.monotonic() > deadline:
                raise NoCluster(address, f"no answer within {seconds:.0f} s")
            try:
                heard = self.hear(deadline - time.monotonic())
            except ClusterLost:
                raise NoCluster(address, "Ray has ended") from None
            for report in heard:
                if isinstance(report, Refused):
                    raise NoCluster(address, report.reason)
