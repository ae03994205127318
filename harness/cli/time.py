"""`bench time`: times single steps and predictions of the architectures, and keeps them beside the records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from harness.app.console import Shown
from harness.cli import options
from harness.cli.console import print_json, say, stdout
from harness.cli.report import name_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.app.timing import TimeResult
    from harness.records.times import Timed
    from harness.reporting.blocks import Table

Repetitions = Annotated[
    int,
    typer.Option(
        "--repetitions", min=1, metavar="N", envvar="BENCH_TIME_REPETITIONS", help="Rounds over all architectures."
    ),
]
Harness = Annotated[
    bool,
    typer.Option(
        "--harness", envvar="BENCH_TIME_HARNESS", help="Also time the harness itself; needs a copy of the repository."
    ),
]


def time(
    names: options.Names = None,
    *,
    repetitions: Repetitions = 3,
    harness: Harness = False,
    threads: options.Threads = 1,
    dataset: options.OnDataset = None,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    json: options.Json = False,
) -> None:
    """Time a training step, and inference on 1 and on 256 images, in one warm process; then write the report.

    Examples:
        bench time                           every architecture, about a minute
        bench time 000_convnet dense_512     these two, beside what was timed before
        bench time --harness                 reading, planning, loading and reporting, too
    """
    from harness.app.timing import TimeOptions
    from harness.app.timing import time as take_times

    asked = TimeOptions(
        names=tuple(names or ()),
        threads=threads,
        repetitions=repetitions,
        harness=harness,
        dataset=dataset,
        results=results,
        architectures=architectures,
    )
    shown = Shown()
    found = take_times(asked, progress=shown)
    if json:
        print_json(found.document)
    else:
        print_times(found)
    say(f"wrote {found.path}")
    name_files(found.page, shown)


def print_times(found: TimeResult) -> None:
    """Print the times of the architectures that were timed, and of the harness where it was."""
    from harness.reporting.sections.speed import harness_table
    from harness.reporting.terminal import render_table

    stdout().print(render_table(times_table(found)))
    if found.times.harness:
        stdout().print(render_table(harness_table(found.times)))


def times_table(found: TimeResult) -> Table:
    """Return one row per architecture that was timed."""
    from harness.reporting.blocks import Table

    peak = found.times.peak_gflops
    return Table(
        title="Training and inference speed",
        header=("Architecture", "Batch", "Training step (ms)", "Latency (ms)", "Images per second"),
        rows=tuple(
            (architecture.name, str(architecture.training.batch_size), *cells(found.works(architecture)))
            for architecture in found.architectures
        ),
        alignments=("left", *("right",) * 4),
        notes=(
            "Medians in a warm process, the architectures taking turns; latency is that of one image, the rate of 256.",
            *([f"Float32 peak: {peak:.0f} GFLOP/s."] if peak else []),
        ),
    )


def cells(works: Mapping[str, Timed]) -> tuple[str, str, str]:
    """Return the cells of what was timed of one architecture."""
    from harness.records.times import PREDICT_MANY, PREDICT_ONE, TRAIN_STEP
    from harness.reporting.sections.speed import milliseconds, throughput

    step, one, many = (works.get(work) for work in (TRAIN_STEP, PREDICT_ONE, PREDICT_MANY))
    return milliseconds(step), milliseconds(one), throughput(many)
