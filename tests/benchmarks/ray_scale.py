"""How many trials one run can look after: trials that train nothing, over nodes that are simulated, or Ray's own share.

The run is the real one: plan, queue with its locks, engine, records. In place of the process that speaks to Ray stands
one that answers for the nodes at once, so that all seconds are the run's. What Ray costs beside that is measured apart
(``--ray``): how long a look at many unfinished tasks takes, and how many messages come through.

    PYTHONPATH=tests/fakes python tests/benchmarks/ray_scale.py --trials 10000 --nodes 50
    PYTHONPATH=tests/fakes python tests/benchmarks/ray_scale.py --ray
"""

from __future__ import annotations

import argparse
import logging
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from fake_architectures import architecture
from fake_trials import CLOCKS, CONDITIONS, ENVIRONMENT, fake_epoch

from harness.app.training.benchmark import Benchmark, plan_benchmark
from harness.app.training.recording import run_benchmark
from harness.execute.cluster.fitting import Fit
from harness.execute.cluster.link import Link
from harness.execute.cluster.messages import (
    Connected,
    Delivered,
    EndAll,
    Node,
    Nodes,
    Parcel,
    PlaceTrial,
    Ready,
    Report,
)
from harness.execute.engine import EngineOptions, TrialEnded
from harness.execute.engines.ray import Cluster, RayEngine
from harness.planning.settings import Settings
from harness.planning.trial import Trial
from harness.records.record import Measurement, Stage
from harness.records.store import Store
from harness.worker.messages import Built, EpochDone, Finished, Message, StageBegan, Started

EPOCHS = 5
CORES = 8
GIB = 2**30
MEASUREMENT = Measurement(
    parameters=100, trainable_parameters=100, initial_weights_sha256="a" * 64, data_sha256="b" * 64, clocks=CLOCKS
)


@dataclass(frozen=True)
class Scale:
    """What a simulation came to: the run's own processor seconds and memory."""

    trials: int
    messages: int
    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int

    def __str__(self) -> str:
        """Return it as a line of a table."""
        each, rate = 1000 * self.cpu_seconds / self.trials, self.messages / self.cpu_seconds
        return (
            f"{self.trials:,} trials, {self.messages:,} messages: {self.cpu_seconds:.1f} s of a processor, "
            f"{each:.2f} ms for each trial, {rate:,.0f} messages per second of it, "
            f"{self.wall_seconds:.1f} s on the wall, {self.peak_bytes / 2**20:.0f} MiB"
        )


def messages_of(trial: Trial) -> Iterator[Message]:
    """Yield what a trial's process reports."""
    yield Started(ENVIRONMENT)
    stages: tuple[Stage, ...] = ("data", "build", "compile")
    for stage in stages:
        yield StageBegan(stage)
    yield Built(MEASUREMENT)
    yield StageBegan("train")
    for epoch in range(1, trial.epochs + 1):
        yield EpochDone(*fake_epoch(trial, epoch))
    yield Finished(MEASUREMENT.model_copy(update={"conditions": CONDITIONS}))


def simulated(options: EngineOptions, nodes: int, log: Path, bench: Connection) -> None:
    """Answer for so many nodes; each checkpoint has as many bytes as the options say that a trial takes."""
    del log
    state = bytes(options.trial_bytes)
    bench.send(Ready())
    bench.send(Connected())
    bench.send(Nodes(tuple(Node(f"{n:04}", f"node {n}", CORES, 64 * GIB, CORES, ENVIRONMENT) for n in range(nodes))))
    with suppress(EOFError, OSError):
        while True:
            asked = bench.recv()
            if isinstance(asked, EndAll):
                if asked.goodbye:
                    return
                continue
            for report in reports(asked, state):
                bench.send(report)


def reports(asked: PlaceTrial, state: bytes) -> Iterator[Report]:
    """Yield all of a trial's reports."""
    yield Delivered(asked.ticket, Parcel(None))
    for message in messages_of(asked.trial):
        new = isinstance(message, EpochDone) and message.measurement.epoch < asked.trial.epochs
        yield Delivered(asked.ticket, Parcel(message, state if new and state else None))


def simulate(folder: Path, trials: int, nodes: int, state_bytes: int = 0) -> Scale:
    """Train nothing, so often, and record it all."""
    from ray_scale import simulated as talk  # noqa: PLC0415 - this module by its name, as another process finds it

    seeds = max(1, round(trials**0.5))
    networks = tuple(architecture(f"n{n}", units=n + 2, epochs=EPOCHS) for n in range(trials // seeds))
    benchmark = Benchmark(networks, Settings(seeds=tuple(range(seeds))), ENVIRONMENT, Store(folder))
    plan = plan_benchmark(benchmark)
    options = EngineOptions(
        name="ray", checkpoints=benchmark.store.checkpoints(ENVIRONMENT.id), trial_bytes=state_bytes
    )
    link = Link(options, nodes, talk)
    try:
        engine = RayEngine(options, Cluster(link, ENVIRONMENT, Fit(ENVIRONMENT, ENVIRONMENT)))
        cpu, wall, ended = time.process_time(), time.perf_counter(), 0
        for event in run_benchmark(benchmark, plan, engine):
            ended += isinstance(event, TrialEnded)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    finally:
        link.close()
    per_trial = 1 + len(list(messages_of(plan.trials[0].trial)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Scale(ended, ended * per_trial, cpu, wall, peak)


def measure_ray(tasks: int, parcels: int, parcel_bytes: int) -> None:
    """Print what Ray's own part costs the process that speaks to it: on one node, whatever their number."""
    import ray  # noqa: PLC0415 - for this measurement alone

    ray.init(address="local", num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level=logging.CRITICAL)

    def yield_parcels(times: int) -> Iterator[bytes]:
        for _ in range(times):
            yield bytes(parcel_bytes)

    stream = ray.remote(max_retries=0, num_returns="streaming", num_cpus=1)(yield_parcels)
    list(stream.remote(1))
    cpu, wall, unfinished = time.process_time(), time.perf_counter(), stream.remote(parcels)
    heard = 0
    while True:
        ray.wait([unfinished], timeout=10)
        try:
            heard += len(ray.get(next(unfinished)))
        except StopIteration:
            break
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{parcels} messages of {parcel_bytes:,} bytes: {parcels / cpu:,.0f} per second of a processor, {wall:.1f} s")
    waiting = [stream.remote(1) for _ in range(tasks)]
    cpu, looks = time.process_time(), 0
    while len(waiting) > tasks // 2:
        ready, waiting = ray.wait(waiting, num_returns=1, timeout=10)
        looks += len(ready)
    cpu = time.process_time() - cpu
    print(f"a look at {tasks // 2:,} to {tasks:,} unfinished tasks: {1000 * cpu / looks:.2f} ms of a processor")
    ray.shutdown()


def main() -> None:
    """Simulate, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--nodes", type=int, default=50)
    parser.add_argument("--state", type=int, default=0, help="bytes of a checkpoint")
    parser.add_argument("--ray", action="store_true", help="measure Ray's own part instead")
    asked = parser.parse_args()
    if asked.ray:
        measure_ray(tasks=800, parcels=2_000, parcel_bytes=20_000)
        return
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as folder:
        print(simulate(Path(folder), asked.trials, asked.nodes, asked.state))


if __name__ == "__main__":
    main()
