"""The word ``classes``, which layers may say for the number of their data set's classes, written out; reads no spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.data.declarations import find_dataset
from harness.declaration.spec_error import InvalidSpec
from harness.declaration.values import CLASSES
from harness.errors import UnknownDataset

# The fields that may say ``classes``.
OUTPUTS = {"units", "filters"}


def class_count(dataset: object, folder: Path) -> int:
    """Return how many classes a data set has; 1 where it can't be found, which is reported with all other mistakes."""
    try:
        return len(find_dataset(str(dataset), folder).classes)
    except (UnknownDataset, InvalidSpec):
        return 1


def with_classes(content: Any, folder: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return a spec's plain data with the number of its data set's classes where its layers say ``classes``."""
    if not isinstance(content, dict) or "layers" not in content:
        return content
    return {**content, "layers": written_out(content["layers"], class_count(content.get("dataset"), folder))}


def written_out(layers: Any, classes: int) -> Any:  # noqa: ANN401 - as above
    """Return layers, or whatever holds them, with this number of classes."""
    if isinstance(layers, list):
        return [written_out(item, classes) for item in layers]
    if isinstance(layers, dict):
        return {
            name: classes if name in OUTPUTS and value == CLASSES else written_out(value, classes)
            for name, value in layers.items()
        }
    return layers
