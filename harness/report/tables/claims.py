"""Claims with their verdicts: those that training decides one by one, exact ones folded; judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any, get_args

from harness.analysis.verdicts import Verdict
from harness.declaration.values import WrittenFloat
from harness.report import numbers
from harness.report.blocks import Table
from harness.spec.claims import Decision, Unit, Value
from harness.spec.claims.claim import Evidence
from harness.statistics.samples import Interval


@dataclass(frozen=True)
class Format:
    """How the values of one unit are shown, and their ranges."""

    value: Callable[[Any], str]
    interval: Callable[[Interval], str]


def decided_by(evidence: Evidence, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts on the claims that this evidence decides."""
    return [verdict for verdict in verdicts if verdict.claim.evidence == evidence]


def trained_claims(verdicts: Sequence[Verdict]) -> Table:
    """Return the claims that only training can decide."""
    return Table(
        title="Claims",
        header=("Architecture", "Claim", "Published", "Measured", "Verdict", "Seeds", "Why", "Where"),
        rows=tuple(
            (
                verdict.architecture,
                verdict.claim.label,
                published(verdict),
                measured(verdict),
                verdict.decision,
                str(verdict.ruling.seeds),
                verdict.ruling.reason,
                verdict.claim.where,
            )
            for verdict in decided_by("training", verdicts)
        ),
        alignments=("left", "left", "right", "right", "left", "right", "left", "left"),
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
        header=("Claim", "Published", "Measured", "95 % range", "Verdict"),
        rows=tuple(rows),
        alignments=("left", "right", "right", "right", "left"),
        notes=tuple(
            f"{verdict.architecture}, {verdict.claim.label}: {verdict.decision}: {verdict.ruling.reason}"
            for verdict in chosen
            if verdict.decision != "reproduced"
        ),
    )


def _stands_alone(verdict: Verdict) -> bool:
    exact = verdict.claim.evidence == "spec"
    return verdict.claim.evidence == "training" or (exact and verdict.decision != "reproduced")


def _narrow_row(verdict: Verdict) -> tuple[str, ...]:
    return f"  {verdict.claim.label}", published(verdict), measured(verdict), bounds(verdict), verdict.decision


def published(verdict: Verdict) -> str:
    """Return what the document states, in its unit."""
    return FORMATS[verdict.claim.unit].value(verdict.claim.published)


def measured(verdict: Verdict) -> str:
    """Return what was measured, in its unit; nothing is a dash."""
    value = verdict.ruling.measured
    return numbers.UNKNOWN if value is None else _format(verdict).value(value)


def bounds(verdict: Verdict) -> str:
    """Return where one more run, the difference or the share would lie, in the unit of what was measured."""
    low, high = verdict.ruling.low, verdict.ruling.high
    return "" if low is None or high is None else _format(verdict).interval(Interval(low, high))


def _format(verdict: Verdict) -> Format:
    return FORMATS[verdict.claim.measured_unit or verdict.claim.unit]


def accuracy(number: float) -> str:
    """Return an accuracy in per cent; a published one with no more digits than it was written with."""
    if not isinstance(number, WrittenFloat):
        return numbers.percent(number)
    return numbers.percent(number, max(0, min(number.decimals - 2, numbers.PERCENT_PLACES)))


def tally(verdicts: Sequence[Verdict]) -> str:
    """Return how many claims got which verdict, in one line."""
    names = get_args(Decision)
    counts = {name: sum(verdict.decision == name for verdict in verdicts) for name in names}
    return ", ".join(f"{counts[name]} {name}" for name in names if counts[name]) or "no claims"


def _plain(value: Value) -> str:
    """Return a count, a shape, a loss or a name as people read it."""
    if isinstance(value, tuple):
        return " × ".join(map(str, value))
    if isinstance(value, str):
        return value
    return numbers.count(value) if isinstance(value, int) else f"{value:.4f}"


FORMATS: Mapping[Unit, Format] = MappingProxyType(
    {
        Unit.PLAIN: Format(_plain, lambda found: f"{found.low:.4f}{numbers.DASH}{found.high:.4f}"),
        Unit.PERCENT: Format(lambda share: f"{accuracy(share)} %", numbers.percent_interval),
        Unit.SEEDS: Format(lambda share: f"{100 * share:.0f} %", numbers.percent_interval),
        Unit.POINTS: Format(lambda difference: f"{numbers.points(difference)} points", numbers.points_interval),
        Unit.ORDER: Format(lambda _: "better", numbers.points_interval),
    }
)
