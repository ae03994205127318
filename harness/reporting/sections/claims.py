"""Claims with their verdicts, how these are reached, and what each spec had to assume; judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.analysis.verdicts import Verdict
from harness.reporting import numbers
from harness.reporting.blocks import Block, Folded, Section, Table
from harness.reporting.markdown import escape, paragraph
from harness.reporting.sections.seeds import verdict_notes
from harness.reporting.verdicts import (
    about_other_data,
    arithmetic,
    bounds,
    decided_by,
    differs_on_fresh_seeds,
    explanation,
    foreign,
    fresh_outcome,
    measured,
    outcome,
    published,
    untested,
)


def section(findings: Findings) -> Section | None:
    """Return the claims that training decides, then the others folded, then the assumptions behind all of them."""
    verdicts = findings.judgement.verdicts
    if not verdicts or not findings.study.measured:
        return None
    if len(about_other_data(verdicts)) == len(verdicts):
        return Section("Claims", _folded(foreign_claims(verdicts), foreign(verdicts)))
    trained = trained_claims(verdicts)
    judged: tuple[Block, ...] = (trained, *verdict_notes(findings), *findings.judgement.rules) if trained.rows else ()
    return Section(
        trained.title,
        (
            f"{outcome(verdicts)}. {fresh_outcome(verdicts)}".rstrip(),
            *judged,
            *_folded(exact_claims(verdicts), arithmetic(verdicts)),
            *_folded(statements(verdicts), untested(verdicts)),
            *_folded(foreign_claims(verdicts), foreign(verdicts)),
            *_assumptions(findings),
        ),
    )


def _folded(table: Table, summary: str) -> tuple[Block, ...]:
    return (Folded(f"{summary[0].upper()}{summary[1:]}", table),) if table.rows else ()


def _assumptions(findings: Findings) -> tuple[str, ...]:
    """Return what each spec had to choose where its document is silent: it limits what a verdict means."""
    found = [_assumed(entry) for entry in findings.study.entries if entry.architecture.assumptions]
    return ("### Assumptions behind the verdicts", *found) if found else ()


def _assumed(entry: ArchitectureResults) -> str:
    origin = entry.architecture.document or entry.architecture.source
    named = f"**{escape(entry.name)}**" + (f" ({escape(origin)})" if origin else "")
    points = "\n".join(f"- {paragraph(text)}" for text in entry.architecture.assumptions)
    return f"{named}\n\n{points}"


def trained_claims(verdicts: Sequence[Verdict]) -> Table:
    """Return the claims that only training can decide; with a second verdict where fresh seeds give one."""
    plain = _trained_claims(verdicts)
    chosen = decided_by("training", verdicts)
    if not any(verdict.fresh for verdict in chosen):
        return plain
    column = plain.header.index("Seeds") + 1

    def with_fresh(cells: Sequence[str], cell: str) -> tuple[str, ...]:
        return (*cells[:column], cell, *cells[column:])

    return Table(
        title=plain.title,
        header=with_fresh(plain.header, "Fresh seeds alone"),
        rows=tuple(with_fresh(row, _fresh(verdict)) for row, verdict in zip(plain.rows, chosen, strict=True)),
        alignments=(*plain.alignments[:column], "left", *plain.alignments[column:]),
    )


def _fresh(verdict: Verdict) -> str:
    """Return the verdict that the fresh seeds give by themselves, and how many they are."""
    fresh = verdict.fresh
    return f"{fresh.decision} (n = {fresh.ruling.seeds})" if fresh else numbers.UNKNOWN


def _trained_claims(verdicts: Sequence[Verdict]) -> Table:
    return Table(
        title="Claims",
        header=("Architecture", "Claim", "Published", "Measured", "Verdict", "Seeds", "p", "Why", "Where"),
        rows=tuple(
            (
                verdict.architecture,
                verdict.claim.label,
                published(verdict),
                measured(verdict),
                verdict.decision,
                str(verdict.ruling.seeds),
                numbers.p_value(verdict.adjusted_p),
                explanation(verdict),
                verdict.claim.where,
            )
            for verdict in decided_by("training", verdicts)
        ),
        alignments=("left", "left", "right", "right", "left", "right", "right", "left", "left"),
    )


def exact_claims(verdicts: Sequence[Verdict]) -> Table:
    """Return the claims about shapes and parameters."""
    return Table(
        title="Shapes and parameters",
        header=("Architecture", "Claim", "Published", "Measured", "Verdict", "Where"),
        rows=tuple(
            (
                verdict.architecture,
                verdict.claim.label,
                published(verdict),
                measured(verdict),
                verdict.decision,
                verdict.claim.where,
            )
            for verdict in decided_by("spec", verdicts)
        ),
        alignments=("left", "left", "right", "right", "left", "left"),
    )


def statements(verdicts: Sequence[Verdict]) -> Table:
    """Return what documents say that no number here can judge."""
    return Table(
        title="Statements",
        header=("Architecture", "What it says", "Verdict", "Why", "Where"),
        rows=tuple(
            (
                verdict.architecture,
                published(verdict),
                verdict.decision,
                verdict.ruling.reason,
                verdict.claim.where,
            )
            for verdict in decided_by("nothing", verdicts)
        ),
        alignments=("left",) * 5,
    )


def foreign_claims(verdicts: Sequence[Verdict]) -> Table:
    """Return the claims about other data, which nothing here tests."""
    return Table(
        title="Claims about other data",
        header=("Architecture", "Claim", "Published", "Verdict", "Why", "Where"),
        rows=tuple(
            (
                verdict.architecture,
                verdict.claim.label,
                published(verdict),
                verdict.decision,
                verdict.ruling.reason,
                verdict.claim.where,
            )
            for verdict in about_other_data(verdicts)
        ),
        alignments=("left", "left", "right", "left", "left", "left"),
    )


def narrow_claims(verdicts: Sequence[Verdict]) -> Table:
    """Return all claims but the statements and the exact ones that hold, for 80 columns.

    Claims stand below their architecture; the reasons of those that do not hold are notes.
    """
    chosen = [verdict for verdict in verdicts if _stands_alone(verdict)]
    rows: list[tuple[str, ...]] = []
    for name, group in groupby(chosen, key=lambda verdict: verdict.architecture):
        rows += [(name, "", "", "", ""), *(_narrow_row(verdict) for verdict in group)]
    # A look until decided has a level of its own.
    interval = "Interval" if any(verdict.look for verdict in chosen) else "90 % interval"
    return Table(
        title="Claims",
        header=("Claim", "Published", "Measured", interval, "Verdict"),
        rows=tuple(rows),
        alignments=("left", "right", "right", "right", "left"),
        notes=tuple(
            f"{verdict.architecture}, {verdict.claim.label}: {verdict.decision}: {explanation(verdict)}"
            for verdict in chosen
            if verdict.decision != "reproduced" or differs_on_fresh_seeds(verdict)
        ),
    )


def _stands_alone(verdict: Verdict) -> bool:
    if verdict.made_on is not None:
        return False
    exact = verdict.claim.basis == "spec"
    return verdict.claim.basis == "training" or (exact and verdict.decision != "reproduced")


def _narrow_row(verdict: Verdict) -> tuple[str, ...]:
    return f"  {verdict.claim.label}", _narrow(verdict), measured(verdict), bounds(verdict), verdict.decision


def _narrow(verdict: Verdict) -> str:
    """Return what the document states; of several runs, how many they are."""
    stated = verdict.claim.published
    if verdict.claim.basis == "training" and isinstance(stated, tuple):
        return f"{len(stated)} runs"
    return published(verdict)
