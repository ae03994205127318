"""`bench run`: trains what is not recorded yet, then writes the report; the stages do the work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harness.cli import options
from harness.cli.benchmark import Selection, jobs_for, load_records, read_benchmark
from harness.cli.console import print_json, say
from harness.cli.derived import Asked
from harness.cli.fetching import shown_fetching
from harness.cli.plan import plan_sentences
from harness.cli.progress import ProgressMode, shown_run
from harness.cli.texts import parse_duration
from harness.errors import Interrupted, NothingSelected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.findings import Findings
    from harness.app.pipeline import Benchmark
    from harness.execute.engine import TrialEnded

Timeout = Annotated[
    str | None,
    typer.Option(
        "--timeout",
        metavar="TIME",
        envvar="BENCH_TIMEOUT",
        help="How long one trial may take, such as 90s, 30m or 1h; by default as long as it wants.",
        show_default=False,
    ),
]
ProgressOption = Annotated[
    ProgressMode,
    typer.Option(
        "--progress",
        metavar="MODE",
        envvar="BENCH_PROGRESS",
        help="How progress is shown on stderr: auto, live, plain, json or none.",
    ),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", envvar="BENCH_QUIET", help="No progress: the same as --progress none."),
]


def run(
    names: options.Names = None,
    *,
    all_: options.All = False,
    seeds: options.Seeds = options.DEFAULT_SEEDS,
    jobs: options.Jobs = None,
    threads: options.Threads = 1,
    no_determinism: options.NoDeterminism = False,
    timeout: Timeout = None,
    smoke: options.Smoke = False,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    json: options.Json = False,
    progress: ProgressOption = ProgressMode.AUTO,
    quiet: Quiet = False,
) -> None:
    """Train what is not recorded yet, then write the report. The same command again resumes.

    Examples:
        bench run --all                        every architecture, seeds 0 to 4
        bench run '00*' --seeds 0-9            the documents, ten seeds
        bench run 000_convnet --smoke          see it work in seconds
    """
    if not names and not all_:
        raise NothingSelected
    timeout_seconds = parse_duration(timeout) if timeout else None
    selected = () if all_ else tuple(names or ())
    benchmark = read_benchmark(Selection(selected, seeds, threads, smoke, results, architectures, not no_determinism))
    benchmark.store.check_writable()
    mode = ProgressMode.NONE if quiet else progress
    ended = train_pending(benchmark, jobs, timeout_seconds, mode)
    asked = Asked(results, architectures, smoke=smoke)
    show_results(asked, Trained(benchmark.environment.id, tuple(ended)), json=json, mode=mode)
    if any(event.outcome.failure for event in ended):
        raise typer.Exit(1)


def train_pending(
    benchmark: Benchmark, jobs: int | None, timeout: float | None, mode: ProgressMode
) -> list[TrialEnded]:
    """Carry the plan out and return the trials that ended.

    Raises:
        Interrupted: The user pressed Ctrl-C; what is recorded stays, checkpoints too.
    """
    from harness.app.pipeline import plan_benchmark, run_benchmark
    from harness.data import obtain
    from harness.execute.engine import EngineOptions, TrialEnded, TrialRecordedElsewhere, make_engine
    from harness.execute.time_left import TimeLeft

    plan = plan_benchmark(benchmark, load_records(benchmark, set_aside=True))
    at_once = jobs_for(benchmark, plan, jobs)
    if mode.has_sentences:
        for sentence in plan_sentences(plan, at_once):
            say(sentence)
    if not plan.pending:
        return []
    for dataset in sorted({planned.trial.computation.dataset for planned in plan.pending}):
        with shown_fetching(silent=not mode.has_sentences) as on_event:
            obtain(dataset, on_event)
    options = EngineOptions(
        jobs=at_once,
        threads=benchmark.settings.threads,
        timeout_seconds=timeout,
        checkpoints=benchmark.store.checkpoints(benchmark.environment.id),
        deterministic=benchmark.settings.deterministic,
    )
    ended: list[TrialEnded] = []
    elsewhere = 0
    time_left = TimeLeft(plan, at_once)
    try:
        with shown_run(mode, plan, time_left) as display:
            for event in run_benchmark(benchmark, plan, make_engine(options)):
                display.show(event)
                ended += [event] if isinstance(event, TrialEnded) else []
                elsewhere += isinstance(event, TrialRecordedElsewhere)
    except KeyboardInterrupt:
        raise Interrupted(len(ended), len(plan.pending) - len(ended) - elsewhere) from None
    return ended


@dataclass(frozen=True)
class Trained:
    """What a run trained, and the id of the environment that it belongs to."""

    environment: str
    ended: tuple[TrialEnded, ...]


def show_results(asked: Asked, trained: Trained, *, json: bool, mode: ProgressMode) -> None:
    """Write the report from all records, and print the headline, or its JSON, of the environment that was trained in.

    The page is about the default environment: with other threads, or without determinism, the two are not the same.
    """
    from harness.cli.derived import read_derived
    from harness.cli.report import name_files, print_headline, write

    derived = read_derived(asked)
    changed = write(asked, derived)
    about = derived.findings.study.environment
    if about and about.id != trained.environment:
        if mode.has_sentences:
            say(f"shown is environment {trained.environment}; {asked.folder}/README.md is about {about.id}")
        derived = read_derived(replace(asked, environment=trained.environment))
    if json:
        print_json(run_json(derived.findings, trained.ended))
    else:
        print_headline(derived.findings)
    if mode.has_sentences:
        name_files(changed)


def run_json(findings: Findings, ended: Sequence[TrialEnded]) -> dict[str, Any]:
    """Return what the run trained, what failed, and the summary of every architecture."""
    import json

    from harness.analysis.frame import summary_frame

    failures = [
        {
            "id": event.trial.fingerprint,
            "seed": event.trial.seed,
            "architectures": list(event.trial.architectures),
            **event.outcome.failure.model_dump(mode="json"),
        }
        for event in ended
        if event.outcome.failure
    ]
    return {
        "trained": len(ended) - len(failures),
        "failures": failures,
        "environment": findings.study.environment.id if findings.study.environment else None,
        "architectures": json.loads(summary_frame(findings).to_json(orient="records")),
    }
