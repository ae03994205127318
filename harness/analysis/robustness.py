"""Accuracy on changed test images level by level, and the generalization gap; compares nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.analysis.runs import ArchitectureResults
from harness.evaluations.evaluation import find_evaluation
from harness.evaluations.metric import ACCURACY, TEST, TEST_ACCURACY, Quantity
from harness.evaluations.registry import evaluation_names
from harness.evaluations.transformed import Transformed
from harness.records.record import Record
from harness.statistics.samples import Estimate, estimate


@dataclass(frozen=True)
class ToleranceCurve:
    """One architecture's accuracy at each level, over the seeds that it is recorded of: mean, lowest and highest."""

    name: str
    seeds: int
    means: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]


@dataclass(frozen=True)
class Tolerance:
    """What one change of the test images costs: ``levels`` in ``unit``, that of the unchanged images first."""

    evaluation: str
    unit: str
    levels: tuple[float, ...]
    curves: tuple[ToleranceCurve, ...]


def evaluated(entries: Iterable[ArchitectureResults]) -> tuple[str, ...]:
    """Return the evaluations beside the test images' own that any run has, in the order of their names."""
    found = frozenset[str]().union(*(entry.evaluated for entry in entries))
    return tuple(sorted(found & set(evaluation_names()) - {TEST}))


def tolerances(entries: Sequence[ArchitectureResults]) -> tuple[Tolerance, ...]:
    """Return every change of the test images that is recorded, the architectures in the order of the entries."""
    kinds = {name: find_evaluation(name) for name in evaluated(entries)}
    return tuple(_tolerance(name, kind, entries) for name, kind in kinds.items() if isinstance(kind, Transformed))


def gap(entry: ArchitectureResults) -> Estimate | None:
    """Return accuracy on the training set minus that on the test images, both of the final weights; None: unknown."""
    training, test = entry.by_seed(Quantity("train_set", ACCURACY)), entry.by_seed(TEST_ACCURACY)
    return estimate([value - test[seed] for seed, value in training.items()])


def evaluation_shares(records: Iterable[Record]) -> tuple[float, ...]:
    """Return what the evaluations beside the test images' own took of every trial that has any, relative to training.

    CPU seconds of one record: other work on the machine lengthens neither, and no two machines are mixed.
    """
    measured = [record.measurement.epochs for record in records if record.measurement]
    shares = [
        sum(one.cpu_seconds for epoch in epochs for name, one in epoch.evaluations.items() if name != TEST)
        / math.fsum(epoch.train_cpu_seconds for epoch in epochs)
        for epochs in measured
        if any(epoch.train_cpu_seconds for epoch in epochs)
    ]
    return tuple(share for share in shares if share)


def _tolerance(name: str, kind: Transformed, entries: Sequence[ArchitectureResults]) -> Tolerance:
    levels = sorted((kind.unchanged, *kind.levels))
    quantities = [Quantity(name, ACCURACY.at(level, kind.unit)) for level in levels]
    curves = []
    for entry in entries:
        values = [entry.values(quantity) for quantity in quantities]
        if all(values):
            means = tuple(sum(found) / len(found) for found in values)
            curves.append(
                ToleranceCurve(entry.name, len(values[0]), means, tuple(map(min, values)), tuple(map(max, values)))
            )
    return Tolerance(name, kind.unit, tuple(levels), tuple(curves))
