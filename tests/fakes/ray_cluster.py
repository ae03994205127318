"""A Ray cluster of several nodes on this machine, in a process of its own, which keeps Ray's output and threads."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from harness.execute.process_start import main_hidden, variables_set
from harness.worker.process import send_output_to

FAKES = Path(__file__).parent
STORE_BYTES = 80 * 2**20
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "disabled",
    "RAY_worker_niceness": "0",
}
START_SECONDS = 180
MOST_STARTS = 4


def serve(connection: Connection, log: Path) -> None:
    """Make a cluster and change its nodes as it is asked to; end it with the connection."""
    send_output_to(log)
    os.environ.update(QUIET)
    from ray.cluster_utils import Cluster  # noqa: PLC0415 - only in this process

    quiet = {"object_store_memory": STORE_BYTES, "include_dashboard": False}
    cluster = persistently(lambda: Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **quiet}))
    nodes: dict[str, Any] = {}
    connection.send(cluster.address)
    with contextlib.suppress(EOFError):
        while True:
            match connection.recv():
                case ("add", variables):
                    os.environ.update(variables)
                    node = persistently(lambda: cluster.add_node(num_cpus=1, object_store_memory=STORE_BYTES))
                    nodes[node.node_id] = node
                    connection.send(node.node_id)
                case ("raylet", name):
                    connection.send(nodes[name].all_processes["raylet"][0].process.pid)
                case ("kill", name):
                    cluster.remove_node(nodes.pop(name), allow_graceful=False)
                    connection.send(name)
    cluster.shutdown()


def persistently(start: Callable[[], Any]) -> Any:  # noqa: ANN401 - Ray has no types
    """Start something; again, where a busy machine took longer than Ray's own deadlines."""
    for _ in range(MOST_STARTS - 1):
        with contextlib.suppress(Exception):  # Ray's own is no more exact
            return start()
    return start()


@dataclass
class RayCluster:
    """A cluster whose head trains nothing."""

    process: BaseProcess
    connection: Connection
    address: str

    @classmethod
    def start(cls, log: Path) -> RayCluster:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=serve, args=(there, log))
        with main_hidden(), variables_set({**QUIET, "PYTHONPATH": python_path()}):
            process.start()
        there.close()
        if not here.poll(START_SECONDS):
            process.kill()
            raise TimeoutError(log.read_text(encoding="utf-8"))
        return cls(process, here, here.recv())

    def add(self, variables: Mapping[str, str]) -> str:
        """Start another node with one core, whose processes have these variables, and return its id."""
        return self._ask("add", variables)

    def kill(self, node: str) -> None:
        """Kill a node's processes, without a farewell."""
        self._ask("kill", node)

    def raylet(self, node: str) -> int:
        """Return the number of the node's first process, whose children the others are."""
        return int(self._ask("raylet", node))

    def close(self) -> None:
        self.connection.close()
        self.process.join(60)
        self.process.kill()
        self.process.join()

    def _ask(self, *request: object) -> str:
        self.connection.send(request)
        answer: str = self.connection.recv()
        return answer


def python_path() -> str:
    """Return where a node finds the package, the fakes, and the backend that is slow."""
    folders = (FAKES / "ray_site", FAKES, FAKES.parents[1])
    return os.pathsep.join([*map(str, folders), os.environ.get("PYTHONPATH", "")])
