"""Accuracy by class, its means over the classes, and what scores say beyond the predicted class; derives no number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.analysis.classes import (
    OF_LABELS,
    TEST_BALANCED,
    TEST_MACRO_F1,
    TEST_ROC_AUC,
    TEST_TOP_5,
    label_errors,
    shares_by_class,
)
from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import Quantity
from harness.reporting import numbers
from harness.reporting.blocks import Alignment, Section, Table
from harness.reporting.markdown import escape
from harness.statistics.classification import ClassShares, Counts, Floats

# More columns fit no page.
MOST_CLASSES = 12
MEANS = (
    "Mean over the seeds, for means over classes ± the standard deviation. Of a class: the share of its test examples "
    "that are predicted right (recall). Balanced accuracy is the mean of these over the classes, the macro-averaged F1 "
    "that of their F1, the harmonic mean of recall and precision."
)
OF_SEVERAL = (
    "An example may have several labels. Accuracy, by which architectures are ranked, is the exact match: the share of "
    "test examples that are predicted right in all of their labels, one bit for each example, as comparisons need it. "
    "Binary accuracy is the share of single labels that are predicted right. Micro-averaged F1 is that of all labels "
    "together, macro-averaged F1 the mean over labels; average precision is the area under precision over recall."
)
FURTHER = {
    TEST_TOP_5: "Top-5 accuracy: the share of examples whose class is among the five with the highest scores.",
    TEST_ROC_AUC: "ROC AUC: how often an example of {second} has a higher score for it than one of {first}, ties half.",
}


def section(findings: Findings) -> Section | None:
    """Return a table for each data set whose labels and predictions are at hand."""
    tables = [table for rivals in findings.study.rivals for table in _tables(findings, rivals) if table is not None]
    if not tables:
        return None
    headed = [part for table in tables for part in (f"On {escape(table.title)}:", table)] if len(tables) > 1 else tables
    return Section("Accuracy by class", tuple(headed))


def _tables(findings: Findings, rivals: Sequence[ArchitectureResults]) -> tuple[Table | None, ...]:
    if rivals[0].architecture.data.multi_label:
        return label_table(findings, rivals), label_errors_table(findings, rivals)
    return (class_table(findings, rivals),)


def label_table(findings: Findings, rivals: Sequence[ArchitectureResults]) -> Table | None:
    """Return one row per architecture, best first, with the means over labels, and the F1 of each."""
    known = _known(findings, rivals)
    if not known:
        return None
    data = known[0][0].architecture.data
    chosen = _shown([shares.f1 for _, shares in known], known[0][1].examples)
    fewer = f"Of {len(data.classes)} labels those {len(chosen)} whose F1 is lowest over all architectures."
    summaries = [findings.summaries[entry.name] for entry, _ in known]
    quantities = [quantity for quantity in OF_LABELS if any(summary.of(quantity) for summary in summaries)]
    columns = {number: f"F1 of {data.classes[number]}" for number in chosen}
    notes = (OF_SEVERAL, *([fewer] if len(chosen) < len(data.classes) else []))
    return _shares_table(findings, [(entry, shares.f1) for entry, shares in known], quantities, columns, notes)


def label_errors_table(findings: Findings, rivals: Sequence[ArchitectureResults]) -> Table | None:
    """Return one row per label, the most frequent errors first, of the best and of the worst architecture."""
    known = [entry for entry, _ in _known(findings, rivals)]
    shown = known[:1] + known[1:][-1:]
    found = [counts for entry in shown if (counts := label_errors(entry, findings.labels)) is not None]
    if not found:
        return None
    data = shown[0].architecture.data
    have = findings.labels[data.name][: shown[0].test_examples].sum(axis=0)
    right: list[Alignment] = ["right"] * (1 + 2 * len(shown))
    order = np.argsort(-np.sum(found, axis=(0, 1)), kind="stable")[:MOST_CLASSES]
    return Table(
        title=f"{data.name}, errors by label",
        header=(
            "Label",
            "Test examples that have it",
            *(f"{what}, {entry.name}" for entry in shown for what in ("Missed per run", "Wrongly given per run")),
        ),
        rows=tuple(
            (
                data.classes[label],
                f"{have[label]:,}",
                *(f"{count:.1f}" for counts in found for count in counts[:, label]),
            )
            for label in map(int, order)
        ),
        alignments=("left", *right),
        notes=("Of several labels none is mistaken for another, so that there is no confusion matrix.",),
    )


def _ranked(findings: Findings, rivals: Sequence[ArchitectureResults]) -> list[ArchitectureResults]:
    names = {entry.name for entry in rivals}
    return [entry for entry in findings.ranking if entry.name in names]


def _known(findings: Findings, rivals: Sequence[ArchitectureResults]) -> list[tuple[ArchitectureResults, ClassShares]]:
    """Return those whose predictions and labels are at hand, best first."""
    ranked = _ranked(findings, rivals)
    return [(entry, shares) for entry in ranked if (shares := shares_by_class(entry, findings.labels)) is not None]


def class_table(findings: Findings, rivals: Sequence[ArchitectureResults]) -> Table | None:
    """Return one row per architecture, best first, with the means, and each class or those that are hardest."""
    known = _known(findings, rivals)
    if not known:
        return None
    data = known[0][0].architecture.data
    chosen = _shown([shares.accuracy for _, shares in known], known[0][1].examples)
    quantities = _quantities(findings, _ranked(findings, rivals))
    first, second, *_ = data.classes
    further = [FURTHER[quantity].format(first=first, second=second) for quantity in quantities if quantity in FURTHER]
    hardest = f"Of {len(data.classes)} classes those {len(chosen)} whose accuracy is lowest over all architectures."
    columns = {number: data.classes[number] for number in chosen}
    notes = (MEANS, *further, *([hardest] if len(chosen) < len(data.classes) else []))
    return _shares_table(findings, [(entry, shares.accuracy) for entry, shares in known], quantities, columns, notes)


def _shares_table(
    findings: Findings,
    known: Sequence[tuple[ArchitectureResults, Floats]],
    quantities: Sequence[Quantity],
    columns: Mapping[int, str],
    notes: tuple[str, ...],
) -> Table:
    """Return one row per architecture: the means, then its share of each class that has a column, by its number."""
    right: list[Alignment] = ["right"] * (len(quantities) + len(columns))
    return Table(
        title=known[0][0].architecture.data.name,
        header=(
            "Architecture",
            *(numbers.headed(quantity.metric, _heading(quantity)) for quantity in quantities),
            *columns.values(),
        ),
        rows=tuple(
            (
                entry.name,
                *(numbers.plus_minus(of.metric, findings.summaries[entry.name].of(of)) for of in quantities),
                *(numbers.percent(float(shares[:, number].mean()), 1) for number in columns),
            )
            for entry, shares in known
        ),
        alignments=("left", *right),
        notes=notes,
    )


def _quantities(findings: Findings, entries: Sequence[ArchitectureResults]) -> list[Quantity]:
    """Return the means over classes, and what else every number is known of for one of the architectures."""
    known = [findings.summaries[entry.name] for entry in entries]
    further = [quantity for quantity in FURTHER if any(summary.of(quantity) for summary in known)]
    return [TEST_BALANCED, TEST_MACRO_F1, *further]


def _heading(quantity: Quantity) -> str:
    title = quantity.metric.title.replace("_", " ")
    return f"{title[:1].upper()}{title[1:]}"


def _shown(shares: Sequence[Floats], examples: Counts) -> list[int]:
    """Return the classes with test examples; of many those with the lowest mean share, in their own order."""
    with_examples = np.flatnonzero(examples)
    means = np.mean([of_runs[:, with_examples].mean(axis=0) for of_runs in shares], axis=0)
    hardest = with_examples[np.argsort(means, kind="stable")[:MOST_CLASSES]]
    return sorted(map(int, hardest))
