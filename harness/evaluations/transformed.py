"""What evaluations on changed test images have in common: a sample, every image changed to several levels."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from harness.arrays import Values
from harness.evaluations.evaluation import EvaluationKind, Examples, Scored
from harness.evaluations.metric import ACCURACY, Metric
from harness.evaluations.pictures import as_pictures

# Test images that are changed; with them all evaluations of a trial cost less than a tenth of its training.
SAMPLE = 500
# The images as they are.
UNCHANGED = 0.0


class Transformed(EvaluationKind):
    """Accuracy on a sample of the test images, evenly spread over them, at each level of a change.

    ``levels`` are in ``unit``; ``variants`` is how many copies of an image there are at each, such as one for each
    direction. The images as they are come first: their accuracy is that at ``unchanged``.
    """

    levels: ClassVar[tuple[float, ...]]
    unit: ClassVar[str]
    unchanged: ClassVar[float] = UNCHANGED
    variants: ClassVar[int] = 1
    needs_pictures: ClassVar[bool] = True

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The accuracy at each level."""
        return tuple(ACCURACY.at(level, self.unit) for level in (self.unchanged, *self.levels))

    @abstractmethod
    def changed(self, pictures: Values, level: float) -> Iterator[Values]:
        """Yield the variants of the pictures, shape (n, height, width, channels), at a level."""

    def examples(self, examples: Examples) -> Examples:
        """Return the sample, then the variants of all of it, level by level."""
        sample = examples.spread(SAMPLE)
        pictures = as_pictures(sample.images)
        copies = [pictures, *(copy for level in self.levels for copy in self.changed(pictures, level))]
        return sample.with_copies(copies)

    def measure(self, scored: Scored) -> Mapping[str, float]:
        """Return the accuracy at each level, over all variants."""
        right = self.by_level(scored.right)
        return {metric.name: float(found.mean()) for metric, found in zip(self.metrics, right, strict=True)}

    def by_level(self, values: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], ...]:
        """Return values of the examples by level, each of shape (variants, n), that of the unchanged ones (1, n)."""
        blocks = values.reshape(1 + self.variants * len(self.levels), -1)
        return blocks[:1], *np.split(blocks[1:], len(self.levels))
