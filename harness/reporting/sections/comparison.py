"""How sure the differences between architectures are: every pair, and groups; tests nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.analysis.comparison import Comparison
from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import ACCURACY, Metric
from harness.reporting import numbers
from harness.reporting.blocks import Alignment, Cells, Folded, Section, Table

FOUND = (
    "how many of each would find a difference of that size, fixed before any was seen, in four of five studies, with "
    "the standard deviation at its upper 80 % confidence bound and corrected for the number of pairs."
)
SHARED = "Pairs marked * share trials: the same networks read at two epochs, compared seed by seed."
GROUP_NOTES = (
    "Architectures that share a letter are not separated with these seeds: there may be a difference all the same.",
    (
        "Rank by trimmed means: of means without the best and the worst fifth of the runs. A recipe whose runs dip now "
        "and then may show none in a few seeds; its mean then comes out too high, and the ranks of means promise too "
        "much, where those of trimmed means keep their 95 %."
    ),
    (
        "May be the best: with 95 % confidence the best mean belongs to one of those marked yes. An architecture is "
        "left out where one of the others is better in a one-sided test, corrected for their number; ranks make a "
        "statement on all at once, so they leave more open."
    ),
    (
        "SD: with its 95 % interval, which takes values to be normal. SD from disagreement: the standard deviation "
        "implied by the test images on which two runs disagree (Jordan 2023); it is near the SD over seeds if images "
        "flip independently of each other."
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
    """Return one row per pair of distinct samples; those that compute the same are left to a note."""
    shown = [pair for pair in findings.comparisons if not pair.same and not pair.repeated]
    metric = findings.study.headline.metric
    right: list[Alignment] = ["right"] * (6 + len(_relevant(metric, "")))
    return Table(
        title="Pairs",
        header=(
            "First",
            "Second",
            "Difference",
            "Interval, these images",
            "p",
            "Interval, such images",
            "Trimmed difference",
            f"P(first {metric.sign} second)",
            *_relevant(metric, "Seeds for"),
            "Separated",
        ),
        rows=tuple(_pair_row(pair, metric) for pair in shown),
        alignments=("left", "left", *right, "left"),
        notes=(*_pair_notes(findings, shown), *_same(findings)),
    )


def _relevant(metric: Metric, words: str) -> tuple[str, ...]:
    """Return the words with the metric's relevant difference; nothing where it has none."""
    if metric.relevant is None:
        return ()
    return (f"{words} {metric.signed(metric.relevant).removeprefix('+')}".strip(),)


def _pair_notes(findings: Findings, shown: Sequence[Comparison]) -> Iterator[str]:
    if not shown:
        return
    headline = findings.study.headline
    metric, families = headline.metric, sorted({pair.tests for pair in shown}, reverse=True)
    yield (
        f"Difference: mean {headline.title} of the first minus that of the second"
        f"{metric.difference_unit and ','}{metric.difference_unit}. Intervals are simultaneous: those of a column hold "
        f"together with 95 %, each at the level 1 - .05/m for the m = {numbers.listed(map(str, families))} pairs of a "
        "data set, and p (Welch's test) is multiplied by m (Bonferroni, Dunn). So the interval for these images leaves "
        "0 out exactly where p is below .05, and the pair is called separated."
    )
    yield (
        "Two questions: the interval for these images says what other seeds would give on these test images, as do p "
        "and the ranks; the one for such images what other seeds would give on other images of the same kind."
    )
    yield (
        "Trimmed difference: of means without the best and the worst fifth of the runs (Yuen's test), with its "
        f"interval; a run that dips counts little there. P(first {metric.sign} second): how often a run of the first "
        "beats a run of the second, ties counted half, with its interval."
    )
    yield from (f"{seeds}: {FOUND}" for seeds in _relevant(metric, "Seeds for"))
    if any(pair.shared for pair in shown):
        yield SHARED


def _pair_row(pair: Comparison, metric: Metric) -> Cells:
    seen, trimmed, superiority = pair.difference, pair.trimmed, pair.superiority
    return (
        pair.first,
        f"{pair.second} *" if pair.shared else pair.second,
        numbers.difference(metric, seen.estimate if seen else None),
        numbers.difference_bounds(metric, pair.interval),
        numbers.p_value(pair.adjusted_p),
        numbers.difference_bounds(metric, pair.such_images_interval),
        numbers.difference_with_bounds(metric, trimmed.estimate if trimmed else None, pair.trimmed_interval),
        numbers.chance(superiority),
        *((numbers.count(pair.seeds_needed),) if metric.relevant is not None else ()),
        "yes" if pair.differ else "no",
    )


def _same(findings: Findings) -> tuple[str, ...]:
    """Return which architectures are one sample, and under which name its pairs stand."""
    same = [f"{pair.second} as {pair.first}" for pair in findings.comparisons if pair.same and not pair.repeated]
    if not same:
        return ()
    return (f"The same computation, read at the same epoch and compared once: {'; '.join(same)}.",)


def group_table(findings: Findings) -> Table:
    """Return every architecture with its letters: two that share one are not separated."""
    ranked = [entry for entry in findings.ranking if entry.name in findings.standings]
    metric = findings.study.headline.metric
    return Table(
        title="Groups",
        header=(
            "Architecture",
            "Group",
            "Rank by trimmed means",
            numbers.headed(metric, "Mean"),
            "95 % interval of the mean",
            "SD over seeds",
            "SD from disagreement",
            numbers.headed(ACCURACY, "Mean without contested labels"),
            "May be the best",
        ),
        rows=tuple(_group_row(findings, entry) for entry in ranked),
        alignments=("left", "left", *("right",) * 6, "left"),
        notes=GROUP_NOTES,
    )


def _group_row(findings: Findings, entry: ArchitectureResults) -> Cells:
    summary, metric = findings.summaries[entry.name], findings.study.headline.metric
    found, clean = findings.headline_of(entry), summary.uncontested_accuracy
    standing = findings.standings[entry.name]
    return (
        entry.name,
        standing.letters,
        numbers.ordinal_range(standing.trimmed_rank.best, standing.trimmed_rank.worst),
        numbers.measured(metric, found.mean if found else None),
        numbers.bounds(metric, found.interval if found else None),
        numbers.deviation(metric, found),
        numbers.measured(ACCURACY, summary.discordant_deviation, ACCURACY.places + 1),
        numbers.measured(ACCURACY, clean.mean if clean else None),
        "yes" if standing.may_be_best else "no",
    )
