"""What an evaluation is, and how it is found: a file in this folder with one class of ``EvaluationKind``.

The file's name is the evaluation's. Nothing is imported before an evaluation is asked for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from harness.arrays import Bytes, Values
from harness.errors import UnknownEvaluation
from harness.evaluations.metric import Metric
from harness.evaluations.registry import evaluation_names
from harness.plugins import find_plugin

# Sums of float32 probabilities over hundreds of classes are 1 within this.
ROUNDING = 1e-3


class Examples(NamedTuple):
    """Examples as the data set has them, and their classes, shape (n,).

    Images are bytes as a rule, shape (n, height, width) or (n, height, width, channels). Where an example may have
    several labels, they are 0 and 1, shape (n, labels).
    """

    images: Values
    labels: Bytes

    def first(self, count: int | None) -> Examples:
        """Return the first ``count`` of them; None: all."""
        return Examples(self.images[:count], self.labels[:count])

    def spread(self, count: int) -> Examples:
        """Return ``count`` of them, evenly spread, or all where there are no more: a set may be sorted by class."""
        total = len(self.labels)
        chosen = np.arange(count) * total // count if count < total else np.arange(total)
        return Examples(self.images[chosen], self.labels[chosen])

    def with_copies(self, copies: Sequence[Values]) -> Examples:
        """Return copies of their images, each shape (n, ...), one after another, each with the labels."""
        images = np.concatenate(copies).reshape(-1, *self.images.shape[1:])
        return Examples(images, np.concatenate([self.labels] * len(copies)))


class Response(NamedTuple):
    """What one layer makes of the examples, float32, shape (n, ...).

    ``step`` is how many pixels, down and across, its values stand apart; None where that is not known, or where they
    have no rows and columns.
    """

    values: Values
    step: tuple[int, int] | None


@dataclass(frozen=True, eq=False)
class Scored:
    """A network's answer to an evaluation's examples.

    Args:
        scores: Of each image and class, float32, shape (n, classes); the highest is the predicted class.
        labels: The true classes, shape (n,); of images that may have several labels 0 and 1, shape (n, labels).
        loss: The mean of the recipe's loss over the examples, penalties of the weights included.
        images: The images that were scored.
        weights: All of the network's weights, where the evaluation asks for its filters.
        responses: Each layer's in turn, where the evaluation asks for them; they are computed as they are read.
        threshold: Above which score a label is predicted, where an image may have several: 0 for logits.
    """

    scores: npt.NDArray[np.float32]
    labels: Bytes
    loss: float
    images: Values = field(default_factory=lambda: np.empty(0))
    weights: Sequence[Values] = ()
    responses: Iterable[Response] = ()
    threshold: float = 0.5

    @property
    def multi_label(self) -> bool:
        """Whether an image may have several labels."""
        return self.labels.ndim > 1

    @cached_property
    def classes(self) -> Bytes:
        """The predicted class of every image, shape (n,); of two with the same score the first.

        Of images that may have several labels, whether each is predicted, 0 or 1, shape (n, labels).
        """
        found = self.scores > self.threshold if self.multi_label else self.scores.argmax(axis=1)
        classes: Bytes = found.astype(np.uint8)
        return classes

    @cached_property
    def right(self) -> npt.NDArray[np.bool_]:
        """Which images are predicted right, shape (n,): where they may have several labels, every one of them."""
        return all_right(self.classes, self.labels)

    @cached_property
    def probabilities(self) -> npt.NDArray[np.float64]:
        """The scores where they are probabilities, else, for those of logits, their softmax, shape (n, classes).

        Where an image may have several labels, each has a probability of its own: the sigmoid of a logit.
        """
        scores = self.scores.astype(np.float64)
        if self.multi_label:
            return scores if self.threshold else 1 / (1 + np.exp(-scores))
        if (scores >= 0).all() and (abs(scores.sum(axis=1) - 1) < ROUNDING).all():
            return scores
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares: npt.NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
        return shares


def label_threshold(*, logits: bool) -> float:
    """Return above which output a label is predicted of which an example may have several: a probability of .5."""
    return 0.0 if logits else 0.5


def all_right(predicted: Bytes, labels: Bytes) -> npt.NDArray[np.bool_]:
    """Return which examples are predicted right, shape (..., n), labels being of shape (n,).

    Where an example may have several, shape (n, labels), every one of them: the exact match of which scikit-learn's
    ``accuracy_score`` is the share. ``predicted`` may have further axes in front.
    """
    right = predicted == labels
    return np.asarray(right.all(axis=-1) if labels.ndim > 1 else right)


class EvaluationKind(ABC):
    """One way to look at a trained network: on which examples it is scored, and what the scores give.

    ``metrics`` are what ``measure`` returns, in that order, as far as each is known. ``keeps_predictions`` is whether
    the predicted classes are recorded beside them; ``of_training``, whether the examples are made from those that were
    trained on; ``of_validation``, whether they are those held out of it; ``needs_pictures``, ``needs_probabilities``
    and ``needs_filters`` say what it fits alone. ``needs_responses`` is whether it looks at what every layer makes of
    the examples.
    """

    keeps_predictions: ClassVar[bool] = True
    of_training: ClassVar[bool] = False
    of_validation: ClassVar[bool] = False
    needs_pictures: ClassVar[bool] = False
    needs_probabilities: ClassVar[bool] = False
    needs_filters: ClassVar[bool] = False
    needs_responses: ClassVar[bool] = False

    @property
    @abstractmethod
    def metrics(self) -> tuple[Metric, ...]:
        """What ``measure`` returns."""

    def examples(self, examples: Examples) -> Examples:
        """Return what the network is scored on, made from the test images or those of the training."""
        return examples

    @abstractmethod
    def measure(self, scored: Scored) -> Mapping[str, float]:
        """Return the metrics by name."""

    def kept(self, scored: Scored) -> Bytes | None:
        """Return what is recorded beside the metrics, shape (n,): the predicted classes; None: nothing."""
        return scored.classes if self.keeps_predictions else None


def find_evaluation(name: str) -> EvaluationKind:
    """Return the evaluation of that name.

    Raises:
        UnknownEvaluation: There is none.
    """
    module = find_plugin("harness.evaluations", name, evaluation_names(), UnknownEvaluation)
    (kind,) = (
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, EvaluationKind) and value.__module__ == module.__name__
    )
    return kind()
