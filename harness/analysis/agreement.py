"""Where two architectures differ: the test images that one gets right and the other misses, and what they compute."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from harness.analysis.runs import ArchitectureResults
from harness.analysis.summary import Labels, right_predictions
from harness.declaration.kinds import Kind
from harness.spec.architecture import Architecture


@dataclass(frozen=True)
class DisputedImage:
    """A test image with the share of each architecture's runs that get it right."""

    index: int
    label: int
    first_right: float
    second_right: float


def disputed_images(
    a: ArchitectureResults, b: ArchitectureResults, labels: Labels, count: int
) -> tuple[DisputedImage, ...]:
    """Return the ``count`` test images on which the two differ most, the largest difference first.

    Nothing where they are trained on different data, or predictions or labels are not at hand.
    """
    first, second = right_predictions(a, labels), right_predictions(b, labels)
    if first is None or second is None or a.architecture.dataset != b.architecture.dataset:
        return ()
    ours, theirs = first.mean(axis=0), second.mean(axis=0)
    gaps = np.abs(ours - theirs)
    truth = labels[a.architecture.dataset]
    return tuple(
        DisputedImage(int(index), int(truth[index]), float(ours[index]), float(theirs[index]))
        for index in np.argsort(-gaps, kind="stable")[:count]
        if gaps[index] > 0
    )


def differing_lines(a: Architecture, b: Architecture) -> tuple[str, ...]:
    """Return graph and recipe line by line: ``- `` is in the first alone, ``+ `` in the second, two spaces in both."""
    lines = difflib.ndiff(tuple(_lines(a)), tuple(_lines(b)))
    return tuple(line for line in lines if not line.startswith("?"))


def _lines(architecture: Architecture) -> Iterator[str]:
    """Yield one line per layer and per field of the recipe; fields at their defaults are left out."""
    for layer in architecture.layers:
        yield _written(layer)
    recipe = architecture.training
    yield f"optimizer: {_written(recipe.optimizer)}"
    yield f"loss: {_written(recipe.loss)}"
    for name in ("batch_size", "epochs", "validation_split"):
        yield f"{name}: {getattr(recipe, name)}"


def _written(kind: Kind) -> str:
    fields = kind.model_dump(mode="json", exclude_defaults=True)
    return f"{kind.kind}: {json.dumps(fields)}" if fields else kind.kind
