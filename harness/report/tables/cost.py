"""Cost against accuracy: who is dominated, and the time to a target accuracy; weighs nothing."""

from __future__ import annotations

from collections.abc import Sequence

from harness.analysis.findings import Findings
from harness.analysis.pareto import TimeToTarget, time_to_target
from harness.report import numbers
from harness.report.table import Alignment, Table

TARGETS = (0.98, 0.985, 0.99, 0.992)


def cost_table(findings: Findings, targets: Sequence[float] = TARGETS) -> Table:
    """Return per architecture what dominates it and how long it trains to each target accuracy."""
    measured = [one for one in findings.ranking if one.runs]
    right: list[Alignment] = ["right"] * (1 + len(targets))
    return Table(
        title="Cost against accuracy",
        header=(
            "Architecture",
            "Seconds per trial",
            *(f"Seconds to {numbers.percent(target, 1)} %" for target in targets),
            "Dominated by",
        ),
        rows=tuple(
            (
                one.name,
                numbers.spread_of_seconds(findings.summaries[one.name].train_seconds),
                *(seconds_to_target(time_to_target(one, target)) for target in targets),
                ", ".join(findings.dominated[one.name]) or "none",
            )
            for one in measured
        ),
        alignments=("left", *right, "left"),
        notes=(
            (
                "Seconds to a target: training seconds to the end of the first epoch with that test accuracy, median "
                "over the seeds that reach it; in brackets how many do, where not all."
            ),
            (
                "Dominated by: those that are at least as good in mean accuracy, parameters, multiply-accumulates and "
                "median training seconds, and better in one of them."
            ),
        ),
    )


def seconds_to_target(time: TimeToTarget) -> str:
    """Return the median, with how many seeds reached the target where not all did."""
    if time.seconds is None:
        return "not reached"
    median = numbers.seconds(time.seconds.median)
    return median if time.reached == time.seeds else f"{median} [{time.reached} of {time.seeds}]"
