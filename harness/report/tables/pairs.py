"""Every pair of architectures: difference, certainty, seeds that it needs; tests nothing."""

from __future__ import annotations

from harness.analysis.comparison import Comparison
from harness.analysis.findings import Findings
from harness.report import numbers
from harness.report.table import Table

NOTES = (
    (
        "Difference: mean test accuracy of the first minus that of the second, in percentage points, with Welch's 95 % "
        "interval; p after Holm over all pairs. Permutation p is not corrected."
    ),
    "P(first > second): how often a run of the first beats a run of the second, ties counted half.",
    (
        "Seeds needed: how many of each would show a difference of this size in four of five studies, corrected for "
        "the number of pairs."
    ),
)
SHARED = "Pairs marked with * share trials: the same networks read at two epochs, compared seed by seed."


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
            "Told apart",
        ),
        rows=tuple(_row(pair) for pair in shown),
        alignments=("left", "left", *("right",) * 6, "left"),
        notes=(*NOTES, *((SHARED,) if any(pair.shared for pair in shown) else ()), *_same(findings)),
    )


def groups(findings: Findings) -> Table:
    """Return every architecture with its letters: two that share one can't be told apart."""
    ranked = [one for one in findings.ranking if one.name in findings.standings]
    return Table(
        title="Groups",
        header=(
            "Architecture",
            "Group",
            "Mean %",
            "95 % interval of the mean",
            "sd over seeds",
            "sd from disagreement",
            "Mean % without contested labels",
        ),
        rows=tuple(_group_row(findings, one.name) for one in ranked),
        alignments=("left", "left", *("right",) * 5),
        notes=(
            "Architectures that share a letter can't be told apart with these seeds.",
            (
                "sd from disagreement: the spread that follows from the test images on which two runs disagree "
                "(Jordan 2023); near the sd over seeds if images flip independently of each other."
            ),
        ),
    )


def _group_row(findings: Findings, name: str) -> tuple[str, ...]:
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


def _row(pair: Comparison) -> tuple[str, ...]:
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
    if not same:
        return ()
    return (f"The same computation read at the same epoch, so without a difference: {'; '.join(same)}.",)
