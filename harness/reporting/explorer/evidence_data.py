"""What figures beside a document's sentences show, as plain values for the page's scripts; chooses none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from harness.analysis.findings import Findings
from harness.evaluations.metric import ACCURACY, Metric
from harness.reporting.evidence.recipes import Recipes
from harness.reporting.evidence.sentences import Data, evidence

DIGITS = 6


def evidence_data(findings: Findings) -> Mapping[str, list[dict[str, Any]]]:
    """Return what is drawn of every architecture's document, in the order of its claims."""
    found: dict[str, list[dict[str, Any]]] = {}
    for shown in evidence(findings):
        kind = type(shown.data).__name__.lower()
        values = {"type": kind, "description": shown.data.description, **_values(shown.data)}
        found.setdefault(shown.architecture, []).append(values)
    return found


def _values(data: Data) -> dict[str, Any]:
    """Return the fields of what is drawn, with what its values are written by."""
    plain: dict[str, Any] = _plain(asdict(data))
    if not isinstance(data, Recipes):
        return {**plain, "metric": metric_data("Accuracy", ACCURACY)}
    for number, values in zip(data.numbers, plain["numbers"], strict=True):
        values["metric"] = metric_data(number.title, number.metric)
    return plain


def metric_data(title: str, metric: Metric) -> dict[str, Any]:
    """Return how values of a metric are written."""
    return {"title": title, "unit": metric.unit, "scale": metric.scale, "places": metric.places}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    """Return the value with its numbers rounded: another version's last bit changes no byte of the page."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
