"""`bench verify`: trains recorded trials again and compares bits, or checks the files alone; prints what was found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import options
from harness.cli.benchmark import jobs_for
from harness.cli.console import print_json, stdout, warn
from harness.cli.fetching import shown_fetching
from harness.cli.progress import ProgressMode, shown_run
from harness.cli.run import ProgressOption, Quiet, Timeout
from harness.cli.texts import parse_duration, parse_seeds
from harness.cli.verified import audit_json, audit_sentences, sentences, verified_json
from harness.errors import Stopped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.execute.engine import Engine
    from harness.pipeline import Benchmark
    from harness.plan.plan import Plan
    from harness.records.environment import Environment
    from harness.records.record import Record
    from harness.verify.again import Verification

SeedOption = Annotated[
    str | None,
    typer.Option(
        "--seed",
        metavar="SEED",
        envvar="BENCH_SEED",
        help="A recorded seed (3), a list (0,3,7), a range (0-9) or 'all'; by default each trial's first recorded one.",
        show_default=False,
    ),
]
ThreadsNow = Annotated[
    int | None,
    typer.Option(
        "--threads",
        min=1,
        metavar="N",
        envvar="BENCH_THREADS",
        help="Train on so many threads; by default on as many as the record, since other threads give other bits.",
        show_default=False,
    ),
]
RecordsOnly = Annotated[
    bool,
    typer.Option("--records", envvar="BENCH_RECORDS", help="Train nothing: check that the stored files hold together."),
]


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


def verify(
    names: options.Names = None,
    *,
    all_: options.All = False,
    seed: SeedOption = None,
    records: RecordsOnly = False,
    environment: options.EnvironmentId = None,
    threads: ThreadsNow = None,
    jobs: options.Jobs = None,
    timeout: Timeout = None,
    smoke: options.Smoke = False,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    json: options.Json = False,
    progress: ProgressOption = ProgressMode.AUTO,
    quiet: Quiet = False,
) -> None:
    """Train recorded trials again in fresh processes and compare every digest; exit 1 at any difference.

    Examples:
        bench verify                         the first seed of everything that is recorded
        bench verify 000_convnet --seed all  every seed of one architecture
        bench verify --records               no training: find edited and damaged files
    """
    wanted = Wanted(() if all_ else tuple(names or ()), seed, results, architectures, environment, smoke)
    if records:
        check_records(wanted, json=json)
        return
    timeout_seconds = parse_duration(timeout) if timeout else None
    chosen, readers, then = choose(wanted)
    benchmark = benchmark_like(then, threads, wanted.folder)
    mode = ProgressMode.NONE if quiet else progress
    found = verify_trials(chosen, readers, benchmark, Effort(jobs, timeout_seconds, mode))
    if json:
        print_json(verified_json(found, then, benchmark.environment))
    else:
        print_lines(sentences(found))
    if any(one.verdict != "same" for one in found):
        raise typer.Exit(1)


def choose(wanted: Wanted) -> tuple[tuple[Record, ...], Mapping[str, tuple[str, ...]], Environment]:
    """Return the records to verify, the names that trials go by, and the environment of the records.

    Raises:
        BenchError: An unknown name or environment, or nothing is recorded.
    """
    from harness.analysis.environments import choose_environment
    from harness.errors import NothingRecorded
    from harness.records.environment import current_environment
    from harness.records.store import Store
    from harness.verify.choice import Choice

    readers = read_names(wanted)
    loaded = Store(wanted.folder).load()
    for unreadable in loaded.unreadable:
        warn(f"{unreadable.path}: {unreadable.reason}")
    then = choose_environment(loaded.records, wanted.environment, current_environment(threads=1).id)
    if then is None:
        raise NothingRecorded(f"in {wanted.folder}")
    addresses = frozenset(readers) if wanted.names else None
    chosen = Choice(addresses, parse_seed(wanted.seed)).of(loaded.of(then.id).values())
    if not chosen:
        raise NothingRecorded(f"of what was asked for, in the environment {then.id}")
    return chosen, readers, then


def read_names(wanted: Wanted) -> Mapping[str, tuple[str, ...]]:
    """Return the names that trials are read by. Without a name given, a spec that can't be read costs only a name."""
    from harness.errors import BenchError
    from harness.plan.protocol import Protocol, smoke
    from harness.spec.folder import architectures_folder
    from harness.spec.reading import select
    from harness.verify.choice import readers

    protocol = smoke(Protocol()) if wanted.smoke else Protocol()
    try:
        return readers(select(wanted.names, architectures_folder(wanted.architectures)), protocol)
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
    return None if text.strip() == "all" else parse_seeds(f"{text},")


def benchmark_like(then: Environment, threads: int | None, folder: Path) -> Benchmark:
    """Describe a benchmark here with the threads and the determinism of the records."""
    from harness.pipeline import Benchmark
    from harness.plan.protocol import Protocol
    from harness.records.environment import current_environment
    from harness.records.store import Store

    threads = threads or then.threads
    return Benchmark(
        architectures=(),
        protocol=Protocol(threads=threads, deterministic=then.deterministic),
        environment=current_environment(threads, deterministic=then.deterministic),
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
    from harness.data import obtain
    from harness.execute.local import LocalEngine
    from harness.plan.plan import Plan, PlannedTrial, Status
    from harness.records.speeds import measured_forecast
    from harness.verify.choice import trial_of

    forecast = measured_forecast(benchmark.store.load().of(benchmark.environment.id).values())
    trials = [trial_of(record, readers) for record in chosen]
    planned = (PlannedTrial(trial, Status.PENDING, forecast.trial_seconds(trial)) for trial in trials)
    plan = Plan(tuple(planned), forecast)
    for dataset in sorted({trial.computation.dataset for trial in trials}):
        with shown_fetching() as on_event:
            obtain(dataset, on_event)
    engine = LocalEngine(
        jobs=jobs_for(benchmark, plan, effort.jobs),
        threads=benchmark.protocol.threads,
        timeout_seconds=effort.timeout_seconds,
        deterministic=benchmark.protocol.deterministic,
    )
    return compare_as_they_end(chosen, plan, benchmark, engine, effort.mode)


def compare_as_they_end(
    chosen: Sequence[Record], plan: Plan, benchmark: Benchmark, engine: Engine, mode: ProgressMode
) -> list[Verification]:
    """Show the plan's training as it goes and return what each trial came to, in the plan's order."""
    from harness.execute.engine import TrialEnded
    from harness.execute.time_left import TimeLeft
    from harness.verify.again import InOrder, verify

    recorded = {f"{record.trial}-seed{record.seed}": record for record in chosen}
    found: dict[str, Verification] = {}
    time_left = TimeLeft(plan, getattr(engine, "jobs", 1))
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


def check_records(wanted: Wanted, *, json: bool) -> None:
    """Check the stored files of every environment and exit with 1 if one does not hold."""
    from harness.data import DataMissing, load
    from harness.data.library import DATASETS
    from harness.errors import NothingRecorded
    from harness.records.store import Store
    from harness.verify.stored import audit

    datasets = {}
    for name in DATASETS:
        try:
            datasets[name] = load(name)
        except DataMissing as missing:
            warn(f"test accuracies are not checked: {missing}")
    found = audit(Store(wanted.folder), datasets)
    if not found.records:
        raise NothingRecorded(f"in {wanted.folder}")
    if json:
        print_json(audit_json(found))
    else:
        print_lines(audit_sentences(found))
    if found.problems:
        raise typer.Exit(1)


def print_lines(lines: Sequence[str]) -> None:
    """Print the lines to stdout as they are."""
    for line in lines:
        stdout().print(line, markup=False, soft_wrap=True)
