"""Two architectures in depth: their numbers side by side, and what is known of the difference; tests nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.analysis.comparison import Comparison
from harness.analysis.findings import Findings
from harness.analysis.metric_facts import known_further
from harness.analysis.pareto import time_to_target
from harness.analysis.runs import ArchitectureResults
from harness.analysis.summary import Summary
from harness.evaluations.metric import ACCURACY, TEST_LOSS, Quantity
from harness.reporting import numbers
from harness.reporting.blocks import Table
from harness.reporting.sections.cost import seconds_to_target, targets_of
from harness.statistics.comparisons import Difference


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
        **dict(_means(findings, summary)),
        "Parameters": numbers.count(entry.cost.parameters),
        "Multiply-accumulates": numbers.millions(entry.cost.macs),
        "Epochs": str(entry.epochs),
        "Training seconds": numbers.spread_of_seconds(summary.train_seconds),
        "Seconds per epoch": numbers.spread_of_seconds(summary.epoch_seconds),
        **{
            f"Seconds to {numbers.with_unit(metric, f'{metric.scale * target:.6g}')}": seconds_to_target(
                time_to_target(entry, headline, target)
            )
            for target in targets or targets_of(findings)
        },
    }


def _means(findings: Findings, summary: Summary) -> Iterator[tuple[str, str]]:
    """Yield the means of the loss and of what else is known of any architecture, with their names."""
    for quantity in (TEST_LOSS, *known_further(findings)):
        found, metric = summary.of(quantity), quantity.metric
        yield numbers.headed(metric, quantity.heading), numbers.measured(metric, found.mean if found else None)


def difference_sentences(pair: Comparison, among: Comparison, headline: Quantity) -> tuple[str, ...]:
    """Return what is known of the difference, a sentence each; ``among`` is the pair as one of the study's pairs."""
    if pair.same:
        return ("Both compute the same and are read at the same epoch: there is no difference.",)
    if pair.difference is None:
        return ("The difference is unknown: one of the two has no run.",)
    return tuple(_sentences(pair, pair.difference, among, headline))


def _sentences(pair: Comparison, seen: Difference, among: Comparison, headline: Quantity) -> Iterator[str]:
    metric = headline.metric
    test = "Student's paired t test, since they share trials" if pair.shared else "Welch's t test"
    yield (
        f"Difference in {headline.title}: {metric.signed(seen.estimate)}, 95 % interval "
        f"{numbers.difference_bounds(metric, pair.interval)} for other seeds on these test images, "
        f"{numbers.p_phrase(pair.adjusted_p)} ({test})."
    )
    if pair.such_images_interval is not None:
        bounds = numbers.difference_bounds(metric, pair.such_images_interval)
        yield f"For other seeds on other test images of the same kind: {bounds}."
    if pair.trimmed is not None:
        yield (
            f"Without the best and the worst fifth of the runs: {metric.signed(pair.trimmed.estimate)}, "
            f"{numbers.difference_bounds(metric, pair.trimmed_interval)}, {numbers.p_phrase(pair.trimmed.p)} "
            "(trimmed means)."
        )
    if pair.superiority is not None:
        by_seed = " by seed" if pair.shared else ""
        yield f"P({pair.first} {metric.sign} {pair.second}){by_seed} = {numbers.chance(pair.superiority)}."
    if among.tests > 1:
        yield (
            f"As one of {among.tests} pairs: {numbers.difference_bounds(metric, among.interval)}, "
            f"{numbers.p_phrase(among.adjusted_p)}: {'' if among.differ else 'not '}separated with these seeds."
        )
    if pair.seeds_needed is not None and metric.relevant is not None:
        size = metric.signed(metric.relevant).removeprefix("+")
        yield (
            f"Finding a difference of {size} takes {numbers.plural(pair.seeds_needed, 'seed')} of each (four of five "
            "studies find it, if the standard deviation is at its upper 80 % confidence bound)."
        )
