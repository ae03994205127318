"""Evaluates a network through a function that scores it, each evaluation on its own clock; knows no framework."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.evaluations.evaluation import Bytes, EvaluationKind, Scored
from harness.records.predictions import Classes, digest
from harness.records.record import Evaluation
from harness.worker.backend import Scores
from harness.worker.clocks import stopwatch


class NotANumber(Exception):
    """A loss or a metric is NaN or infinite: as a rule the weights are lost."""


@dataclass(frozen=True, eq=False)
class Evaluator:
    """One evaluation of the network that is being trained; ``labels`` are the classes of the images scored."""

    kind: EvaluationKind
    labels: Bytes


def evaluate(
    epoch: int, evaluators: Mapping[str, Evaluator], score: Callable[[str], Scores]
) -> tuple[Mapping[str, Evaluation], Mapping[str, Classes]]:
    """Evaluate the network as it stands; ``score`` scores the images of an evaluation by its name.

    Returns the evaluations by name, and the predicted classes, shape (images,), of those that keep them.

    Raises:
        NotANumber: A loss or a metric is not finite.
    """
    evaluations: dict[str, Evaluation] = {}
    predictions: dict[str, Classes] = {}
    for name, evaluator in evaluators.items():
        with stopwatch() as clock:
            found = score(name)
            check_finite(epoch, name, {"loss": found.loss})
            scored = Scored(found.scores, evaluator.labels, found.loss)
            metrics = evaluator.kind.measure(scored)
        check_finite(epoch, name, metrics)
        if evaluator.kind.keeps_predictions:
            predictions[name] = scored.classes
        evaluations[name] = Evaluation(
            metrics=metrics,
            predictions_sha256=digest(predictions[name]) if name in predictions else None,
            seconds=clock.seconds,
            cpu_seconds=clock.cpu_seconds,
        )
    return evaluations, predictions


def check_finite(epoch: int, evaluation: str, metrics: Mapping[str, float]) -> None:
    """Raise NotANumber if one of the numbers is not finite."""
    for name, value in metrics.items():
        if not math.isfinite(value):
            raise NotANumber(f"the {evaluation} {name} of epoch {epoch} is {value}")
