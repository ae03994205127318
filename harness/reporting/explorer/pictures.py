"""The test images that a page shows, and how often each network is right about them; derives no share of its own."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.analysis.findings import Findings
from harness.analysis.images import label_of, right_predictions
from harness.analysis.runs import ArchitectureResults
from harness.reporting.sections.images import named

if TYPE_CHECKING:
    from harness.reporting.figures.images import Images

# By bytes of an image: those on which networks differ most, and each network's own hardest.
MOST_BYTES, EACH = 240_000, 12
MOST_NETWORKS = 40
COLOUR_AXES = 4
Shares = Mapping[str, NDArray[np.float64]]


def right_shares(findings: Findings) -> Shares:
    """Return the share of runs that are right about every test image, by architecture."""
    found: dict[str, NDArray[np.float64]] = {}
    by_reading: dict[tuple[str, int], NDArray[np.float64]] = {}
    for entry in findings.study.measured:
        if entry.reading not in by_reading:
            right = right_predictions(entry, findings.labels)
            if right is None:
                continue
            by_reading[entry.reading] = right.mean(axis=0)
        found[entry.name] = by_reading[entry.reading]
    return found


def shown_images(findings: Findings, shares: Shares, images: Images) -> dict[str, Any]:
    """Return the pixels, labels and indices of the images that are shown, by data set."""
    shown = {}
    for rivals in findings.study.rivals:
        data = rivals[0].architecture.data
        pixels, labels = images.get(data.name), findings.labels.get(data.name)
        known = [entry for entry in rivals if entry.name in shares]
        if pixels is None or labels is None or not known:
            continue
        indices = _indices(known, shares, MOST_BYTES // pixels[0].size)
        shown[data.name] = {
            "shape": [*pixels.shape[1:3], 3 if pixels.ndim == COLOUR_AXES else 1],
            "indices": indices,
            **_labelled(labels[indices], data.classes),
            "pixels": base64.b64encode(np.ascontiguousarray(pixels[indices]).tobytes()).decode(),
        }
    return shown


def _labelled(labels: NDArray[np.uint8], classes: Sequence[str]) -> dict[str, Any]:
    """Return the images' labels as numbers of classes, and these; of several labels, each combination is a class."""
    if labels.ndim == 1:
        return {"labels": labels.tolist(), "classes": list(classes)}
    names = [named(classes, label_of(row)) for row in labels]
    known = list(dict.fromkeys(names))
    return {"labels": [known.index(name) for name in names], "classes": known}


def _indices(known: Sequence[ArchitectureResults], shares: Shares, most: int) -> list[int]:
    """Return each network's own hardest images, then those about which they differ most, in order of the index."""
    distinct = {entry.reading: shares[entry.name] for entry in known}
    stacked = np.stack(list(distinct.values()))
    chosen: dict[int, None] = {}
    for row in stacked[:MOST_NETWORKS]:
        chosen |= dict.fromkeys(index for index in np.argsort(row, kind="stable")[:EACH].tolist() if row[index] < 1)
    ranges = stacked.max(axis=0) - stacked.min(axis=0)
    chosen |= dict.fromkeys(index for index in np.argsort(-ranges, kind="stable")[:most].tolist() if ranges[index] > 0)
    return sorted(list(chosen)[:most])
