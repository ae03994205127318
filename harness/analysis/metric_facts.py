"""What was measured of one architecture as plain values, for programs: every metric by name, and every class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from harness.analysis.classes import FURTHER, shares_by_class
from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import Quantity


def known_further(findings: Findings) -> tuple[Quantity, ...]:
    """Return what is known of any architecture beside loss and accuracy: means over classes, top 5, ROC AUC."""
    summaries = findings.summaries.values()
    return tuple(quantity for quantity in FURTHER if any(summary.of(quantity) for summary in summaries))


def measured_facts(findings: Findings, entry: ArchitectureResults) -> dict[str, Any]:
    """Return the metrics after the last epoch by column, over the seeds, and the accuracy of each class.

    A class without a test example has no accuracy. Classes are known where predictions and labels are at hand.
    """
    estimates = findings.summaries[entry.name].metrics
    metrics = {
        name: {"mean": estimate.mean, "sd": estimate.deviation, "seeds": estimate.count}
        for name, estimate in estimates.items()
    }
    return {"metrics": metrics, "classes": list(_classes(findings, entry))}


def _classes(findings: Findings, entry: ArchitectureResults) -> Iterator[dict[str, Any]]:
    shares = shares_by_class(entry, findings.labels)
    if shares is None:
        return
    for number, name in enumerate(entry.architecture.data.classes):
        examples = int(shares.examples[number])
        accuracy = float(np.mean(shares.accuracy[:, number])) if examples else None
        yield {"class": number, "name": name, "examples": examples, "accuracy": accuracy}
