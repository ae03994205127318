"""What shifted test images do to each layer: whether its response moves with them, and whether it stays the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from harness.arrays import Values
from harness.evaluations.evaluation import EvaluationKind, Examples, Response, Scored
from harness.evaluations.metric import LEVEL_MARK, Metric
from harness.evaluations.transformed import as_pictures, background, shifted

# Test images; a layer's responses to all of their copies are held at once.
SAMPLE = 50
# Pixels. Two poolings by 2 keep whole cells at 4, and none at 1.
SHIFTS = (1, 4)
DIRECTIONS = ((1, 0), (0, 1))
# Of more layers, the first.
MOST_LAYERS = 100
MAP_AXES = 4


def metric(what: str, shift: int, layer: int) -> Metric:
    """Return the metric of a layer, by its number, under a shift: ``equivariance_by_4@2``."""
    words = f"{what} under a shift by {shift} pixel{'s' if shift > 1 else ''}"
    plain = Metric(f"{what}_by_{shift}", higher_is_better=True, high=1.0, places=2, words=words)
    return replace(plain, name=f"{plain.name}{LEVEL_MARK}{layer}", where=f" of layer {layer}")


class Equivariance(EvaluationKind):
    """Agreement of each layer's response to a test image and to its copy moved down or right, by 1 and by 4 pixels.

    *Invariance*: how far the response stays the same. *Equivariance*, of a layer whose values have rows and columns:
    how far it moves with the image, by the pixels over the distance at which the layer's values stand; between whole
    places it is interpolated, and what comes from beyond the edge is left out. 1 is the same response, 0 a response no
    more alike than to another image: one minus the mean squared difference, over that to another image's. It may be
    below 0. Where a layer answers to all images alike, nothing is known. Layers are counted as by `bench show`.
    """

    metrics = tuple(
        metric(what, shift, layer)
        for layer in range(1, MOST_LAYERS + 1)
        for shift in SHIFTS
        for what in ("invariance", "equivariance")
    )
    keeps_predictions: ClassVar[bool] = False
    needs_pictures: ClassVar[bool] = True
    needs_responses: ClassVar[bool] = True

    def examples(self, examples: Examples) -> Examples:
        """Return the sample, then its copies, shift by shift, moved down and right."""
        sample = examples.spread(SAMPLE)
        pictures = as_pictures(sample.images)
        fill = background(pictures)
        moved = (shifted(pictures, shift * down, shift * right, fill) for shift in SHIFTS for down, right in DIRECTIONS)
        return sample.with_copies([pictures, *moved])

    def measure(self, scored: Scored) -> Mapping[str, float]:
        """Return the agreements, layer by layer, as far as they are known."""
        found: dict[str, float] = {}
        for layer, response in zip(range(1, MOST_LAYERS + 1), scored.responses, strict=False):
            for shift, pairs in _by_shift(response.values):
                known = {
                    metric("invariance", shift, layer).name: _agreement(pairs),
                    metric("equivariance", shift, layer).name: _agreement(_followed(response, pairs, shift)),
                }
                found |= {name: value for name, value in known.items() if value is not None}
        return found


def _by_shift(values: Values) -> Iterator[tuple[int, list[tuple[Values, Values]]]]:
    """Yield each shift with the responses to the sample and to its copies, direction by direction."""
    blocks = values.reshape(1 + len(SHIFTS) * len(DIRECTIONS), -1, *values.shape[1:])
    for place, shift in enumerate(SHIFTS):
        first = 1 + place * len(DIRECTIONS)
        yield shift, [(blocks[0], moved) for moved in blocks[first : first + len(DIRECTIONS)]]


def _followed(response: Response, pairs: list[tuple[Values, Values]], shift: int) -> list[tuple[Values, Values]]:
    """Return the pairs with the first of each moved as its image was, both without what came from beyond the edge."""
    if response.step is None or response.values.ndim != MAP_AXES:
        return []
    found = []
    for axis, (step, (before, after)) in enumerate(zip(response.step, pairs, strict=True), 1):
        places = shift / step
        whole, part = int(places), places - int(places)
        lost = whole + (part > 0)
        if lost >= before.shape[axis]:
            continue
        there = before.shape[axis] - lost
        near, far = (_cut(before, axis, lost - moved, there) for moved in (whole, lost))
        found.append(((1 - part) * near + part * far, _cut(after, axis, lost, there)))
    return found


def _cut(values: Values, axis: int, start: int, length: int) -> Values:
    chosen: Values = np.take(values, range(start, start + length), axis=axis)
    return chosen


def _agreement(pairs: list[tuple[Values, Values]]) -> float | None:
    """Return how much nearer responses are to those of their own image than to those of the one after it."""
    own = [float(np.square(before - after, dtype=np.float64).mean()) for before, after in pairs]
    other = [float(np.square(np.roll(before, 1, axis=0) - after, dtype=np.float64).mean()) for before, after in pairs]
    return 1 - sum(own) / sum(other) if sum(other) > 0 else None
