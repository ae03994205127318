"""Reads what a record of an older format says as today's format says it; rewrites no file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.records.record import FORMAT

Content = Mapping[str, Any]

RECIPE_FIELDS = ("optimizer", "loss", "batch_size", "validation_split")


def migrated(content: Content) -> Content:
    """Return a record's content in today's format, whatever format it was saved in.

    Raises:
        KeyError, TypeError: It lacks what its format has.
    """
    return _second(content) if content["format"] == 1 else content


def _second(first: Content) -> dict[str, Any]:
    """Return a record of format 1 as format 2 has it."""
    return {**first, "format": FORMAT, "computation": _computation(first["computation"])}


def _computation(first: Content) -> dict[str, Any]:
    """Put the recipe's fields together."""
    rest = {name: value for name, value in first.items() if name not in RECIPE_FIELDS}
    return {**rest, "recipe": {name: first[name] for name in RECIPE_FIELDS if name in first}}
