"""From the options of `verify` to trials trained again and compared; prints progress alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.benchmark import jobs_for
from harness.cli.console import warn
from harness.cli.fetching import shown_fetching
from harness.cli.progress import ProgressMode, shown_run
from harness.cli.texts import parse_seeds
from harness.errors import Stopped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.app.pipeline import Benchmark
    from harness.app.verification.again import Verification
    from harness.execute.engine import Engine
    from harness.plan.plan import Plan
    from harness.records.environment import Environment
    from harness.records.record import Record


@dataclass(frozen=True)
class Wanted:
    """What the user asked for, as typed."""

    names: Sequence[str]
    seed: str | None
    results: Path
    architectures: Path | None
    environment: str | None
    smoke: bool

    @property
    def folder(self) -> Path:
        """Where the records are."""
        return self.results / "smoke" if self.smoke else self.results


def choose(wanted: Wanted) -> tuple[tuple[Record, ...], Mapping[str, tuple[str, ...]], Environment]:
    """Return the records to verify, the names that trials go by, and the environment of the records.

    Raises:
        BenchError: An unknown name or environment, or nothing is recorded.
    """
    from harness.analysis.environments import choose_environment
    from harness.app.verification.choice import Choice
    from harness.errors import NothingRecorded
    from harness.records.environment import current_environment
    from harness.records.store import Store

    readers = read_names(wanted)
    loaded = Store(wanted.folder).load()
    for unreadable in loaded.unreadable:
        warn(f"{unreadable.path}: {unreadable.reason}")
    then = choose_environment(loaded.records, wanted.environment, current_environment(threads=1).id)
    if then is None:
        raise NothingRecorded(f"in {wanted.folder}")
    fingerprints = frozenset(readers) if wanted.names else None
    chosen = Choice(fingerprints, parse_seed(wanted.seed)).of(loaded.of(then.id).values())
    if not chosen:
        raise NothingRecorded(f"of what was asked for, in the environment {then.id}")
    return chosen, readers, then


def read_names(wanted: Wanted) -> Mapping[str, tuple[str, ...]]:
    """Return the names that trials are read by. Without a name given, a spec that can't be read costs only a name."""
    from harness.app.verification.choice import readers
    from harness.errors import BenchError
    from harness.plan.settings import Settings, smoke
    from harness.spec.folder import architectures_folder
    from harness.spec.reading import select

    settings = smoke(Settings()) if wanted.smoke else Settings()
    try:
        return readers(select(wanted.names, architectures_folder(wanted.architectures)), settings)
    except BenchError:
        if wanted.names:
            raise
        return {}


def parse_seed(text: str | None) -> tuple[int, ...] | None:
    """Return the seeds: empty for each trial's first, None for all; one number is that seed.

    >>> parse_seed(None), parse_seed("all"), parse_seed("3"), parse_seed("0-2")
    ((), None, (3,), (0, 1, 2))
    """
    if text is None:
        return ()
    text = text.strip()
    if text == "all":
        return None
    return (int(text),) if text.isdecimal() else parse_seeds(text, "--seed")


def benchmark_like(then: Environment, threads: int | None, folder: Path) -> Benchmark:
    """Describe a benchmark here with the threads and the determinism of the records."""
    from harness.app.pipeline import Benchmark
    from harness.plan.settings import Settings
    from harness.records.environment import current_environment
    from harness.records.store import Store

    threads = threads or then.numerics.threads
    return Benchmark(
        architectures=(),
        settings=Settings(threads=threads, deterministic=then.numerics.deterministic),
        environment=current_environment(threads, deterministic=then.numerics.deterministic),
        store=Store(folder),
    )


@dataclass(frozen=True)
class Effort:
    """How many trials at once, how long each may take, and how it is shown."""

    jobs: int | None
    timeout_seconds: float | None
    mode: ProgressMode


def verify_trials(
    chosen: Sequence[Record], readers: Mapping[str, Sequence[str]], benchmark: Benchmark, effort: Effort
) -> list[Verification]:
    """Train the records' trials again, saving nothing, and compare each as it ends.

    Raises:
        Stopped: The user pressed Ctrl-C.
    """
    from harness.app.verification.choice import trial_of
    from harness.data import obtain
    from harness.execute.engine import EngineOptions, make_engine
    from harness.plan.plan import Plan, PlannedTrial, Status
    from harness.records.speeds import measured_forecast

    forecast = measured_forecast(benchmark.store.load().of(benchmark.environment.id).values())
    trials = [trial_of(record, readers) for record in chosen]
    planned = (PlannedTrial(trial, Status.PENDING, forecast.trial_seconds(trial)) for trial in trials)
    plan = Plan(tuple(planned), forecast)
    for dataset in sorted({trial.computation.dataset for trial in trials}):
        with shown_fetching() as on_event:
            obtain(dataset, on_event)
    options = EngineOptions(
        jobs=jobs_for(benchmark, plan, effort.jobs),
        threads=benchmark.settings.threads,
        timeout_seconds=effort.timeout_seconds,
        deterministic=benchmark.settings.deterministic,
    )
    return compare_as_they_end(chosen, plan, benchmark, make_engine(options), effort.mode)


def compare_as_they_end(
    chosen: Sequence[Record], plan: Plan, benchmark: Benchmark, engine: Engine, mode: ProgressMode
) -> list[Verification]:
    """Show the plan's training as it goes and return what each trial came to, in the plan's order."""
    from harness.app.verification.again import verify
    from harness.execute.engine import TrialEnded
    from harness.execute.queue import InOrder
    from harness.execute.time_left import TimeLeft

    recorded = {record.name: record for record in chosen}
    found: dict[str, Verification] = {}
    time_left = TimeLeft(plan, engine.jobs)
    try:
        with shown_run(mode, plan, time_left) as display:
            for event in engine(InOrder(planned.trial for planned in plan.trials)):
                display.show(event)
                if isinstance(event, TrialEnded):
                    name = event.trial.name
                    found[name] = verify(event.trial, recorded[name], event.outcome, benchmark.environment)
    except KeyboardInterrupt:
        raise Stopped(f"{len(found)} of {len(plan.trials)} trials verified") from None
    return [found[planned.trial.name] for planned in plan.trials]
