"""`bench time`: times single steps and answers of the architectures, and keeps them beside the records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from harness.app.console import Shown
from harness.cli import options
from harness.cli.console import print_json, say, stdout
from harness.cli.report import name_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.records.times import Times
    from harness.report.blocks import Table
    from harness.spec.architecture import Architecture

Repetitions = Annotated[
    int,
    typer.Option(
        "--repetitions", min=1, metavar="N", envvar="BENCH_TIME_REPETITIONS", help="Rounds over all architectures."
    ),
]
Harness = Annotated[
    bool,
    typer.Option(
        "--harness", envvar="BENCH_TIME_HARNESS", help="Also time the harness itself; in a copy of the repository."
    ),
]


def time(
    names: options.Names = None,
    *,
    repetitions: Repetitions = 3,
    harness: Harness = False,
    threads: options.Threads = 1,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    json: options.Json = False,
) -> None:
    """Time a training step, and answers to 1 and to 256 images, in one warm process; then write the report.

    Examples:
        bench time                           every architecture, about a minute
        bench time 000_convnet dense_512     these two, beside what was timed before
        bench time --harness                 reading, planning, loading and reporting, too
    """
    from harness.app.timing.published import published, save
    from harness.app.timing.running import Timing, run_benchmarks
    from harness.records.environment import current_environment
    from harness.records.store import Store
    from harness.records.times import read_times, times_path
    from harness.spec.folder import architectures_folder
    from harness.spec.reading import select

    folder = architectures_folder(architectures)
    chosen = select(tuple(names or ()), folder)
    Store(results).check_writable()
    environment = current_environment(threads)
    timing = Timing([one.name for one in chosen], folder, threads, repetitions, harness)
    document = published(run_benchmarks(timing), environment)
    path = times_path(results, environment.id)
    save(path, document)
    if json:
        print_json(document)
    else:
        _print_times(read_times(path), chosen)
    say(f"wrote {path}")
    _write_report(results, architectures)


def _print_times(times: Times, chosen: Sequence[Architecture]) -> None:
    from harness.report.sections.speed import harness_table
    from harness.report.terminal import render_table

    stdout().print(render_table(times_table(times, chosen)))
    if times.harness:
        stdout().print(render_table(harness_table(times)))


def times_table(times: Times, chosen: Sequence[Architecture]) -> Table:
    """Return one row per architecture that was timed."""
    from harness.plan.settings import Settings
    from harness.plan.trial import trial_computation
    from harness.records.times import MANY, ONE, STEP
    from harness.report.blocks import Table
    from harness.report.sections.speed import milliseconds, throughput

    timed = [(one, times.networks.get(trial_computation(one, Settings()).fingerprint, {})) for one in chosen]
    return Table(
        title="Speed of use",
        header=("Architecture", "Batch", "Training step ms", "Latency ms", "Images per second"),
        rows=tuple(
            (
                one.name,
                str(one.training.batch_size),
                milliseconds(works.get(STEP)),
                milliseconds(works.get(ONE)),
                throughput(works.get(MANY)),
            )
            for one, works in timed
        ),
        alignments=("left", *("right",) * 4),
        notes=(
            "Medians in a warm process, architectures by turns; latency is that of one image, the rate of 256.",
            *([f"Float32 peak: {times.peak_gflops:.0f} GFLOP/s."] if times.peak_gflops else []),
        ),
    )


def _write_report(results: Path, architectures: Path | None) -> None:
    """Bring the page up to date, where there are records to report on."""
    from harness.app.report import ReportOptions, report
    from harness.records.store import Store

    if Store(results).load().records:
        shown = Shown()
        name_files(report(ReportOptions(results=results, architectures=architectures), progress=shown).changed, shown)
