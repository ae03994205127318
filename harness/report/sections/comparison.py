"""How sure the differences between architectures are: every pair, groups, and two side by side; tests nothing."""

from __future__ import annotations

from collections.abc import Sequence

from harness.analysis.comparison import Comparison
from harness.analysis.findings import Findings
from harness.analysis.pareto import time_to_target
from harness.analysis.runs import ArchitectureResults
from harness.report import numbers
from harness.report.blocks import Cells, Folded, Section, Table
from harness.report.sections.cost import TARGETS, seconds_to_target

PAIR_NOTES = (
    (
        "Difference: mean test accuracy of the first minus that of the second, in percentage points, with Welch's 95 % "
        "interval; p (Holm) is corrected for the number of pairs, p (permutation) is not."
    ),
    "P(first > second): how often a run of the first beats a run of the second, ties counted half.",
    (
        "Seeds needed: how many seeds of each would detect a difference of this size in four of five studies, "
        "corrected for the number of pairs."
    ),
)
SHARED = "Pairs marked * share trials: the same networks read at two epochs, compared seed by seed."
GROUP_NOTES = (
    "Architectures that share a letter do not differ significantly with these seeds.",
    (
        "SD from disagreement: the standard deviation implied by the test images on which two runs disagree (Jordan "
        "2023); it is near the SD over seeds if images flip independently of each other."
    ),
)


def section(findings: Findings) -> Section | None:
    """Return the groups, and all pairs folded, where there is more than one architecture."""
    if not findings.comparisons:
        return None
    pairs = pair_table(findings)
    folded = Folded(f"All {numbers.plural(len(pairs.rows), 'pair')}", pairs) if pairs.rows else pairs
    return Section("Pairwise comparisons", (group_table(findings), folded))


def pair_table(findings: Findings) -> Table:
    """Return one row per pair; pairs that compute the same are left to a note."""
    shown = [pair for pair in findings.comparisons if not pair.same]
    return Table(
        title="Pairs",
        header=(
            "First",
            "Second",
            "Difference",
            "95 % interval",
            "p (Holm)",
            "p (permutation)",
            "P(first > second)",
            "Seeds needed",
            "Significant",
        ),
        rows=tuple(_pair_row(pair) for pair in shown),
        alignments=("left", "left", *("right",) * 6, "left"),
        notes=(*PAIR_NOTES, *((SHARED,) if any(pair.shared for pair in shown) else ()), *_same(findings)),
    )


def _pair_row(pair: Comparison) -> Cells:
    difference = pair.difference
    return (
        pair.first,
        f"{pair.second} *" if pair.shared else pair.second,
        numbers.points(difference.estimate if difference else None),
        numbers.points_interval(difference.interval if difference else None),
        numbers.p_value(pair.adjusted_p),
        numbers.p_value(pair.permutation_p),
        f"{pair.superiority.estimate:.2f}" if pair.superiority else numbers.UNKNOWN,
        numbers.count(pair.seeds_needed),
        "yes" if pair.differ else "no",
    )


def _same(findings: Findings) -> tuple[str, ...]:
    same = [f"{pair.first} and {pair.second}" for pair in findings.comparisons if pair.same]
    return (f"The same computation read at the same epoch, hence no difference: {'; '.join(same)}.",) if same else ()


def group_table(findings: Findings) -> Table:
    """Return every architecture with its letters: two that share one do not differ significantly."""
    ranked = [entry.name for entry in findings.ranking if entry.name in findings.standings]
    return Table(
        title="Groups",
        header=(
            "Architecture",
            "Group",
            "Mean (%)",
            "95 % interval of the mean",
            "SD over seeds",
            "SD from disagreement",
            "Mean without contested labels (%)",
        ),
        rows=tuple(_group_row(findings, name) for name in ranked),
        alignments=("left", "left", *("right",) * 5),
        notes=GROUP_NOTES,
    )


def _group_row(findings: Findings, name: str) -> Cells:
    summary = findings.summaries[name]
    accuracy, clean = summary.test_accuracy, summary.uncontested_accuracy
    return (
        name,
        findings.standings[name].letters,
        numbers.percent(accuracy.mean if accuracy else None),
        numbers.percent_interval(accuracy.interval if accuracy else None),
        numbers.percent(accuracy.deviation if accuracy else None, 3),
        numbers.percent(summary.discordant_deviation, 3),
        numbers.percent(clean.mean if clean else None),
    )


def side_by_side(
    findings: Findings, first: ArchitectureResults, second: ArchitectureResults, targets: Sequence[float] = TARGETS
) -> Table:
    """Return one row per quantity, one column per architecture; ``targets`` are test accuracies in [0, 1]."""
    ours, theirs = _quantities(findings, first, targets), _quantities(findings, second, targets)
    return Table(
        title=f"{first.name} and {second.name}",
        header=("", first.name, second.name),
        rows=tuple((name, ours[name], theirs[name]) for name in ours),
        alignments=("left", "right", "right"),
    )


def _quantities(findings: Findings, entry: ArchitectureResults, targets: Sequence[float]) -> dict[str, str]:
    """Return the architecture's numbers by their names."""
    summary = findings.summaries[entry.name]
    return {
        "Seeds": str(len(entry.runs)),
        "Test accuracy (%)": numbers.plus_minus(summary.test_accuracy),
        "  without contested labels (%)": numbers.plus_minus(summary.uncontested_accuracy),
        "  SD from disagreement": numbers.percent(summary.discordant_deviation),
        "Test loss": f"{summary.test_loss.mean:.4f}" if summary.test_loss else numbers.UNKNOWN,
        "Parameters": numbers.count(entry.cost.parameters),
        "Multiply-accumulates": numbers.millions(entry.cost.macs),
        "Epochs": str(entry.epochs),
        "Training seconds": numbers.spread_of_seconds(summary.train_seconds),
        "Seconds per epoch": numbers.spread_of_seconds(summary.epoch_seconds),
        **{f"Seconds to {100 * target:.6g} %": seconds_to_target(time_to_target(entry, target)) for target in targets},
    }


def difference_sentences(pair: Comparison) -> tuple[str, ...]:
    """Return what is known of the difference, a sentence each."""
    if pair.same:
        return ("Both compute the same and are read at the same epoch: there is no difference.",)
    if pair.difference is None:
        return ("The difference is unknown: one of the two has no run.",)
    test = "Student's paired t test, since they share trials" if pair.shared else "Welch's t test"
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
        seeds = numbers.plural(pair.seeds_needed, "seed")
        sentences.append(f"Detecting a difference of this size takes {seeds} of each.")
    return tuple(sentences)
