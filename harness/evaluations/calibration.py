"""Whether the test images' probabilities are those with which they come true: likelihood, Brier score, reliability."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from harness.evaluations.evaluation import EvaluationKind, Scored
from harness.evaluations.metric import ACCURACY, PERCENT, Metric

NLL = Metric("nll", higher_is_better=False, low=0.0)
BRIER = Metric("brier", higher_is_better=False, low=0.0, high=2.0)
ECE = Metric("ece", higher_is_better=False, unit=PERCENT, low=0.0, high=1.0, places=2)
CONFIDENCE = Metric("confidence", higher_is_better=True, unit=PERCENT, low=0.0, high=1.0, places=2)
BINS = 15
BIN = "(bin)"
# No probability counts as less, as in Keras: float32 knows 0, whose logarithm is infinite.
SMALLEST = 1e-7


class Calibration(EvaluationKind):
    """Negative log-likelihood, Brier score, expected calibration error, and the reliability curve, on all test images.

    The Brier score is the mean squared distance from the one-hot label (G. W. Brier, 1950), from 0 to 2. For the
    expected calibration error (C. Guo et al., On Calibration of Modern Neural Networks, 2017) images are put in order
    of the probability of the predicted class, here in 15 bins of the same size (K. Nguyen, B. O'Connor, 2015): it is
    the mean distance of a bin's accuracy from its mean probability. ``confidence@k`` and ``accuracy@k`` of each bin
    are the reliability curve.
    """

    metrics = (
        *(NLL, BRIER, ECE),
        *(metric.at(number, BIN) for number in range(1, BINS + 1) for metric in (CONFIDENCE, ACCURACY)),
    )
    # The predicted classes are those of the test evaluation.
    keeps_predictions: ClassVar[bool] = False
    needs_probabilities: ClassVar[bool] = True

    def measure(self, scored: Scored) -> Mapping[str, float]:
        """Return the metrics; of fewer images than bins, an image is a bin."""
        probabilities, labels = scored.probabilities, scored.labels
        true = probabilities[np.arange(len(labels)), labels]
        squares = (probabilities**2).sum(axis=1) - 2 * true + 1
        confidence, right = probabilities.max(axis=1), scored.classes == labels
        bins = np.array_split(confidence.argsort(kind="stable"), min(BINS, len(labels)))
        curve = [(float(confidence[found].mean()), float(right[found].mean())) for found in bins]
        distances = [abs(accuracy - mean) for mean, accuracy in curve]
        return {
            NLL.name: float(-np.log(true.clip(SMALLEST, 1)).mean()),
            BRIER.name: float(squares.mean()),
            ECE.name: float(np.average(distances, weights=[len(found) for found in bins])),
            **{
                metric.at(number, BIN).name: value
                for number, point in enumerate(curve, 1)
                for metric, value in zip((CONFIDENCE, ACCURACY), point, strict=True)
            },
        }
