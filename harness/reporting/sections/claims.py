"""Claims with their verdicts, how these are reached, and what each spec had to assume; judges nothing.

What training decides is counted apart from what is arithmetic, so that the one does not pass for the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import get_args

from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.analysis.verdicts import Verdict
from harness.reporting import numbers
from harness.reporting.blocks import Block, Folded, Section, Table
from harness.reporting.markdown import escape
from harness.reporting.units import FORMATS, UnitFormat
from harness.spec.claims import Basis, Decision
from harness.statistics.samples import Interval


def section(findings: Findings) -> Section | None:
    """Return the claims that training decides, then the others folded, then the assumptions behind all of them."""
    verdicts = findings.judgement.verdicts
    if not verdicts or not findings.study.measured:
        return None
    trained = trained_claims(verdicts)
    judged: tuple[Block, ...] = (trained, *findings.judgement.rules) if trained.rows else ()
    return Section(
        trained.title,
        (
            f"{outcome(verdicts)}.",
            *judged,
            *_folded(exact_claims(verdicts), arithmetic(verdicts)),
            *_folded(statements(verdicts), untested(verdicts)),
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
    points = "\n".join(f"- {escape(text)}" for text in entry.architecture.assumptions)
    return f"{named}\n\n{points}"


def decided_by(basis: Basis, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts on the claims that this basis decides."""
    return [verdict for verdict in verdicts if verdict.claim.basis == basis]


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


def explanation(verdict: Verdict) -> str:
    """Return the reason, that of fresh seeds if they decide otherwise, and the known cause of a claim that fails."""
    reason, fresh, cause = verdict.ruling.reason, verdict.fresh, verdict.claim.known_cause
    if fresh and fresh.decision != verdict.decision:
        reason = f"{reason}. On fresh seeds alone: {fresh.ruling.reason}"
    return f"{reason}. Known cause: {cause}" if cause and verdict.decision in {"refuted", "inconclusive"} else reason


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


def narrow_claims(verdicts: Sequence[Verdict]) -> Table:
    """Return all claims but the statements and the exact ones that hold, for 80 columns.

    Claims stand below their architecture; the reasons of those that do not hold are notes.
    """
    chosen = [verdict for verdict in verdicts if _stands_alone(verdict)]
    rows: list[tuple[str, ...]] = []
    for name, group in groupby(chosen, key=lambda verdict: verdict.architecture):
        rows += [(name, "", "", "", ""), *(_narrow_row(verdict) for verdict in group)]
    return Table(
        title="Claims",
        header=("Claim", "Published", "Measured", "90 % interval", "Verdict"),
        rows=tuple(rows),
        alignments=("left", "right", "right", "right", "left"),
        notes=tuple(
            f"{verdict.architecture}, {verdict.claim.label}: {verdict.decision}: {explanation(verdict)}"
            for verdict in chosen
            if verdict.decision != "reproduced"
        ),
    )


def _stands_alone(verdict: Verdict) -> bool:
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


def published(verdict: Verdict) -> str:
    """Return what the document states, in its unit."""
    return FORMATS[verdict.claim.unit].value(verdict.claim.published)


def measured(verdict: Verdict) -> str:
    """Return what was measured, in its unit; nothing is a dash."""
    value = verdict.ruling.measured
    return numbers.UNKNOWN if value is None else _format(verdict).value(value)


def bounds(verdict: Verdict) -> str:
    """Return where the typical run, the difference or the share lies, in the unit of what was measured."""
    low, high = verdict.ruling.interval
    return "" if low is None or high is None else _format(verdict).interval(Interval(low, high))


def _format(verdict: Verdict) -> UnitFormat:
    return FORMATS[verdict.claim.measured_unit]


def tally(verdicts: Sequence[Verdict]) -> str:
    """Return how many claims got which verdict, in one line."""
    names = get_args(Decision)
    counts = {name: sum(verdict.decision == name for verdict in verdicts) for name in names}
    return ", ".join(f"{counts[name]} {name}" for name in names if counts[name]) or "no claims"


def outcome(verdicts: Sequence[Verdict]) -> str:
    """Return what became of all claims, those that training decides first and apart from the others."""
    trained = decided_by("training", verdicts)
    parts = [f"claims on training: {tally(trained)}"] if trained else []
    parts += [arithmetic(verdicts)] if decided_by("spec", verdicts) else []
    parts += [untested(verdicts)] if decided_by("nothing", verdicts) else []
    text = "; ".join(parts) or "no claims"
    return f"{text[0].upper()}{text[1:]}"


def arithmetic(verdicts: Sequence[Verdict]) -> str:
    """Return how many shapes and counts come out equal."""
    exact = decided_by("spec", verdicts)
    equal = sum(verdict.decision == "reproduced" for verdict in exact)
    some = "" if equal == len(exact) else f"{equal} of "
    return f"{some}{len(exact):,} shapes and parameter counts equal by arithmetic"


def untested(verdicts: Sequence[Verdict]) -> str:
    """Return how many statements no number here can judge."""
    return f"{numbers.plural(len(decided_by('nothing', verdicts)), 'statement')} not tested"
