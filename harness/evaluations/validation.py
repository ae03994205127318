"""The images that a validation split holds out: mean loss and accuracy after every epoch, as Keras' ``fit`` shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from harness.evaluations.evaluation import EvaluationKind, Scored
from harness.evaluations.metric import ACCURACY, LOSS


class Validation(EvaluationKind):
    """Loss and accuracy on the training images that are held out; recipes may stop the training by them."""

    keeps_predictions: ClassVar[bool] = False
    of_validation: ClassVar[bool] = True
    metrics = (LOSS, ACCURACY)

    def measure(self, scored: Scored) -> Mapping[str, float]:
        """Return both."""
        return {LOSS.name: scored.loss, ACCURACY.name: float(scored.right.mean())}
