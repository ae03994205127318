"""Accuracy by class, its means over the classes, and what scores say beyond the predicted class; derives no number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.analysis.classes import TEST_BALANCED, TEST_MACRO_F1, TEST_ROC_AUC, TEST_TOP_5, shares_by_class
from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import Quantity
from harness.reporting import numbers
from harness.reporting.blocks import Alignment, Section, Table
from harness.reporting.markdown import escape
from harness.statistics.classification import ClassShares

# More columns fit no page.
MOST_CLASSES = 12
MEANS = (
    "Mean over the seeds, for means over classes ± the standard deviation. Of a class: the share of its test examples "
    "that are predicted right (recall). Balanced accuracy is the mean of these over the classes, the macro-averaged F1 "
    "that of their F1, the harmonic mean of recall and precision."
)
FURTHER = {
    TEST_TOP_5: "Top-5 accuracy: the share of examples whose class is among the five with the highest scores.",
    TEST_ROC_AUC: "ROC AUC: how often an example of {second} has a higher score for it than one of {first}, ties half.",
}


def section(findings: Findings) -> Section | None:
    """Return a table for each data set whose labels and predictions are at hand."""
    tables = [table for rivals in findings.study.rivals if (table := class_table(findings, rivals)) is not None]
    if not tables:
        return None
    headed = [part for table in tables for part in (f"On {escape(table.title)}:", table)] if len(tables) > 1 else tables
    return Section("Accuracy by class", tuple(headed))


def class_table(findings: Findings, rivals: Sequence[ArchitectureResults]) -> Table | None:
    """Return one row per architecture, best first, with the means, and each class or those that are hardest."""
    names = {entry.name for entry in rivals}
    ranked = [entry for entry in findings.ranking if entry.name in names]
    known = [(entry, shares) for entry in ranked if (shares := shares_by_class(entry, findings.labels)) is not None]
    if not known:
        return None
    data = known[0][0].architecture.data
    chosen, quantities = _shown([shares for _, shares in known]), _quantities(findings, ranked)
    right: list[Alignment] = ["right"] * (len(quantities) + len(chosen))
    first, second, *_ = data.classes
    further = [FURTHER[quantity].format(first=first, second=second) for quantity in quantities if quantity in FURTHER]
    hardest = f"Of {len(data.classes)} classes those {len(chosen)} whose accuracy is lowest over all architectures."
    return Table(
        title=data.name,
        header=(
            "Architecture",
            *(numbers.headed(quantity.metric, _heading(quantity)) for quantity in quantities),
            *(data.classes[number] for number in chosen),
        ),
        rows=tuple(
            (
                entry.name,
                *(numbers.plus_minus(of.metric, findings.summaries[entry.name].of(of)) for of in quantities),
                *(numbers.percent(float(shares.accuracy[:, number].mean()), 1) for number in chosen),
            )
            for entry, shares in known
        ),
        alignments=("left", *right),
        notes=(MEANS, *further, *([hardest] if len(chosen) < len(data.classes) else [])),
    )


def _quantities(findings: Findings, entries: Sequence[ArchitectureResults]) -> list[Quantity]:
    """Return the means over classes, and what else every number is known of for one of the architectures."""
    known = [findings.summaries[entry.name] for entry in entries]
    further = [quantity for quantity in FURTHER if any(summary.of(quantity) for summary in known)]
    return [TEST_BALANCED, TEST_MACRO_F1, *further]


def _heading(quantity: Quantity) -> str:
    title = quantity.metric.title.replace("_", " ")
    return f"{title[:1].upper()}{title[1:]}"


def _shown(known: Sequence[ClassShares]) -> list[int]:
    """Return the classes with test examples; of many those with the lowest mean accuracy, in their own order."""
    with_examples = np.flatnonzero(known[0].examples)
    means = np.mean([shares.accuracy[:, with_examples].mean(axis=0) for shares in known], axis=0)
    hardest = with_examples[np.argsort(means, kind="stable")[:MOST_CLASSES]]
    return sorted(map(int, hardest))
