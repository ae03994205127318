"""Accuracy on the parts that folds leave out, with intervals that know how folds overlap; derives no number."""

from __future__ import annotations

from harness.analysis.cross_validation import CrossValidated, cross_validated
from harness.analysis.findings import Findings
from harness.evaluations.metric import ACCURACY
from harness.reporting import numbers
from harness.reporting.blocks import Alignment, Cells, Section, Table

NOTE = (
    "Each trial trains on all parts of the training images but one and is scored on that one; seeds 0 to k - 1 leave "
    "out the k parts of one partition, the next k those of another. Mean ± standard deviation over the trials. Their "
    "training sets overlap, so they are not independent: the 95 % intervals are corrected for it (Nadeau and Bengio "
    "2003), each for itself. The difference is that to the best one here, on the same parts."
)
CAUTION = (
    "Ranks, pairs and verdicts elsewhere on this page take trials as independent runs on one training set, which these "
    "are not: they say nothing of how another partition would come out."
)


def section(findings: Findings) -> Section | None:
    """Return one row per architecture whose recipe goes through folds; nothing without any."""
    apart = sorted(findings.study.compared_apart, key=lambda entry: entry.name)
    found = cross_validated([*findings.ranking, *apart])
    if not found:
        return None
    right: list[Alignment] = ["right"] * 6
    of_trials = (numbers.headed(ACCURACY, "Left out"), "95 %", "Difference", numbers.headed(ACCURACY, "Test"))
    header = ("Architecture", "Folds", "Trials", *of_trials)
    table = Table(
        title="Accuracy on the parts left out",
        header=header,
        rows=tuple(map(_row, found)),
        alignments=("left", *right),
        notes=(NOTE, CAUTION),
    )
    return Section("Cross-validation", (table,))


def _row(one: CrossValidated) -> Cells:
    partitions = -(-one.left_out.count // one.folds)
    return (
        one.entry.name,
        str(one.folds),
        f"{one.left_out.count} of {partitions * one.folds}",
        numbers.plus_minus(ACCURACY, one.left_out),
        numbers.bounds(ACCURACY, one.left_out.interval),
        numbers.difference_with_bounds(ACCURACY, *one.behind) if one.behind else numbers.UNKNOWN,
        numbers.plus_minus(ACCURACY, one.test),
    )
