"""The page's verdicts, how they are reached, and what each spec had to assume; judges nothing."""

from __future__ import annotations

from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.analysis.verdicts.published import WIDEST_SHARE
from harness.analysis.verdicts.verdict import FEWEST_SEEDS, Verdict
from harness.report import numbers
from harness.report.blocks import Table
from harness.report.markdown import details, escape, render_table
from harness.report.tables.claims import EXACT, exact_claims, statements, tally, trained_claims


def claims_section(findings: Findings) -> list[str]:
    """Return the claims that training decides, then the others folded, then the assumptions."""
    verdicts = findings.judgement.verdicts
    if not verdicts:
        return []
    trained = trained_claims(verdicts)
    exact = [one for one in verdicts if one.claim in EXACT]
    said = [one for one in verdicts if one.claim == "statement"]
    return [
        "## Claims",
        *([render_table(trained), _rules(findings)] if trained.rows else []),
        *_folded(exact_claims(verdicts), exact),
        *_folded(statements(verdicts), said),
        *_assumptions(findings),
    ]


def _folded(table: Table, verdicts: list[Verdict]) -> list[str]:
    return [details(f"{table.title}: {tally(verdicts)}", render_table(table))] if table.rows else []


def _rules(findings: Findings) -> str:
    claims = numbers.plural(findings.judgement.corrected_for, "claim")
    return (
        "A published number is one run of the document's. It is *reproduced* if it lies where one more run of ours "
        f"would fall (95 % prediction interval over at least {FEWEST_SEEDS} seeds, widened by half a unit of its last "
        f"digit, and before that no wider than ± {100 * WIDEST_SHARE:.2f} points, for a loss than a third of the "
        "published one), *refuted* if it lies outside even after the correction for the number of claims, and "
        "*inconclusive* in between. A wider interval confirms nothing, but a number far outside it is refuted all the "
        "same. *Better than* is Welch's one-sided test; architectures that share trials are compared seed by seed, by "
        f"Student's paired test. Holm's correction covers the {claims} that chance decides here, so that one false "
        "alarm among all of them has a chance below 5 %. A predicted class is *reproduced* if most seeds say it and "
        "*refuted* if none does. Shapes and parameters are judged by equality."
    )


def _assumptions(findings: Findings) -> list[str]:
    """Return what each spec had to choose where its document is silent: it limits what a verdict means."""
    found = [_assumed(one) for one in findings.study.entries if one.architecture.assumptions]
    return ["### Assumptions behind the verdicts", *found] if found else []


def _assumed(entry: ArchitectureResults) -> str:
    origin = entry.architecture.document or entry.architecture.source
    named = f"**{escape(entry.name)}**" + (f" ({escape(origin)})" if origin else "")
    points = "\n".join(f"- {escape(text)}" for text in entry.architecture.assumptions)
    return f"{named}\n\n{points}"
