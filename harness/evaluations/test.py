"""The test images as they are: mean loss and accuracy."""

from __future__ import annotations

from collections.abc import Mapping

from harness.evaluations.evaluation import EvaluationKind, Scored
from harness.evaluations.metric import ACCURACY, LOSS


class Test(EvaluationKind):
    """Loss, and the share of the images whose predicted class is the true one."""

    metrics = (LOSS, ACCURACY)

    def measure(self, scored: Scored) -> Mapping[str, float]:
        """Return both."""
        return {LOSS.name: scored.loss, ACCURACY.name: float((scored.classes == scored.labels).mean())}
