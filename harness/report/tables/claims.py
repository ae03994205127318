"""Claims with their verdicts: those that training decides one by one, exact ones folded; judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from harness.analysis.verdicts.verdict import Published, Verdict
from harness.declaration.values import WrittenFloat
from harness.report import numbers
from harness.report.blocks import Table
from harness.statistics.samples import Interval

EXACT = ("parameters", "layer_parameters", "output_shape")
SHARES = ("test_accuracy", "train_accuracy")


def trained_claims(verdicts: Sequence[Verdict]) -> Table:
    """Return the claims that only training can decide."""
    chosen = [one for one in verdicts if one.claim not in (*EXACT, "statement")]
    return Table(
        title="Claims",
        header=("Architecture", "Claim", "Published", "Measured", "Verdict", "Seeds", "Why", "Where"),
        rows=tuple(_row(one) for one in chosen),
        alignments=("left", "left", "right", "right", "left", "right", "left", "left"),
    )


def exact_claims(verdicts: Sequence[Verdict]) -> Table:
    """Return the claims about shapes and parameters."""
    chosen = [one for one in verdicts if one.claim in EXACT]
    return Table(
        title="Shapes and parameters",
        header=("Architecture", "Claim", "Published", "Measured", "Verdict", "Where"),
        rows=tuple(
            (
                one.architecture,
                label(one),
                value(one, one.published),
                value(one, one.measured),
                one.verdict,
                one.where,
            )
            for one in chosen
        ),
        alignments=("left", "left", "right", "right", "left", "left"),
    )


def statements(verdicts: Sequence[Verdict]) -> Table:
    """Return what documents say that no number here can judge."""
    chosen = [one for one in verdicts if one.claim == "statement"]
    return Table(
        title="Statements",
        header=("Architecture", "What it says", "Verdict", "Why", "Where"),
        rows=tuple((one.architecture, str(one.published), one.verdict, one.reason, one.where) for one in chosen),
        alignments=("left",) * 5,
    )


def narrow_claims(verdicts: Sequence[Verdict]) -> Table:
    """Return all claims but the statements and the exact ones that hold, for 80 columns.

    Claims stand below their architecture; the reasons of those that do not hold are notes.
    """
    chosen = [
        one for one in verdicts if one.claim != "statement" and not (one.claim in EXACT and one.verdict == "reproduced")
    ]
    rows: list[tuple[str, ...]] = []
    for name, group in groupby(chosen, key=lambda one: one.architecture):
        rows += [(name, "", "", "", ""), *(_narrow_row(one) for one in group)]
    return Table(
        title="Claims",
        header=("Claim", "Published", "Measured", "95 % range", "Verdict"),
        rows=tuple(rows),
        alignments=("left", "right", "right", "right", "left"),
        notes=tuple(
            f"{one.architecture}, {label(one)}: {one.verdict}: {one.reason}"
            for one in chosen
            if one.verdict != "reproduced"
        ),
    )


def _narrow_row(one: Verdict) -> tuple[str, ...]:
    return f"  {label(one)}", value(one, one.published), value(one, one.measured), bounds(one), one.verdict


def bounds(verdict: Verdict) -> str:
    """Return where one more run, the difference or the share would lie, in the unit of the claim."""
    if verdict.low is None or verdict.high is None:
        return ""
    interval = Interval(verdict.low, verdict.high)
    if verdict.claim == "better_than":
        return numbers.points_interval(interval)
    if verdict.claim == "test_loss":
        return f"{verdict.low:.4f}{numbers.DASH}{verdict.high:.4f}"
    return numbers.percent_interval(interval)


def accuracy(number: float) -> str:
    """Return an accuracy in per cent; a published one with no more digits than it was written with."""
    if not isinstance(number, WrittenFloat):
        return numbers.percent(number)
    return numbers.percent(number, max(0, min(number.decimals - 2, numbers.PERCENT_PLACES)))


def tally(verdicts: Sequence[Verdict]) -> str:
    """Return how many claims got which verdict, in one line."""
    names = ("reproduced", "refuted", "inconclusive", "not tested")
    counts = {name: sum(one.verdict == name for one in verdicts) for name in names}
    return ", ".join(f"{counts[name]} {name}" for name in names if counts[name]) or "no claims"


def label(verdict: Verdict) -> str:
    """Return the claim's kind in words, with what it is about: ``output shape, layer 3``."""
    words = verdict.claim.replace("_", " ")
    if verdict.claim == "better_than":
        return f"better {verdict.subject}"
    return f"{words}, {verdict.subject}" if verdict.subject else words


def value(verdict: Verdict, number: Published | None) -> str:  # noqa: PLR0911 - one return per unit
    """Return a published or measured value in the unit of its claim."""
    if number is None:
        return numbers.UNKNOWN
    if isinstance(number, tuple):
        return " × ".join(map(str, number))
    if isinstance(number, str):
        return "better"
    if verdict.claim == "better_than":
        return f"{numbers.points(number)} points"
    if verdict.claim in SHARES:
        return f"{accuracy(number)} %"
    if verdict.claim == "prediction":
        return f"{100 * number:.0f} %" if isinstance(number, float) else str(number)
    return numbers.count(number) if isinstance(number, int) else f"{number:.4f}"


def _row(one: Verdict) -> tuple[str, ...]:
    return (
        one.architecture,
        label(one),
        value(one, one.published),
        value(one, one.measured),
        one.verdict,
        str(one.seeds),
        one.reason,
        one.where,
    )
