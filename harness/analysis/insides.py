"""What is recorded of a network's inside: filters of the first convolution, agreement by layer; judges nothing."""

from __future__ import annotations

from dataclasses import dataclass

from harness.analysis.runs import ArchitectureResults
from harness.arrays import Bytes
from harness.evaluations.equivariance import MOST_LAYERS, SHIFTS, metric
from harness.evaluations.filters import EDGES, LIKENESS, pictured
from harness.evaluations.metric import Metric, Quantity
from harness.spec.layers.repeated import spelled_out
from harness.statistics.samples import Estimate, estimate, mean

EQUIVARIANCE, FILTERS = "equivariance", "filters"
KINDS = ("equivariance", "invariance")
# What each layer has a number of, in the order of tables: (kind, pixels).
COLUMNS = tuple((kind, shift) for shift in SHIFTS for kind in KINDS)


@dataclass(frozen=True)
class FirstFilters:
    """The first seed's filters as bytes, shape (height, width, channels, filters), and what all seeds' come to."""

    seed: int
    pictures: Bytes
    edges: Estimate | None
    likeness: Estimate | None


@dataclass(frozen=True)
class LayerAgreement:
    """How far a layer follows a shift: means over ``seeds`` seeds in the order of `COLUMNS`; None: not known."""

    number: int
    kind: str
    seeds: int
    means: tuple[float | None, ...]


def first_filters(entry: ArchitectureResults) -> FirstFilters | None:
    """Return the filters, or None where none are recorded."""
    for run in entry.runs if FILTERS in entry.evaluated else ():
        if FILTERS in run.last.evaluations:
            kept = run.predicted(FILTERS)
            pictures = None if kept is None else pictured(kept)
            if pictures is not None:
                return FirstFilters(run.seed, pictures, _estimate(entry, EDGES), _estimate(entry, LIKENESS))
    return None


def agreements(entry: ArchitectureResults) -> tuple[LayerAgreement, ...]:
    """Return every layer's agreement, as far as any is recorded."""
    found = []
    for number, layer in enumerate(spelled_out(entry.architecture.layers)[:MOST_LAYERS], 1):
        quantities = [Quantity(EQUIVARIANCE, metric(kind, shift, number)) for kind, shift in COLUMNS]
        values = [entry.values(quantity) for quantity in quantities]
        if any(values):
            found.append(LayerAgreement(number, layer.kind, max(map(len, values)), tuple(map(mean, values))))
    return tuple(found)


def _estimate(entry: ArchitectureResults, of: Metric) -> Estimate | None:
    return estimate(entry.values(Quantity(FILTERS, of)))
