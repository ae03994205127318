"""The page's verdicts, how they are reached, and what each spec had to assume; judges nothing."""

from __future__ import annotations

from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.analysis.verdicts import Verdict
from harness.report.blocks import Table
from harness.report.markdown import details, escape, render_table
from harness.report.tables.claims import decided_by, exact_claims, statements, tally, trained_claims


def claims_section(findings: Findings) -> list[str]:
    """Return the claims that training decides, then the others folded, then the assumptions."""
    verdicts = findings.judgement.verdicts
    if not verdicts:
        return []
    trained = trained_claims(verdicts)
    return [
        "## Claims",
        *([render_table(trained), " ".join(findings.judgement.rules)] if trained.rows else []),
        *_folded(exact_claims(verdicts), decided_by("spec", verdicts)),
        *_folded(statements(verdicts), decided_by("nothing", verdicts)),
        *_assumptions(findings),
    ]


def _folded(table: Table, verdicts: list[Verdict]) -> list[str]:
    return [details(f"{table.title}: {tally(verdicts)}", render_table(table))] if table.rows else []


def _assumptions(findings: Findings) -> list[str]:
    """Return what each spec had to choose where its document is silent: it limits what a verdict means."""
    found = [_assumed(entry) for entry in findings.study.entries if entry.architecture.assumptions]
    return ["### Assumptions behind the verdicts", *found] if found else []


def _assumed(entry: ArchitectureResults) -> str:
    origin = entry.architecture.document or entry.architecture.source
    named = f"**{escape(entry.name)}**" + (f" ({escape(origin)})" if origin else "")
    points = "\n".join(f"- {escape(text)}" for text in entry.architecture.assumptions)
    return f"{named}\n\n{points}"
