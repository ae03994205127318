"""Two architectures side by side, and the test images on which they differ; compares nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

from harness.analysis.agreement import DisputedImage
from harness.analysis.comparison import Comparison
from harness.analysis.findings import Findings
from harness.analysis.pareto import time_to_target
from harness.analysis.runs import ArchitectureResults
from harness.report import numbers
from harness.report.table import Table
from harness.report.tables.cost import TARGETS, seconds_to_target


def side_by_side(
    findings: Findings, first: ArchitectureResults, second: ArchitectureResults, targets: Sequence[float] = TARGETS
) -> Table:
    """Return one row per quantity, one column per architecture; ``targets`` are test accuracies in [0, 1]."""
    names = (*_names(), *(f"Seconds to {100 * target:.6g} %" for target in targets))
    return Table(
        title=f"{first.name} and {second.name}",
        header=("", first.name, second.name),
        rows=tuple(zip(names, _facts(findings, first, targets), _facts(findings, second, targets), strict=True)),
        alignments=("left", "right", "right"),
    )


def difference_sentences(pair: Comparison) -> tuple[str, ...]:
    """Return what is known of the difference, a sentence each."""
    if pair.same:
        return ("Both compute the same and read it at the same epoch: there is no difference.",)
    if pair.difference is None:
        return ("Nothing is known of the difference: one of the two has no run.",)
    test = "Student's paired test: they share trials" if pair.shared else "Welch's test"
    sentences = [
        (
            f"Difference in test accuracy: {numbers.points(pair.difference.estimate)} points, 95 % interval "
            f"{numbers.points_interval(pair.difference.interval)}, {numbers.p_phrase(pair.difference.p)} ({test})."
        )
    ]
    if pair.permutation_p is not None:
        sentences.append(f"Permutation test: {numbers.p_phrase(pair.permutation_p)}.")
    if pair.superiority is not None:
        low, high = pair.superiority.interval.low, pair.superiority.interval.high
        sentences.append(
            f"P({pair.first} > {pair.second}) = {pair.superiority.estimate:.2f}, 95 % interval {low:.2f} to {high:.2f}."
        )
    if pair.seeds_needed is not None:
        sentences.append(
            f"A difference of this size needs {numbers.plural(pair.seeds_needed, 'seed')} of each to show."
        )
    return tuple(sentences)


def disputed_table(images: Sequence[DisputedImage], first: str, second: str) -> Table:
    """Return the test images that one gets right and the other misses, by share of runs."""
    return Table(
        title="Test images on which they differ most",
        header=("Test image", "Label", f"{first} right", f"{second} right"),
        rows=tuple(
            (str(one.index), str(one.label), f"{100 * one.first_right:.0f} %", f"{100 * one.second_right:.0f} %")
            for one in images
        ),
        alignments=("right",) * 4,
    )


def _names() -> tuple[str, ...]:
    return (
        "Seeds",
        "Test accuracy %",
        "  without contested labels %",
        "  sd from disagreement",
        "Test loss",
        "Parameters",
        "Multiply-accumulates",
        "Epochs",
        "Training seconds",
        "Seconds per epoch",
    )


def _facts(findings: Findings, one: ArchitectureResults, targets: Sequence[float]) -> tuple[str, ...]:
    summary = findings.summaries[one.name]
    return (
        str(len(one.runs)),
        numbers.plus_minus(summary.test_accuracy),
        numbers.plus_minus(summary.uncontested_accuracy),
        numbers.percent(summary.discordant_deviation),
        f"{summary.test_loss.mean:.4f}" if summary.test_loss else numbers.UNKNOWN,
        numbers.count(one.cost.parameters),
        numbers.millions(one.cost.macs),
        str(one.epochs),
        numbers.spread_of_seconds(summary.train_seconds),
        numbers.spread_of_seconds(summary.epoch_seconds),
        *(seconds_to_target(time_to_target(one, target)) for target in targets),
    )
