"""`bench report`: writes the page and its figures from the records, or checks them; the stages do the work."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import options
from harness.cli.console import say, stdout
from harness.errors import Exclusive

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from harness.analysis.findings import Findings
    from harness.cli.derived import Asked, Derived
    from harness.report.blocks import Table
    from harness.report.figures.images import Images

# Columns that the headline takes with every cell on one line.
WIDE = 180
Check = Annotated[
    bool,
    typer.Option("--check", envvar="BENCH_CHECK", help="Write nothing; exit 1 if a file is not what the records give."),
]
Csv = Annotated[
    bool, typer.Option("--csv", envvar="BENCH_CSV", help="Print the summary as CSV, unrounded, and write nothing.")
]


def report(
    *,
    check: Check = False,
    csv: Csv = False,
    environment: options.EnvironmentId = None,
    smoke: options.Smoke = False,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
) -> None:
    """Write README.md and figures from the records, and show the headline.

    Examples:
        bench report                       after copying records from another machine
        bench report --check               in continuous integration
        bench report --csv > summary.csv   for a spreadsheet
    """
    from harness.cli.derived import Asked, read_derived

    if check and csv:
        raise Exclusive("--check", "--csv")
    asked = Asked(results, architectures, environment, smoke)
    derived = read_derived(asked)
    if csv:
        print_csv(derived.findings)
    elif check:
        check_report(asked, derived)
    else:
        changed = write(asked, derived)
        print_headline(derived.findings)
        name_files(changed)


def print_headline(findings: Findings) -> None:
    """Print the headline table, and what became of the claims."""
    from harness.report.sections.claims import tally
    from harness.report.terminal import render_table

    stdout().print(render_table(_headline(findings)))
    if findings.judgement.verdicts:
        stdout().print(f"Claims: {tally(findings.judgement.verdicts)}. 'bench claims' says which and why.", style="dim")


def name_files(changed: Iterable[Path]) -> None:
    """Name the files that were written or removed."""
    for path in changed:
        say(f"wrote {path}" if path.exists() else f"removed {path}: nothing of it is left to draw")


def write(asked: Asked, derived: Derived) -> tuple[Path, ...]:
    """Write the report's files that changed and return them.

    Raises:
        CannotWrite: The disk is full or the folder can't be written.
    """
    from harness.report.writing import report_files, write_report

    return write_report(asked.folder, report_files(derived.findings, _images(derived)))


def check_report(asked: Asked, derived: Derived) -> None:
    """Name every file that is not what the records give, and exit with 1 if there is one."""
    from harness.report.writing import differing, report_files

    wrong = differing(asked.folder, report_files(derived.findings, _images(derived)))
    for path in wrong:
        state = "is not what the records give" if path.exists() else "is missing"
        say(f"{path}: {state}; 'bench report' writes it")
    if wrong:
        raise typer.Exit(1)
    say(f"{asked.folder}: the report is what the records give")


def print_csv(findings: Findings) -> None:
    """Print one row per architecture to stdout."""
    from harness.analysis.frame import summary_frame

    sys.stdout.write(summary_frame(findings).to_csv(index=False, lineterminator="\n"))


def _headline(findings: Findings) -> Table:
    from harness.report.sections.headline import headline, narrow_headline

    return headline(findings) if stdout().width >= WIDE else narrow_headline(findings)


def _images(derived: Derived) -> Images:
    return {dataset.name: dataset.test_images for dataset in derived.datasets}
