"""Threads and op determinism: whether they change weights, and whether they change the headline; tests nothing."""

from __future__ import annotations

from collections.abc import Sequence

from harness.analysis.crosscheck import CrossCheck
from harness.analysis.findings import Findings
from harness.evaluations.metric import Metric, Quantity
from harness.reporting import numbers
from harness.reporting.blocks import Cells, Section, Table

ADD_ROWS = (
    "'bench run NAME --seeds 5 --threads 2' and 'bench run NAME --seeds 5 --no-determinism' add rows; the rest of the "
    "page stays with its own environment."
)


def section(findings: Findings) -> Section | None:
    """Return the table, where the same seeds were trained with other settings."""
    if not findings.crosschecks:
        return None
    table = crosscheck_table(findings.crosschecks, findings.study.headline)
    return Section(table.title, (table,))


def crosscheck_table(checks: Sequence[CrossCheck], headline: Quantity) -> Table:
    """Return one row per architecture and other setting."""
    return Table(
        title="Effect of threads and determinism",
        header=(
            "Architecture",
            "Other setting (there)",
            "Seeds",
            "Same bits",
            numbers.headed(headline.metric, "Here"),
            numbers.headed(headline.metric, "There"),
            "Difference",
            "p",
            f"Effect on {headline.metric.name}",
        ),
        rows=tuple(_row(check, headline.metric) for check in checks),
        alignments=("left", "left", "right", "right", "right", "right", "right", "right", "left"),
        notes=(
            (
                "Same bits: how many seeds have identical weights after every epoch; in brackets the first epoch that "
                f"differs. Difference: {headline.title} here minus there{headline.metric.difference_unit}, seed by "
                "seed; its intervals hold together with 95 %. p: Student's paired t test, multiplied by the number of "
                "tests (Bonferroni). A difference that is not significant is not shown to be zero: the interval says "
                "how large it may be."
            ),
            ADD_ROWS,
        ),
    )


def _row(check: CrossCheck, metric: Metric) -> Cells:
    return (
        ", ".join(check.names),
        setting(check),
        str(len(check.seeds)),
        _same_bits(check),
        numbers.plus_minus(metric, check.here),
        numbers.plus_minus(metric, check.there),
        _difference(check, metric),
        numbers.p_value(check.adjusted_p),
        verdict(check),
    )


def setting(check: CrossCheck) -> str:
    """Return the other setting in words."""
    return f"{numbers.plural(check.threads, 'thread')}, determinism {'on' if check.deterministic else 'off'}"


def verdict(check: CrossCheck) -> str:
    """Return in words whether the setting changes the headline."""
    if check.same_bits == len(check.seeds):
        return "none: same bits"
    if check.same_values == len(check.seeds):
        return "none for any seed"
    if check.differ is None:
        return "unknown: too few seeds"
    return "significant" if check.differ else "not significant"


def _same_bits(check: CrossCheck) -> str:
    total = len(check.seeds)
    if not check.first_epochs:
        return f"{check.same_bits} of {total}"
    low, high = min(check.first_epochs), max(check.first_epochs)
    return f"{check.same_bits} of {total} [{numbers.ordinal_range(low, high)}]"


def _difference(check: CrossCheck, metric: Metric) -> str:
    if check.difference is None:
        return numbers.UNKNOWN
    return numbers.difference_with_bounds(metric, check.difference.estimate, check.interval)
