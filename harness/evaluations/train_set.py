"""A sample of the examples that were trained on, with the final weights: against the test, the generalization gap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from harness.evaluations.evaluation import EvaluationKind, Examples, Scored
from harness.evaluations.metric import ACCURACY, LOSS

# As many as a data set commonly has to test on.
SAMPLE = 10_000


class TrainSet(EvaluationKind):
    """Loss and accuracy on up to 10,000 of the examples that were trained on, evenly spread over them.

    The running means of the last epoch are another thing: there the weights move, and dropout is on.
    """

    metrics = (LOSS, ACCURACY)
    of_training: ClassVar[bool] = True

    def examples(self, examples: Examples) -> Examples:
        """Return the sample."""
        return examples.spread(SAMPLE)

    def measure(self, scored: Scored) -> Mapping[str, float]:
        """Return both."""
        return {LOSS.name: scored.loss, ACCURACY.name: float(scored.right.mean())}
