"""The test images with light and dark exchanged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from harness.evaluations.evaluation import EvaluationKind, Examples, Scored
from harness.evaluations.metric import ACCURACY
from harness.evaluations.transformed import SAMPLE, as_type


class Inversion(EvaluationKind):
    """Accuracy on a sample of the test images, evenly spread, each value taken from the sample's lowest and highest."""

    metrics = (ACCURACY,)
    needs_pictures: ClassVar[bool] = True

    def examples(self, examples: Examples) -> Examples:
        """Return the inverted sample."""
        sample = examples.spread(SAMPLE)
        ends = float(sample.images.min()) + float(sample.images.max())
        return Examples(as_type(ends - sample.images.astype(np.float64), sample.images.dtype), sample.labels)

    def measure(self, scored: Scored) -> Mapping[str, float]:
        """Return the accuracy."""
        return {ACCURACY.name: float(scored.right.mean())}
