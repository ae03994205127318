"""`bench doctor`: says whether this machine can run the benchmark and how far its times can be trusted."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from harness.app.console import stderr
from harness.cli import options
from harness.cli.console import print_json, stdout

if TYPE_CHECKING:
    from harness.app.doctor import Examination

MARKS = {"fine": "[green]fine   [/]", "advice": "[yellow]advice [/]", "problem": "[bold red]problem[/]"}


def doctor(
    *,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    json: options.Json = False,
) -> None:
    """Look at versions, settings, data, cores, memory and disk, and whether this machine is quiet enough to time on.

    Takes some five seconds. Exits with 1 if something would stop a run; advice is no reason to.

    Examples:
        bench doctor            before a run whose times count
        bench doctor --json     for a program
    """
    from harness.app.doctor import examine
    from harness.app.workspace import Workspace

    measuring = stderr().status("measuring how quiet this machine is")
    found = examine(Workspace(results=results, architectures=architectures), measuring=measuring)
    if json:
        print_json(examination_json(found))
    else:
        print_examination(found)
    if not found.is_fit:
        raise typer.Exit(1)


def examination_json(found: Examination) -> dict[str, Any]:
    """Return everything as plain values."""
    return {
        "fit": found.is_fit,
        "environment": {"id": found.environment.id, **found.environment.facts},
        "findings": [asdict(diagnosis) for diagnosis in found.diagnoses],
        "quiet": asdict(found.quietness),
    }


def print_examination(found: Examination) -> None:
    """Print the environment, then each diagnosis with what to do about it."""
    from rich.markup import escape

    out = stdout()
    for name, value in found.environment.facts.items():
        words = " ".join(value) if isinstance(value, tuple) else value
        out.print(f"{name.replace('_', ' '):22}{'none' if words is None else words}", markup=False, soft_wrap=True)
    out.print()
    for diagnosis in found.diagnoses:
        remedy = f"\n{'':24}[bold]{escape(diagnosis.remedy)}[/]" if diagnosis.remedy else ""
        out.print(f"{MARKS[diagnosis.state]} {diagnosis.subject:15} {escape(diagnosis.what)}{remedy}", soft_wrap=True)
