"""Threads and op determinism: whether they change bits, and whether they change accuracies; tests nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

from harness.analysis.crosscheck import CrossCheck
from harness.report import numbers
from harness.report.table import Table

NOTES = (
    (
        "Same bits: seeds whose weights are the same after every epoch; in brackets the first epoch that differs. "
        "Difference: test accuracy here minus there in points, seed by seed, with its 95 % interval. p: Student's "
        "paired test, after Holm over all rows. Not told apart is no proof of being equal: the interval says what "
        "may be hidden."
    ),
    (
        "To add rows: bench run NAME --seeds 5 --threads 2, and bench run NAME --seeds 5 --no-determinism; the page "
        "stays about its own environment."
    ),
)


def crosscheck_table(checks: Sequence[CrossCheck]) -> Table:
    """Return one row per architecture and other setting."""
    return Table(
        title="Do threads and determinism matter?",
        header=("Architecture", "There", "Seeds", "Same bits", "Here %", "There %", "Difference", "p", "Accuracy"),
        rows=tuple(_row(check) for check in checks),
        alignments=("left", "left", "right", "right", "right", "right", "right", "right", "left"),
        notes=NOTES,
    )


def _row(check: CrossCheck) -> tuple[str, ...]:
    return (
        ", ".join(check.names),
        setting(check),
        str(len(check.seeds)),
        _same_bits(check),
        numbers.plus_minus(check.here),
        numbers.plus_minus(check.there),
        _difference(check),
        numbers.p_value(check.adjusted_p),
        verdict(check),
    )


def setting(check: CrossCheck) -> str:
    """Return the other setting in words."""
    return f"{numbers.plural(check.threads, 'thread')}, determinism {'on' if check.deterministic else 'off'}"


def verdict(check: CrossCheck) -> str:
    """Return in words whether it matters for the accuracy."""
    if check.same_bits == len(check.seeds):
        return "the same, bit for bit"
    if check.same_accuracies == len(check.seeds):
        return "the same for every seed"
    if check.differ is None:
        return "too few seeds to tell"
    return "differs" if check.differ else "not told apart"


def _same_bits(check: CrossCheck) -> str:
    total = len(check.seeds)
    if not check.first_epochs:
        return f"{check.same_bits} of {total}"
    low, high = min(check.first_epochs), max(check.first_epochs)
    return f"{check.same_bits} of {total} [{numbers.ordinal_range(low, high)}]"


def _difference(check: CrossCheck) -> str:
    if check.difference is None:
        return numbers.UNKNOWN
    interval = numbers.points_interval(check.difference.interval)
    estimate = numbers.points(check.difference.estimate)
    return estimate if check.difference.interval is None else f"{estimate} ({interval})"
