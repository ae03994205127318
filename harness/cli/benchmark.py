"""From the options that `plan` and `run` share to a benchmark and its plan; trains nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.console import warn
from harness.cli.texts import parse_seeds

if TYPE_CHECKING:
    from harness.app.pipeline import Benchmark
    from harness.plan.plan import Plan
    from harness.plan.trial import Trial
    from harness.records.store import Loaded


@dataclass(frozen=True)
class Selection:
    """What the user asked for, as typed."""

    names: Sequence[str]
    seeds: str
    threads: int
    smoke: bool
    results: Path
    architectures: Path | None
    deterministic: bool = True


def read_benchmark(selection: Selection) -> Benchmark:
    """Read the selected specs and describe this machine.

    Raises:
        BenchError: An unknown name, an invalid spec, seeds that are none.
    """
    from harness.app.pipeline import Benchmark
    from harness.plan.settings import Settings, smoke
    from harness.records.environment import current_environment
    from harness.records.store import Store
    from harness.spec.folder import architectures_folder
    from harness.spec.reading import select

    settings = Settings(parse_seeds(selection.seeds), selection.threads, selection.deterministic)
    return Benchmark(
        architectures=tuple(select(selection.names, architectures_folder(selection.architectures))),
        settings=smoke(settings) if selection.smoke else settings,
        environment=current_environment(selection.threads, deterministic=selection.deterministic),
        store=Store(selection.results / "smoke" if selection.smoke else selection.results),
    )


def jobs_for(benchmark: Benchmark, plan: Plan, jobs: int | None) -> int:
    """Return how many trials run at once: what the user says, else what cores and memory allow."""
    if jobs is not None:
        return jobs
    from harness.execute.cores import available_memory, cpu_quota, jobs_that_fit, physical_cores

    largest = max((trial_bytes(planned.trial) for planned in plan.pending), default=0)
    cores = len(physical_cores())
    quota = cpu_quota()
    usable = cores if quota is None else min(cores, int(quota))
    return jobs_that_fit(usable, benchmark.settings.threads, largest, available_memory())


def trial_bytes(trial: Trial) -> int:
    """Return the memory that a trial's process needs."""
    from harness.spec.cost import cost

    return cost(trial.computation).training_bytes


def load_records(benchmark: Benchmark, *, set_aside: bool) -> Loaded:
    """Read the records; name each file that can't be used, and move it out of the way if asked to."""
    loaded = benchmark.store.load()
    for unreadable in loaded.unreadable:
        where = f"; moved to {benchmark.store.set_aside(unreadable)}" if set_aside else ""
        warn(f"{unreadable.path}: {unreadable.reason}{where}")
    return loaded
