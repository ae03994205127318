"""How sure the differences between architectures are: every pair, groups, and two side by side; tests nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.analysis.comparison import Comparison
from harness.analysis.findings import Findings
from harness.analysis.pareto import time_to_target
from harness.analysis.runs import ArchitectureResults
from harness.analysis.summary import Summary
from harness.evaluations.evaluation import find_evaluation
from harness.evaluations.metric import ACCURACY, Metric, Quantity
from harness.reporting import numbers
from harness.reporting.blocks import Cells, Folded, Section, Table
from harness.reporting.sections.cost import TARGETS, seconds_to_target

SEEDS_NEEDED = (
    "Seeds needed: how many seeds of each would detect a difference of this size in four of five studies, corrected "
    "for the number of pairs."
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
    metric = findings.study.headline.metric
    beats = f"P(first {metric.sign} second)"
    return Table(
        title="Pairs",
        header=(
            "First",
            "Second",
            "Difference",
            "95 % interval",
            "p (Holm)",
            "p (permutation)",
            beats,
            "Seeds needed",
            "Significant",
        ),
        rows=tuple(_pair_row(pair, metric) for pair in shown),
        alignments=("left", "left", *("right",) * 6, "left"),
        notes=(
            (
                f"Difference: mean {findings.study.headline.title} of the first minus that of the second"
                f"{metric.difference_unit and ','}{metric.difference_unit}, with Welch's 95 % interval; p (Holm) is "
                "corrected for the number of pairs, p (permutation) is not."
            ),
            f"{beats}: how often a run of the first beats a run of the second, ties counted half.",
            SEEDS_NEEDED,
            *((SHARED,) if any(pair.shared for pair in shown) else ()),
            *_same(findings),
        ),
    )


def _pair_row(pair: Comparison, metric: Metric) -> Cells:
    difference = pair.difference
    return (
        pair.first,
        f"{pair.second} *" if pair.shared else pair.second,
        numbers.difference(metric, difference.estimate if difference else None),
        numbers.difference_bounds(metric, difference.interval if difference else None),
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
    ranked = [entry for entry in findings.ranking if entry.name in findings.standings]
    metric = findings.study.headline.metric
    return Table(
        title="Groups",
        header=(
            "Architecture",
            "Group",
            numbers.headed(metric, "Mean"),
            "95 % interval of the mean",
            "SD over seeds",
            "SD from disagreement",
            numbers.headed(ACCURACY, "Mean without contested labels"),
        ),
        rows=tuple(_group_row(findings, entry) for entry in ranked),
        alignments=("left", "left", *("right",) * 5),
        notes=GROUP_NOTES,
    )


def _group_row(findings: Findings, entry: ArchitectureResults) -> Cells:
    summary, metric = findings.summaries[entry.name], findings.study.headline.metric
    found, clean = findings.headline_of(entry), summary.uncontested_accuracy
    return (
        entry.name,
        findings.standings[entry.name].letters,
        numbers.measured(metric, found.mean if found else None),
        numbers.bounds(metric, found.interval if found else None),
        numbers.measured(metric, found.deviation if found else None, metric.places + 1),
        numbers.measured(ACCURACY, summary.discordant_deviation, ACCURACY.places + 1),
        numbers.measured(ACCURACY, clean.mean if clean else None),
    )


def side_by_side(
    findings: Findings, first: ArchitectureResults, second: ArchitectureResults, targets: Sequence[float] = ()
) -> Table:
    """Return one row per quantity, one column per architecture; ``targets`` are values of the headline."""
    ours, theirs = _quantities(findings, first, targets), _quantities(findings, second, targets)
    return Table(
        title=f"{first.name} and {second.name}",
        header=("", first.name, second.name),
        rows=tuple((name, ours[name], theirs[name]) for name in ours),
        alignments=("left", "right", "right"),
    )


def _quantities(findings: Findings, entry: ArchitectureResults, targets: Sequence[float]) -> dict[str, str]:
    """Return the architecture's numbers by their names."""
    summary, headline = findings.summaries[entry.name], findings.study.headline
    metric, clean = headline.metric, summary.uncontested_accuracy
    return {
        "Seeds": str(len(entry.runs)),
        numbers.headed(metric, headline.heading): numbers.plus_minus(metric, findings.headline_of(entry)),
        numbers.headed(ACCURACY, "  without contested labels"): numbers.plus_minus(ACCURACY, clean),
        "  SD from disagreement": numbers.measured(ACCURACY, summary.discordant_deviation),
        **dict(_means(summary, headline)),
        "Parameters": numbers.count(entry.cost.parameters),
        "Multiply-accumulates": numbers.millions(entry.cost.macs),
        "Epochs": str(entry.epochs),
        "Training seconds": numbers.spread_of_seconds(summary.train_seconds),
        "Seconds per epoch": numbers.spread_of_seconds(summary.epoch_seconds),
        **{
            f"Seconds to {numbers.with_unit(metric, f'{metric.scale * target:.6g}')}": seconds_to_target(
                time_to_target(entry, headline, target)
            )
            for target in targets or TARGETS.get(metric.name, ())
        },
    }


def _means(summary: Summary, headline: Quantity) -> Iterator[tuple[str, str]]:
    """Yield the means of what the headline's evaluation measures beside it, with their names."""
    for metric in find_evaluation(headline.evaluation).metrics:
        quantity = Quantity(headline.evaluation, metric)
        if quantity != headline:
            found = summary.of(quantity)
            yield numbers.headed(metric, quantity.heading), numbers.measured(metric, found.mean if found else None)


def difference_sentences(pair: Comparison, headline: Quantity) -> tuple[str, ...]:
    """Return what is known of the difference, a sentence each."""
    if pair.same:
        return ("Both compute the same and are read at the same epoch: there is no difference.",)
    if pair.difference is None:
        return ("The difference is unknown: one of the two has no run.",)
    metric = headline.metric
    test = "Student's paired t test, since they share trials" if pair.shared else "Welch's t test"
    sentences = [
        (
            f"Difference in {headline.title}: {metric.signed(pair.difference.estimate)}, 95 % interval "
            f"{numbers.difference_bounds(metric, pair.difference.interval)}, {numbers.p_phrase(pair.difference.p)} "
            f"({test})."
        )
    ]
    if pair.permutation_p is not None:
        sentences.append(f"Permutation test: {numbers.p_phrase(pair.permutation_p)}.")
    if pair.superiority is not None:
        low, high = pair.superiority.interval.low, pair.superiority.interval.high
        sentences.append(
            f"P({pair.first} {metric.sign} {pair.second}) = {pair.superiority.estimate:.2f}, 95 % interval {low:.2f} "
            f"to {high:.2f}."
        )
    if pair.seeds_needed is not None:
        seeds = numbers.plural(pair.seeds_needed, "seed")
        sentences.append(f"Detecting a difference of this size takes {seeds} of each.")
    return tuple(sentences)
