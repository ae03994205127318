"""The test images as they are: mean loss and accuracy, and what single scores say beyond the predicted class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.evaluations.evaluation import EvaluationKind, Scored
from harness.evaluations.metric import (
    ACCURACY,
    FEWEST_CLASSES,
    LOSS,
    MACRO_ROC_AUC,
    MEAN_PRECISION,
    ROC_AUC,
    TOP_5,
    TOP_CLASSES,
    Metric,
)
from harness.statistics.classification import average_precision, mean_known, roc_auc, top_accuracy


class Test(EvaluationKind):
    """Loss, and the share of the images whose predicted class is the true one.

    From 20 classes on also the share whose class is among the five with the highest scores; for two classes the area
    under the ROC curve of the second one. Where an image may have several labels, all of them are to be right; beside
    that the means over labels of the average precision and of the area under the ROC curve.
    """

    metrics = (LOSS, ACCURACY, TOP_5, ROC_AUC, MEAN_PRECISION, MACRO_ROC_AUC)

    def measure(self, scored: Scored) -> Mapping[str, float]:
        """Return those that the number of classes allows."""
        accuracy = float(scored.right.mean())
        further = {metric.name: value for metric, value in _of_scores(scored) if value is not None}
        return {LOSS.name: scored.loss, ACCURACY.name: accuracy, **further}


def _of_scores(scored: Scored) -> Iterator[tuple[Metric, float | None]]:
    classes = scored.scores.shape[1]
    if scored.multi_label:
        by_label = list(zip(scored.scores.T, scored.labels.T, strict=True))
        yield MEAN_PRECISION, mean_known(average_precision(scores, labels) for scores, labels in by_label)
        yield MACRO_ROC_AUC, mean_known(roc_auc(scores, labels) for scores, labels in by_label)
        return
    if classes >= FEWEST_CLASSES:
        yield TOP_5, top_accuracy(scored.scores, scored.labels, TOP_CLASSES)
    if classes == 2:  # noqa: PLR2004 - one against the other
        # Of probabilities near 1, the other one's, which is small, has the digits.
        margin = scored.scores[:, 1].astype(float) - scored.scores[:, 0]
        yield ROC_AUC, roc_auc(margin, scored.labels)
