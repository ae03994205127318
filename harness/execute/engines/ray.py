"""Trains trials on the nodes of a Ray cluster, each in a fresh process on its own cores; saves checkpoints alone.

What is lost with a worker or a node goes on elsewhere, after the last epoch that was reported: Ray's own retries would
begin again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from harness.errors import CannotWrite, ClusterLost, EngineMissing
from harness.execute.cluster.fitting import Fit, environments_of, fit_of, slots
from harness.execute.cluster.link import Link
from harness.execute.cluster.messages import Delivered, EndAll, Lost, Node, Parcel, PlaceTrial, Report
from harness.execute.cluster.on_node import code_sha256
from harness.execute.cores import physical_cores
from harness.execute.engine import EngineOptions, Queue, TrialEnded, TrialEvent, TrialStarted, Waiting
from harness.execute.trial_process import KILLED, OUT_OF_MEMORY
from harness.execute.trial_reports import Reports
from harness.planning.trial import Trial
from harness.records.environment import Environment, current_environment
from harness.records.files import write_atomically
from harness.records.store import checkpoint_file
from harness.worker.messages import Failed

# How long the run sleeps at most while trials run, and between looks at what other runs have finished.
PATIENCE_SECONDS = 0.5
# A trial that is lost so often without a further epoch would be lost again.
MOST_LOSSES = 5
# How long a cluster may be without a fitting node while trials are left.
NO_NODE_SECONDS = 120.0


class Cluster:
    """A connected cluster: its nodes, and which of them fit."""

    def __init__(self, link: Link, here: Environment, fit: Fit) -> None:
        self.link = link
        self.here = here
        self.tickets = count()
        self._fit = fit
        self._listed: tuple[Node, ...] | None = None
        self._fitting: tuple[Node, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The fitting nodes that live now."""
        if self._listed is not self.link.nodes:
            self._listed = self.link.nodes
            self._fitting = tuple(node for node in self._listed if self._fit.misfit(node) is None)
        return self._fitting

    @property
    def environments(self) -> tuple[Environment, ...]:
        """What bits and times of its trials depend on."""
        return environments_of(self.nodes, self.here)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Which nodes are left out, and why."""
        misfits = ((node.name, self._fit.misfit(node)) for node in self.link.nodes)
        return tuple(f"{name} is left out: {reason}." for name, reason in misfits if reason)

    def engine(self, options: EngineOptions) -> RayEngine:
        """Return the engine that trains there."""
        return RayEngine(options, self)


@contextmanager
def opened(options: EngineOptions) -> Iterator[Cluster]:
    """Connect to the cluster at the options' address for the block; without one, start one on this machine.

    Raises:
        EngineMissing: Ray is not installed.
        NoCluster: No cluster answers.
        UnfitCluster: No node fits.
        TooManyThreads: No node has so many cores.
    """
    if find_spec("ray") is None:
        raise EngineMissing("ray", "Ray")
    here = current_environment(options.threads, deterministic=options.deterministic, backend=options.backend)
    link = Link(options, len(physical_cores()))
    try:
        yield Cluster(link, here, fit_of(link.nodes, here, code_sha256()))
    finally:
        link.close()


@dataclass(frozen=True)
class RayEngine:
    """A cluster's nodes; one that is not connected yet is so while it trains."""

    options: EngineOptions
    cluster: Cluster | None = None

    @property
    def jobs(self) -> int:
        """How many trials it trains at once, on the nodes that there are now."""
        if self.cluster is None:
            return self.options.jobs or 1
        options = self.options
        free = sum(slots(node, options.threads, options.trial_bytes) for node in self.cluster.nodes)
        return max(1, min(free, options.jobs or free))

    def __call__(self, queue: Queue) -> Generator[TrialEvent, None, None]:
        """Train the queue's trials and yield what happens."""
        if self.cluster is None:
            with opened(self.options) as cluster:
                yield from replace(self, cluster=cluster)(queue)
            return
        training = ClusterRun(self.options, self.cluster)
        try:
            while True:
                training.place(queue)
                if training.is_idle:
                    if queue.exhausted():
                        return
                    yield Waiting()
                for report in self.cluster.link.hear(PATIENCE_SECONDS):
                    yield from training.hear(report)
        finally:
            self.cluster.link.send(EndAll())


engine = RayEngine


@dataclass
class Attempts:
    """A trial under way, on its node now, and how often it was lost since its last epoch."""

    reports: Reports
    node: Node
    has_begun: bool = False
    concurrent_trials: int = 0
    losses: int = 0
    epochs_at_loss: int = 0
    too_small: set[str] = field(default_factory=set)


class ClusterRun:
    """One call of the engine: which trials are where, and which are to be placed again."""

    def __init__(self, options: EngineOptions, cluster: Cluster) -> None:
        self._options = options
        self._cluster = cluster
        self._running: dict[int, Attempts] = {}
        self._lost: list[Attempts] = []
        self._nodeless_since: float | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs, and nothing waits for a node."""
        return not self._running and not self._lost

    def place(self, queue: Queue) -> None:
        """Send trials to nodes that have room: lost ones first, then the queue's.

        Raises:
            ClusterLost: There has been no node for long.
        """
        while (free := self._free()) and self._may_start():
            if self._lost:
                again = self._lost.pop(0)
                self._send(again, self._best(free, again.reports.trial, again))
            elif (trial := queue.take()) is not None:
                node = self._best(free, trial)
                self._send(Attempts(Reports(trial), node), node)
            else:
                break
        self._check_nodes()

    def hear(self, report: Report) -> Iterator[TrialEvent]:
        """Yield what follows from a report; those of attempts that were given up mean nothing."""
        if isinstance(report, Delivered) and (under_way := self._running.get(report.ticket)):
            if report.parcel.message in (KILLED, OUT_OF_MEMORY):
                memory = report.parcel.message == OUT_OF_MEMORY
                yield from self._lose(Lost(report.ticket, "its process was killed", memory), report.parcel.log)
            else:
                yield from self._take(report.ticket, under_way, report.parcel)
        elif isinstance(report, Lost) and report.ticket in self._running:
            yield from self._lose(report)

    def _take(self, ticket: int, under_way: Attempts, parcel: Parcel) -> Iterator[TrialEvent]:
        trial, reports = under_way.reports.trial, under_way.reports
        if parcel.message is None:
            self._count(under_way.node)
            if not under_way.has_begun:
                under_way.has_begun = True
                yield TrialStarted(trial)
            return
        path = self._checkpoint(trial, under_way.node)
        if parcel.checkpoint is not None and path is not None:
            with suppress(CannotWrite):  # a convenience: a full disk is reported when the record is due
                write_atomically(path, parcel.checkpoint)
        yield from reports.take(parcel.message)
        if reports.ended:
            del self._running[ticket]
            self._forget(trial, reports)
            yield TrialEnded(trial, reports.outcome(parcel.log, under_way.concurrent_trials))

    def _lose(self, lost: Lost, log: tuple[str, ...] = ()) -> Iterator[TrialEvent]:
        """Let the trial wait for another node; end it where that has not helped."""
        under_way = self._running.pop(lost.ticket)
        reports = under_way.reports
        reports.begin_again()
        under_way.losses = 1 if reports.epochs > under_way.epochs_at_loss else under_way.losses + 1
        under_way.epochs_at_loss = reports.epochs
        if lost.memory:
            under_way.too_small.add(under_way.node.id)
        if under_way.losses < MOST_LOSSES:
            self._lost.append(under_way)
            return
        reason = f"lost {MOST_LOSSES} times without a further epoch, in the end because of this: {lost.reason}"
        if not under_way.has_begun:
            yield TrialStarted(reports.trial)
        yield from reports.take(Failed("memory" if lost.memory else "crash", reason))
        yield TrialEnded(reports.trial, reports.outcome(log, under_way.concurrent_trials))

    def _send(self, under_way: Attempts, node: Node) -> None:
        options, trial, ticket = self._options, under_way.reports.trial, next(self._cluster.tickets)
        path, checkpoint = self._checkpoint(trial, node), None
        if path is not None:
            with suppress(OSError):
                checkpoint = path.read_bytes()
        share = node.memory_bytes // slots(node, options.threads, options.trial_bytes)
        under_way.node = node
        self._running[ticket] = under_way
        request = PlaceTrial(ticket, node.id, trial, checkpoint, min(options.trial_bytes, share))
        self._cluster.link.send(request)

    def _free(self) -> list[tuple[Node, int]]:
        """Return the nodes with room, and for how many trials."""
        options, busy = self._options, Counter(under_way.node.id for under_way in self._running.values())
        nodes = self._cluster.nodes
        room = ((node, slots(node, options.threads, options.trial_bytes) - busy[node.id]) for node in nodes)
        return [(node, free) for node, free in room if free > 0]

    def _may_start(self) -> bool:
        return self._options.jobs is None or len(self._running) < self._options.jobs

    def _best(self, free: list[tuple[Node, int]], trial: Trial, again: Attempts | None = None) -> Node:
        """Return the node for a trial: one that its checkpoint is from, that did not lose it, and has most room."""
        paths = {node.environment_id: self._checkpoint(trial, node) for node, _ in free}
        kept = {environment for environment, path in paths.items() if path is not None and path.exists()}

        def suits(found: tuple[Node, int]) -> tuple[bool, bool, bool, int]:
            node, room = found
            fits = again is None or node.id not in again.too_small
            return fits, node.environment_id in kept, again is None or node.id != again.node.id, room

        return max(free, key=suits)[0]

    def _count(self, node: Node) -> None:
        """Note for all trials of a node how many others run beside them."""
        there = [under_way for under_way in self._running.values() if under_way.node.id == node.id]
        for under_way in there:
            under_way.concurrent_trials = max(under_way.concurrent_trials, len(there) - 1)

    def _check_nodes(self) -> None:
        """Wait for nodes that come back, but not for ever."""
        if self._cluster.nodes or self._running:
            self._nodeless_since = None
            return
        self._nodeless_since = self._nodeless_since or time.monotonic()
        if time.monotonic() - self._nodeless_since > NO_NODE_SECONDS:
            raise ClusterLost

    def _checkpoint(self, trial: Trial, node: Node) -> Path | None:
        """Return where the trial's last epoch is kept, apart for each environment: their times are not mixed."""
        if self._options.checkpoints is None:
            return None
        return checkpoint_file(self._options.checkpoints.parent / node.environment_id, trial.name)

    def _forget(self, trial: Trial, reports: Reports) -> None:
        """Remove the checkpoints that other environments have of a trial that is done."""
        if self._options.checkpoints is None or reports.failure is not None:
            return
        for environment in {node.environment_id for node in self._cluster.nodes}:
            folder = self._options.checkpoints.parent / environment
            if folder != self._options.checkpoints:
                with suppress(OSError):
                    checkpoint_file(folder, trial.name).unlink(missing_ok=True)
