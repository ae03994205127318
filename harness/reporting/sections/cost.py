"""Cost against the headline: which architectures are dominated, and the time to a target; weighs nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from harness.analysis.findings import Findings
from harness.analysis.pareto import TimeToTarget, time_to_target
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import ACCURACY
from harness.reporting import numbers
from harness.reporting.blocks import Alignment, Cells, Illustration, Section, Table
from harness.reporting.sections.headline import UNSTEADY, timing_mark

# The values of a metric that the seconds to reach are worth a column.
BELOW_BEST = (10, 5, 2, 0)
TARGETS: Mapping[str, Sequence[float]] = MappingProxyType({ACCURACY.name: (0.98, 0.985, 0.99, 0.992)})

MARKED = (
    f"{UNSTEADY}: too few trials found the machine quiet, so these times and those to a target are over all trials, "
    "and what else ran there may have lengthened them."
)


def section(findings: Findings) -> Section | None:
    """Return the table with its figures."""
    if not findings.study.measured:
        return None
    table = cost_table(findings)
    return Section(table.title, (table, Illustration("pareto"), Illustration("times")))


def cost_table(findings: Findings) -> Table:
    """Return per architecture what dominates it and how long it trains to each target."""
    headline = findings.study.headline
    metric, targets = headline.metric, targets_of(findings)
    right: list[Alignment] = ["right"] * (1 + len(targets))
    rows = tuple(_row(findings, entry, targets) for entry in findings.ranking if entry.runs)
    return Table(
        title=f"Cost against {metric.name}",
        header=(
            "Architecture",
            "Training seconds",
            *(f"Seconds to {numbers.with_unit(metric, numbers.measured(metric, target, 1))}" for target in targets),
            "Dominated by",
        ),
        rows=rows,
        alignments=("left", *right, "left"),
        notes=(
            *([MARKED] if any(UNSTEADY in row[1] for row in rows) else []),
            (
                f"Seconds to a target: what the first epoch that reaches this {headline.title} is expected to take, "
                "the training time of all seeds over the number of those that reach it (in brackets unless all do). "
                "Where fewer than half do, it is more than the whole training takes."
            ),
            (
                f"Dominated by: architectures whose {headline.title} is better by more than chance (a separated pair, "
                "see below) and that have no more parameters, multiply-accumulates and median training seconds."
            ),
        ),
    )


def targets_of(findings: Findings) -> Sequence[float]:
    """Return the values that the seconds to reach are shown for.

    On data where the best mean is far from the usual ones, whole percentages up to that mean.
    """
    metric = findings.study.headline.metric
    usual = TARGETS.get(metric.name, ())
    best = findings.headline_of(findings.ranking[0]) if findings.ranking else None
    if not usual or best is None or metric.reaches(best.mean, usual[1]):
        return usual
    percent = math.floor(100 * best.mean)
    return tuple((percent - below) / 100 for below in BELOW_BEST if percent > below)


def _row(findings: Findings, entry: ArchitectureResults, targets: Sequence[float]) -> Cells:
    summary, headline = findings.summaries[entry.name], findings.study.headline
    return (
        entry.name,
        numbers.spread_of_seconds(summary.train_seconds) + timing_mark(summary),
        *(seconds_to_target(time_to_target(entry, headline, target)) for target in targets),
        ", ".join(findings.dominated[entry.name]) or "none",
    )


def seconds_to_target(time: TimeToTarget) -> str:
    """Return the expected seconds, or that they are above the budget, with how many seeds reach the target."""
    if time.budget is None:
        return numbers.UNKNOWN
    shown = f"> {numbers.median_seconds(time.budget)}"
    if time.expected_seconds is not None and time.is_typical:
        noise = time.budget.noise and time.budget.noise * time.expected_seconds / time.budget.median
        shown = numbers.seconds(time.expected_seconds, noise)
    return shown if time.reached == time.seeds else f"{shown} [{time.reached} of {time.seeds}]"
