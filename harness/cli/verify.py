"""`bench verify`: trains recorded trials again and compares bits, or checks the files alone; prints what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import options
from harness.cli.again import Effort, Wanted, benchmark_like, choose, verify_trials
from harness.cli.console import print_json, stdout, warn
from harness.cli.progress import ProgressMode
from harness.cli.run import ProgressOption, Quiet, Timeout
from harness.cli.texts import parse_duration
from harness.cli.verified import audit_json, audit_sentences, sentences, verified_json

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def check_records(wanted: Wanted, *, json: bool) -> None:
    """Check the stored files of every environment and exit with 1 if one does not hold."""
    from harness.app.verification.stored import audit
    from harness.data import DataMissing, load
    from harness.data.library import DATASETS
    from harness.errors import NothingRecorded
    from harness.records.store import Store

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
