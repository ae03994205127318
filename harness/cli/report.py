"""`bench report`: writes the page and its figures from the records, or checks them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from harness.app.console import Shown
from harness.cli import options
from harness.cli.console import say, stdout
from harness.errors import Exclusive
from harness.planning.seeds import parse_seeds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from harness.analysis.findings import Findings
    from harness.app.progress import Progress
    from harness.app.report import ReportResult
    from harness.reporting.blocks import Table

# Columns that the headline takes with every cell on one line.
WIDE = 180
Check = Annotated[
    bool,
    typer.Option("--check", envvar="BENCH_CHECK", help="Write nothing; exit 1 if a file is not what the records give."),
]
Csv = Annotated[
    bool, typer.Option("--csv", envvar="BENCH_CSV", help="Print the summary as CSV, unrounded, and write nothing.")
]


PresetSeeds = Annotated[
    str | None,
    typer.Option(
        "--seeds",
        metavar="SEEDS",
        envvar="BENCH_REPORT_SEEDS",
        help="Change the seeds that ranks and verdicts use, as study.yaml keeps them; the page says that they were.",
        show_default=False,
    ),
]


def report(
    *,
    check: Check = False,
    csv: Csv = False,
    seeds: PresetSeeds = None,
    environment: options.EnvironmentId = None,
    smoke: options.Smoke = False,
    dataset: options.OnDataset = None,
    folds: options.Folds = None,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
) -> None:
    """Write README.md and figures from the records, and show the headline.

    Examples:
        bench report                       after copying records from another machine
        bench report --check               in continuous integration
        bench report --seeds 0-9           rank by these seeds from now on
        bench report --csv > summary.csv   for a spreadsheet
    """
    from harness.app.report import ReportOptions, summary_csv
    from harness.app.report import report as write_report

    if csv and (check or seeds):
        raise Exclusive("--check" if check else "--seeds", "--csv")
    asked = ReportOptions(
        environment=environment,
        check=check,
        seeds=parse_seeds(seeds) if seeds else None,
        smoke=smoke,
        dataset=dataset,
        folds=folds,
        results=results,
        architectures=architectures,
    )
    shown = Shown()
    if csv:
        sys.stdout.write(summary_csv(asked, progress=shown))
        return
    found = write_report(asked, progress=shown)
    if check:
        print_check(asked.folder, found)
    else:
        print_headline(found.findings)
        name_files(found.changed, shown)


def print_headline(findings: Findings) -> None:
    """Print the headline table, and what became of the claims."""
    from harness.reporting.terminal import render_table
    from harness.reporting.verdicts import outcome

    stdout().print(render_table(_headline(findings)))
    if findings.judgement.verdicts:
        stdout().print(f"{outcome(findings.judgement.verdicts)}. 'bench claims' says which and why.", style="dim")


def name_files(changed: Iterable[Path], progress: Progress) -> None:
    """Name the files that were written or removed."""
    for path in changed:
        progress.say(f"wrote {path}" if path.exists() else f"removed {path}: nothing of it is left to draw")


def print_check(folder: Path, found: ReportResult) -> None:
    """Name every file that is not what the records give, and exit with 1 if there is one."""
    for path in found.changed:
        state = "is not what the records give" if path.exists() else "is missing"
        say(f"{path}: {state}; 'bench report' writes it")
    if found.changed:
        raise typer.Exit(1)
    say(f"{folder}: the report is what the records give")


def _headline(findings: Findings) -> Table:
    from harness.reporting.sections.headline import headline, narrow_headline

    return headline(findings) if stdout().width >= WIDE else narrow_headline(findings)
