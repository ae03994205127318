"""The process that speaks to Ray for one run, so that nothing of Ray's reaches the run's own: output, signals, an end.

It decides nothing: it says which nodes there are, starts what it is asked to start, and passes on what comes back.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from harness.data.cache import CachedCopy
from harness.data.dataset import Dataset
from harness.execute.cluster.connecting import Unanswered, connected, first_line, import_ray
from harness.execute.cluster.messages import (
    Connected,
    Delivered,
    Lost,
    Node,
    Nodes,
    Parcel,
    PlaceTrial,
    Ready,
    Refused,
    Request,
)
from harness.execute.cluster.on_node import Load, Shipped, carry, survey
from harness.execute.engine import EngineOptions
from harness.records.environment import Environment
from harness.worker.messages import Failed, Finished
from harness.worker.process import send_output_to

# Between looks at what the run asks for, and at the list of nodes.
PATIENCE_SECONDS = 0.05
NODES_SECONDS = 2.0
# A worker has to be started, and imports the package.
SURVEY_SECONDS = 60.0
GET_SECONDS = 120.0


def liaise(options: EngineOptions, cpus: int, log: Path, bench: Connection) -> None:
    """Connect, and do what the run asks for until it asks for an end, or ends itself."""
    send_output_to(log)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the run's: it decides
    import_ray()
    with suppress(EOFError, OSError):  # the run is gone
        bench.send(Ready())
        try:
            with connected(options.address, cpus):
                bench.send(Connected())
                Liaison(options, bench).serve()
        except Unanswered as error:
            bench.send(Refused(str(error)))


class Liaison:
    """What is under way in the cluster, and the nodes that are known."""

    def __init__(self, options: EngineOptions, bench: Connection) -> None:
        import ray  # noqa: PLC0415

        self._ray = ray
        self._options = options
        self._bench = bench
        self._survey = ray.remote(max_retries=0, num_cpus=0)(survey)
        self._carry = ray.remote(max_retries=0, num_returns="streaming")(carry)
        self._attempts: dict[Any, int] = {}
        self._shipped: dict[Path, Any] = {}
        self._asked: dict[Any, tuple[Node, float]] = {}
        self._nodes: dict[str, Node] = {}
        self._said: tuple[Node, ...] | None = None
        self._looked = 0.0

    def serve(self) -> None:
        """Answer until the run asks for nothing more."""
        try:
            while True:
                self._look()
                waiting = [*self._attempts, *self._asked]
                if waiting:
                    self._hear(waiting)
                while self._bench.poll(0 if waiting else PATIENCE_SECONDS):
                    asked: Request = self._bench.recv()
                    if isinstance(asked, PlaceTrial):
                        self._place(asked)
                    elif asked.goodbye:
                        return
                    else:
                        self._end_all()
        finally:
            self._end_all()

    def _end_all(self) -> None:
        """End all attempts: their workers, and with them their trials' processes."""
        for attempt in self._attempts:
            with suppress(Exception):
                self._ray.cancel(attempt, force=True)
        self._attempts.clear()

    def _look(self) -> None:
        """Look at the list of nodes from time to time, and ask those that have come."""
        if time.monotonic() > self._looked + NODES_SECONDS:
            self._look_now()

    def _look_now(self) -> None:
        self._looked = time.monotonic()
        alive = {found["NodeID"]: found for found in self._ray.nodes() if found["Alive"]}
        self._nodes = {name: node for name, node in self._nodes.items() if name in alive}
        known = {*self._nodes, *(node.id for node, _ in self._asked.values())}
        for name, found in alive.items():
            if name not in known and found["Resources"].get("CPU", 0) >= 1:
                question = self._survey.options(scheduling_strategy=self._on(name)).remote(self._options)
                self._asked[question] = described(found), time.monotonic() + SURVEY_SECONDS
        for question in [question for question, (_, until) in self._asked.items() if time.monotonic() > until]:
            node, _ = self._asked.pop(question)
            self._nodes[node.id] = changed(node, problem=f"did not answer within {SURVEY_SECONDS:.0f} s")
        self._say_nodes()

    def _say_nodes(self) -> None:
        """Say which nodes there are, if they have changed; for the first time when all have answered."""
        nodes = tuple(sorted(self._nodes.values(), key=lambda node: (node.name, node.id)))
        if nodes != self._said and not (self._said is None and self._asked):
            self._said = nodes
            self._bench.send(Nodes(nodes))

    def _hear(self, waiting: list[Any]) -> None:
        """Pass on what has come within a moment."""
        ready, rest = self._ray.wait(waiting, num_returns=1, timeout=PATIENCE_SECONDS)
        if ready and rest:
            more, _ = self._ray.wait(rest, num_returns=len(rest), timeout=0)
            ready += more
        for found in ready:
            if found in self._attempts:
                self._pass_on(found)
            else:
                self._note(found)

    def _note(self, question: Any) -> None:  # noqa: ANN401 - Ray's references have no types
        """Note what a node says of itself."""
        node, _ = self._asked.pop(question)
        try:
            facts = self._ray.get(question)
            environment = Environment.model_validate(facts["environment"])
            self._nodes[node.id] = changed(node, cores=facts["cores"], environment=environment, code=facts["code"])
        except Exception as error:  # noqa: BLE001 - nothing of this package, or another version of it
            missing = isinstance(getattr(error, "cause", error), ImportError)
            problem = "architecture-bench is not installed there" if missing else first_line(error)
            self._nodes[node.id] = changed(node, problem=problem)
        self._say_nodes()

    def _pass_on(self, attempt: Any) -> None:  # noqa: ANN401
        """Pass on the next parcel of an attempt, or why there is none."""
        ticket = self._attempts[attempt]
        try:
            parcel: Parcel = self._ray.get(next(attempt), timeout=GET_SECONDS)
        except StopIteration:
            report: Delivered | Lost = Lost(ticket, "ended without a report")
        except self._ray.exceptions.RayTaskError as error:
            cause = error.cause or error
            if isinstance(cause, self._ray.exceptions.RayError) and cause is not error:
                report = Lost(ticket, first_line(cause))  # the store's trouble, not the trial's
            else:
                report = Delivered(ticket, Parcel(Failed("error", first_line(cause))))
        except self._ray.exceptions.RayError as error:
            report = Lost(ticket, first_line(error), isinstance(error, self._ray.exceptions.OutOfMemoryError))
        else:
            report = Delivered(ticket, parcel)
        if isinstance(report, Lost):
            self._look_now()  # first that the node is gone, so that the trial is not sent there again
        if isinstance(report, Lost) or isinstance(report.parcel.message, Finished | Failed):
            del self._attempts[attempt]
        self._bench.send(report)

    def _place(self, asked: PlaceTrial) -> None:
        """Start an attempt."""
        try:
            shipped = self._ship(asked.trial.computation.data)
        except self._ray.exceptions.RayError as error:  # neither Ray's object store nor its disk takes the data
            self._bench.send(Lost(asked.ticket, first_line(error)))
            return
        load = Load(asked.trial, self._options, shipped, asked.checkpoint)
        task = self._carry.options(
            num_cpus=self._options.threads,
            memory=asked.memory_bytes,
            scheduling_strategy=self._on(asked.node),
            name=f"{asked.trial.name}",
        )
        self._attempts[task.remote(load)] = asked.ticket

    def _ship(self, dataset: Dataset) -> Shipped:
        """Put the data set's verified file into the object store, once."""
        path = CachedCopy(dataset).path
        if path not in self._shipped:
            self._shipped[path] = self._ray.put(np.fromfile(path, np.uint8))
        return Shipped(dataset, self._shipped[path])

    def _on(self, node: str) -> object:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy  # noqa: PLC0415

        strategy: Callable[..., object] = NodeAffinitySchedulingStrategy
        return strategy(node, soft=False)


def described(found: dict[str, Any]) -> Node:
    """Return a node as Ray lists it."""
    host, address, resources = found["NodeManagerHostname"], found["NodeManagerAddress"], found["Resources"]
    return Node(found["NodeID"], f"{host} ({address})", int(resources["CPU"]), int(resources.get("memory", 0)))


def changed(node: Node, **changes: Any) -> Node:  # noqa: ANN401 - the fields of a node
    """Return the node with what was learnt of it."""
    return replace(node, **changes)
