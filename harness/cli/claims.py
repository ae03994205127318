"""`bench claims`: the verdict on every claim; it judges nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from harness.app.console import Shown
from harness.cli import options
from harness.cli.console import print_json, say, stdout

if TYPE_CHECKING:
    from pathlib import Path

    from harness.analysis.findings import Findings
    from harness.analysis.verdicts import Verdict

Strict = Annotated[bool, typer.Option("--strict", envvar="BENCH_STRICT", help="Exit 1 if a claim is refuted.")]


def claims(
    names: options.Names = None,
    *,
    strict: Strict = False,
    json: options.Json = False,
    environment: options.EnvironmentId = None,
    smoke: options.Smoke = False,
    dataset: options.OnDataset = None,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
) -> None:
    """Judge every claim: reproduced, refuted, inconclusive or not tested, and why.

    Names narrow what is shown, not the correction for the number of claims: that covers the whole folder.

    Examples:
        bench claims                every claim of the folder
        bench claims '00*'          those of the documents
        bench claims --strict       in continuous integration
    """
    from harness.app.claims import ClaimsOptions
    from harness.app.claims import claims as judge

    asked = ClaimsOptions(
        names=tuple(names or ()),
        environment=environment,
        smoke=smoke,
        dataset=dataset,
        results=results,
        architectures=architectures,
    )
    found = judge(asked, progress=Shown())
    if json:
        print_json([verdict.facts for verdict in found.verdicts])
    else:
        _print(found.findings, found.verdicts, asked.folder)
    refuted = [verdict for verdict in found.verdicts if verdict.decision == "refuted"]
    if strict and refuted:
        say(f"{len(refuted)} refuted")
        raise typer.Exit(1)


def _print(findings: Findings, verdicts: Sequence[Verdict], folder: Path) -> None:
    from harness.reporting.sections.claims import narrow_claims
    from harness.reporting.terminal import render_table
    from harness.reporting.verdicts import fresh_outcome, outcome

    table, where = narrow_claims(verdicts), f"{folder}/README.md and --json list all."
    if not table.rows:
        stdout().print(f"{outcome(verdicts)}; {where}" if verdicts else "No claims.")
        return
    notes = [
        *table.notes,
        "Interval: of the typical run, the difference or the share; 95 % for 'better than'.",
        f"{outcome(verdicts)}; {where} {fresh_outcome(verdicts)}".rstrip(),
        *_assumptions(findings, verdicts),
    ]
    stdout().print(render_table(replace(table, notes=tuple(notes))))


def _assumptions(findings: Findings, verdicts: Sequence[Verdict]) -> list[str]:
    """Return what the specs of the judged architectures assume: a verdict means no more than they allow."""
    shown = {verdict.architecture for verdict in verdicts}
    return [
        f"{entry.name} assumes: {assumption}"
        for entry in (*findings.study.entries, *findings.study.apart)
        if entry.name in shown
        for assumption in entry.architecture.assumptions
    ]
