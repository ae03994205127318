"""Random faults of a Ray cluster on this machine, one after the other, until so many were survived or one was not.

A run trains a toy data set with a backend that trains nothing on two nodes. Killed, at random times, are a trial's
process (as the system does where memory runs out), the worker of Ray's that carries it, a node, or the run itself; or a
node stands still until Ray gives it up, and comes back. In the end all records have the bits of an undisturbed run.

    PYTHONPATH=tests/fakes python tests/benchmarks/ray_faults.py --faults 100
"""

from __future__ import annotations

import argparse
import contextlib
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil
from program_processes import start_fresh
from ray_cluster import QUIET, RayCluster
from slow_trials import Slow, bits, options_for, train, train_on

from harness.execute.engines.local import LocalEngine
from harness.execute.process_start import variables_set

SEEDS = tuple(range(6))
EPOCHS = 6
STANDSTILL_SECONDS = 45.0
MOST_SECONDS = 600.0


@dataclass
class Trouble:
    """A run on a cluster, and the faults that it has had."""

    slow: Slow
    cluster: RayCluster
    rng: random.Random
    nodes: dict[str, str] = field(default_factory=dict)
    results: int = 0
    run: BaseProcess | None = None
    survived: Counter[str] = field(default_factory=Counter)

    def add_node(self) -> None:
        name = f"node {sum(self.survived.values())}-{len(self.nodes)}"
        self.nodes[name] = self.cluster.add(self.slow.node(name))

    def begin(self) -> None:
        """Start the run, or the same one again."""
        self.run = start_fresh(train_on, self.slow, self.cluster.address, f"results {self.results}", SEEDS, EPOCHS)

    def process_killed(self) -> None:
        self._kill(lambda begun: begun.process)

    def worker_killed(self) -> None:
        self._kill(lambda begun: begun.carrier)

    def node_killed(self) -> None:
        name = self.rng.choice(list(self.nodes))
        self.cluster.kill(self.nodes.pop(name))
        self.add_node()

    def node_stands_still(self) -> None:
        name = self.rng.choice(list(self.nodes))
        node = self.nodes.pop(name)
        raylet = psutil.Process(self.cluster.raylet(node))
        family = [raylet, *raylet.children(recursive=True)]
        self.add_node()
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.suspend()
        time.sleep(STANDSTILL_SECONDS)
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()
        time.sleep(1)
        self.cluster.kill(node)

    def run_killed(self) -> None:
        assert self.run is not None
        self.run.kill()
        self.run.join()
        self.begin()

    def _kill(self, which: Callable[..., int]) -> None:
        for begun in reversed(self.slow.diary):
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(which(begun))
                # A number may be another process's by now.
                if self.cluster.process.pid in {parent.pid for parent in process.parents()}:
                    process.kill()
                    return

    @property
    def faults(self) -> dict[str, Callable[[], None]]:
        """Every fault by its name; one takes minutes, and so is rare."""
        return {
            "trial's process killed": self.process_killed,
            "worker killed": self.worker_killed,
            "node killed": self.node_killed,
            "run killed": self.run_killed,
            "node cut off and back": self.node_stands_still,
        }


def main() -> None:
    """Make faults, and print what became of the runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=100, help="how many")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers")
    parser.add_argument("--seconds", type=float, default=0.5, help="that an epoch takes")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-faults-") as folder:
        slow = Slow(Path(folder), asked.seconds)
        with slow.at_hand(), variables_set(QUIET):
            quick = Slow(Path(folder), 0.0)
            with variables_set(quick.variables):
                undisturbed = slow.benchmark("undisturbed", SEEDS, EPOCHS)
                options = replace(options_for(undisturbed), jobs=2)
                list(train(undisturbed, LocalEngine(options, start_method="fork")))
            cluster = RayCluster.start(Path(folder) / "cluster.log")
            try:
                carry_out(Trouble(slow, cluster, random.Random(asked.seed)), asked.faults, bits(undisturbed))  # noqa: S311
            finally:
                cluster.close()


def carry_out(trouble: Trouble, faults: int, expected: dict[str, list[str]]) -> None:
    """Make so many faults in one run after the other, and compare the bits of each."""
    for _ in range(2):
        trouble.add_node()
    started = time.monotonic()
    while sum(trouble.survived.values()) < faults:
        trouble.begin()
        made: Counter[str] = Counter()
        deadline = time.monotonic() + MOST_SECONDS
        assert trouble.run is not None
        while trouble.run.is_alive():
            trouble.run.join(trouble.rng.uniform(0.5, 6))
            if time.monotonic() > deadline:
                raise SystemExit(f"not done after {MOST_SECONDS:.0f} s and {dict(made)}")
            if trouble.run.is_alive() and sum((trouble.survived + made).values()) < faults:
                names = list(trouble.faults)
                name = trouble.rng.choices(names, weights=[8, 8, 4, 4, 1])[0]
                trouble.faults[name]()
                made[name] += 1
        found = bits(trouble.slow.benchmark(f"results {trouble.results}", SEEDS, EPOCHS))
        if trouble.run.exitcode or found != expected:
            differ = {
                name: (found.get(name), weights) for name, weights in expected.items() if found.get(name) != weights
            }
            raise SystemExit(f"other records after {dict(made)}, exit code {trouble.run.exitcode}: {differ}")
        trouble.survived += made
        trouble.results += 1
        print(
            f"{sum(trouble.survived.values())} faults, {trouble.results} runs, {time.monotonic() - started:.0f} s",
            flush=True,
        )
    print("all records have the bits of an undisturbed run")
    for name, times in sorted(trouble.survived.items()):
        print(f"{times:4d}  {name}")


if __name__ == "__main__":
    main()
