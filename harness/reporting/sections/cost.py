"""Cost against the headline: which architectures are dominated, and the time to a target; weighs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from harness.analysis.findings import Findings
from harness.analysis.pareto import TimeToTarget, time_to_target
from harness.evaluations.metric import ACCURACY
from harness.reporting import numbers
from harness.reporting.blocks import Alignment, Illustration, Section, Table

# The values of a metric that the seconds to reach are worth a column.
TARGETS: Mapping[str, Sequence[float]] = MappingProxyType({ACCURACY.name: (0.98, 0.985, 0.99, 0.992)})


def section(findings: Findings) -> Section | None:
    """Return the table with its figures."""
    if not findings.study.measured:
        return None
    table = cost_table(findings)
    return Section(table.title, (table, Illustration("pareto"), Illustration("times")))


def cost_table(findings: Findings) -> Table:
    """Return per architecture what dominates it and how long it trains to each target."""
    headline = findings.study.headline
    metric, targets = headline.metric, TARGETS.get(headline.metric.name, ())
    measured = [entry for entry in findings.ranking if entry.runs]
    right: list[Alignment] = ["right"] * (1 + len(targets))
    return Table(
        title=f"Cost against {metric.name}",
        header=(
            "Architecture",
            "Training seconds",
            *(f"Seconds to {numbers.with_unit(metric, numbers.measured(metric, target, 1))}" for target in targets),
            "Dominated by",
        ),
        rows=tuple(
            (
                entry.name,
                numbers.spread_of_seconds(findings.summaries[entry.name].train_seconds),
                *(seconds_to_target(time_to_target(entry, headline, target)) for target in targets),
                ", ".join(findings.dominated[entry.name]) or "none",
            )
            for entry in measured
        ),
        alignments=("left", *right, "left"),
        notes=(
            (
                "Seconds to a target: training time until the end of the first epoch that reaches this "
                f"{headline.title}; median over the seeds that reach it, with their number in brackets unless all do."
            ),
            (
                f"Dominated by: architectures that are at least as good in mean {metric.name}, parameters, "
                "multiply-accumulates and median training seconds, and better in at least one of them."
            ),
        ),
    )


def seconds_to_target(time: TimeToTarget) -> str:
    """Return the median, with how many seeds reached the target where not all did."""
    if not time.seeds:
        return numbers.UNKNOWN
    if time.seconds is None:
        return "not reached"
    median = numbers.seconds(time.seconds.median)
    return median if time.reached == time.seeds else f"{median} [{time.reached} of {time.seeds}]"
