"""Reads what a record of an older format says as today's format says it; rewrites no file.

Fields that a record lacks stay absent, and so get the defaults of today's types; none is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.evaluations.metric import TEST
from harness.records.content import FORMAT
from harness.records.environment import Machine, Numerics, instruction_set

Content = Mapping[str, Any]

RENAMED = {"trial": "fingerprint", "trials_beside": "concurrent_trials"}
RECIPE_FIELDS = ("optimizer", "loss", "batch_size", "validation_split")
# What format 1 measures in each epoch, of the training and of its one evaluation.
METRICS = ("loss", "accuracy")
CLOCKS = ("seconds", "cpu_seconds")


def migrated(content: Content) -> Content:
    """Return a record's content in today's format, whatever format it was saved in.

    Raises:
        KeyError, TypeError, AttributeError: It lacks what its format has.
    """
    return _second(content) if content["format"] == 1 else content


def _second(first: Content) -> dict[str, Any]:
    """Return a record of format 1 as format 2 has it."""
    measurement = first["measurement"]
    return {
        **{RENAMED.get(name, name): value for name, value in first.items()},
        "format": FORMAT,
        "computation": _computation(first["computation"]),
        "environment": _environment(first["environment"]),
        "measurement": measurement and {**measurement, "epochs": [_epoch(epoch) for epoch in measurement["epochs"]]},
    }


def _computation(first: Content) -> dict[str, Any]:
    """Put the recipe's fields together."""
    return _nested(first, {"recipe": _unchanged(RECIPE_FIELDS)})


def _environment(first: Content) -> dict[str, Any]:
    """Part what bits depend on from what times depend on."""
    parts = {"numerics": _unchanged(Numerics.model_fields), "machine": _unchanged(Machine.model_fields)}
    parted = _nested(first, parts)
    known = instruction_set(first["processor_features"], first.get("onednn_max_isa"))
    return {**parted, "numerics": {**parted["numerics"], "instruction_set": known}}


def _epoch(first: Content) -> dict[str, Any]:
    """Put running means and evaluation apart, each with its metrics by name."""
    parted = _nested(
        first,
        {
            "train_metrics": {f"train_{metric}": metric for metric in METRICS},
            "metrics": {f"test_{metric}": metric for metric in METRICS},
            "test": {"predictions_sha256": "predictions_sha256", **{f"test_{clock}": clock for clock in CLOCKS}},
        },
    )
    metrics, test = parted.pop("metrics"), parted.pop("test")
    return {**parted, "evaluations": {TEST: {"metrics": metrics, **test}}}


def _nested(content: Content, parts: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return the content with each part's fields below the part, by their new names."""
    moved = {field for fields in parts.values() for field in fields}
    rest = {name: value for name, value in content.items() if name not in moved}
    return rest | {
        part: {new: content[field] for field, new in fields.items() if field in content}
        for part, fields in parts.items()
    }


def _unchanged(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}
