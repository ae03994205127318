"""Evaluates a network through a function that scores it, each evaluation on its own clock; knows no framework."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.evaluations.evaluation import EvaluationKind, Examples, Response, Scored, find_evaluation
from harness.evaluations.metric import TEST
from harness.records.predictions import Classes, digest
from harness.records.record import Evaluation
from harness.worker.backend import Array, Scores
from harness.worker.clocks import stopwatch


class NotANumber(Exception):
    """A loss or a metric is NaN or infinite: as a rule the weights are lost."""


@dataclass(frozen=True, eq=False)
class Evaluator:
    """One evaluation of the network that is being trained.

    ``scored_as`` is the name under which the network scores the examples: the evaluation's own, or that of another one
    with the same examples, scored once for both. Making the examples took the seconds.
    """

    kind: EvaluationKind
    examples: Examples
    scored_as: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0


class Inside(Protocol):
    """What evaluations that look into a network see of it."""

    def weights(self) -> Sequence[Array]:
        """Return all of its weights."""

    def responses(self, evaluation: str) -> Iterator[Response]:
        """Yield what each of its layers makes of the examples that go by a name."""


def evaluate(
    epoch: int, evaluators: Mapping[str, Evaluator], score: Callable[[str], Scores], inside: Inside | None = None
) -> tuple[Mapping[str, Evaluation], Mapping[str, Classes]]:
    """Evaluate the network as it stands; ``score`` scores the examples that go by a name.

    Returns the evaluations by name, and of those that keep it what is recorded beside their metrics, as a rule the
    predicted classes, shape (images,).

    Raises:
        NotANumber: A loss or a metric is not finite.
    """
    evaluations: dict[str, Evaluation] = {}
    predictions: dict[str, Classes] = {}
    answers: dict[str, Scores] = {}
    for name, evaluator in evaluators.items():
        with stopwatch() as clock:
            if evaluator.scored_as not in answers:
                answers[evaluator.scored_as] = score(evaluator.scored_as)
            found = answers[evaluator.scored_as]
            check_finite(epoch, name, {"loss": found.loss})
            scored = Scored(
                found.scores,
                evaluator.examples.labels,
                found.loss,
                evaluator.examples.images,
                inside.weights() if inside and evaluator.kind.needs_filters else (),
                inside.responses(name) if inside and evaluator.kind.needs_responses else (),
                found.threshold,
            )
            metrics = evaluator.kind.measure(scored)
            kept = evaluator.kind.kept(scored)
        check_finite(epoch, name, metrics)
        if kept is not None:
            predictions[name] = kept
        evaluations[name] = Evaluation(
            metrics=metrics,
            predictions_sha256=digest(predictions[name]) if name in predictions else None,
            seconds=clock.seconds + evaluator.seconds,
            cpu_seconds=clock.cpu_seconds + evaluator.cpu_seconds,
        )
    return evaluations, predictions


def make_evaluators(names: Iterable[str], training: Examples, test: Examples) -> dict[str, Evaluator]:
    """Return the evaluations by name, their examples made of those that were trained on or of the test images."""
    evaluators = {}
    for name in names:
        kind = find_evaluation(name)
        with stopwatch() as clock:
            examples = kind.examples(training if kind.of_training else test)
        scored_as = TEST if examples is test else name
        evaluators[name] = Evaluator(kind, examples, scored_as, clock.seconds, clock.cpu_seconds)
    return evaluators


def check_finite(epoch: int, evaluation: str, metrics: Mapping[str, float]) -> None:
    """Raise NotANumber if one of the numbers is not finite."""
    for name, value in metrics.items():
        if not math.isfinite(value):
            raise NotANumber(f"the {evaluation} {name} of epoch {epoch} is {value}")
