"""Reads what a record of an older format says as today's format says it; rewrites no file.

Fields that a record lacks stay absent, and so get the defaults of today's types; none is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.evaluations.metric import TEST, TRAIN
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
    rest = dict(first)
    recipe = _taken(rest, RECIPE_FIELDS)
    return {**rest, "recipe": recipe}


def _environment(first: Content) -> dict[str, Any]:
    """Part what bits depend on from what times depend on."""
    rest = dict(first)
    known = instruction_set(first["processor_features"], first.get("onednn_max_isa"))
    numerics = {**_taken(rest, Numerics.model_fields), "instruction_set": known}
    machine = _taken(rest, Machine.model_fields)
    return {**rest, "numerics": numerics, "machine": machine}


def _epoch(first: Content) -> dict[str, Any]:
    """Put running means and evaluation apart, each with its metrics by name."""
    rest = dict(first)
    train_metrics, metrics = (_taken(rest, METRICS, f"{part}_") for part in (TRAIN, TEST))
    test = {"metrics": metrics, **_taken(rest, CLOCKS, f"{TEST}_"), **_taken(rest, ("predictions_sha256",))}
    return {**rest, "train_metrics": train_metrics, "evaluations": {TEST: test}}


def _taken(content: dict[str, Any], names: Iterable[str], prefix: str = "") -> dict[str, Any]:
    """Take the fields out of the content, as far as it has them, and return them without the prefix."""
    return {name: content.pop(prefix + name) for name in names if prefix + name in content}
