"""`bench claims`: the verdict on every claim; it judges nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harness.cli import options
from harness.cli.console import print_json, say, stdout

if TYPE_CHECKING:
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
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
) -> None:
    """Say of every claim whether it is reproduced, refuted, inconclusive or not tested, and why.

    Names narrow what is shown, not the correction for the number of claims: that covers the whole folder.
    """
    from harness.cli.derived import Asked, read_derived

    chosen = _selected(names, architectures)
    needed = chosen if names else ()
    # No verdict needs a test label or image, so a machine without the data can judge too.
    asked = Asked(results, architectures, environment, smoke, needed, images=False)
    findings = read_derived(asked).findings
    shown = {path.stem for path in chosen}
    verdicts = [one for one in findings.judgement.verdicts if one.architecture in shown]
    if json:
        print_json([verdict_json(one) for one in verdicts])
    else:
        _print(findings, verdicts)
    refuted = [one for one in verdicts if one.verdict == "refuted"]
    if strict and refuted:
        say(f"{len(refuted)} refuted")
        raise typer.Exit(1)


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as `--json` gives it; the names are a contract, those after ``where`` are additions."""
    return {
        "architecture": verdict.architecture,
        "claim": verdict.claim,
        "published": verdict.published,
        "measured": verdict.measured,
        "low": verdict.low,
        "high": verdict.high,
        "seeds": verdict.seeds,
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "where": verdict.where,
        "subject": verdict.subject,
        "p": verdict.p,
        "adjusted_p": verdict.adjusted_p,
    }


def _selected(names: Sequence[str] | None, folder: Path | None) -> tuple[Path, ...]:
    from harness.spec.folder import architectures_folder, select_files

    return select_files(names or (), architectures_folder(folder))


def _print(findings: Findings, verdicts: Sequence[Verdict]) -> None:
    from harness.report.tables.claims import EXACT, narrow_claims, tally
    from harness.report.terminal import render_table

    table = narrow_claims(verdicts)
    exact = [one for one in verdicts if one.claim in EXACT]
    said = [one for one in verdicts if one.claim == "statement"]
    notes = [
        *table.notes,
        *([f"Shapes and parameters: {tally(exact)}."] if exact else []),
        *([f"Statements: {tally(said)}; results/README.md and --json list them."] if said else []),
        *_assumptions(findings, verdicts),
    ]
    stdout().print(render_table(replace(table, notes=tuple(notes))))


def _assumptions(findings: Findings, verdicts: Sequence[Verdict]) -> list[str]:
    """Return what the specs of the judged architectures assume: a verdict means no more than they allow."""
    shown = {one.architecture for one in verdicts}
    return [
        f"{one.name} assumes: {assumption}"
        for one in findings.study.entries
        if one.name in shown
        for assumption in one.architecture.assumptions
    ]
