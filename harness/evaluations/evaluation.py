"""What an evaluation is, and how it is found: a file in this folder with one class of ``EvaluationKind``.

The file's name is the evaluation's. Nothing is imported before an evaluation is asked for.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

import harness.evaluations
from harness.errors import UnknownEvaluation
from harness.evaluations.metric import Metric

Bytes = npt.NDArray[np.uint8]
# Bytes, or float32.
Values = npt.NDArray[Any]

# The modules of this folder that hold no evaluation.
OTHERS = {"evaluation", "metric"}


class Examples(NamedTuple):
    """Examples as the data set has them, and their classes, shape (n,).

    Images are bytes as a rule, shape (n, height, width) or (n, height, width, channels).
    """

    images: Values
    labels: Bytes

    def first(self, count: int | None) -> Examples:
        """Return the first ``count`` of them; None: all."""
        return Examples(self.images[:count], self.labels[:count])


@dataclass(frozen=True, eq=False)
class Scored:
    """A network's answer to an evaluation's examples.

    Args:
        scores: Of each image and class, float32, shape (n, classes); the highest is the predicted class.
        labels: The true classes, shape (n,).
        loss: The mean of the recipe's loss over the examples, penalties of the weights included.
    """

    scores: npt.NDArray[np.float32]
    labels: Bytes
    loss: float

    @cached_property
    def classes(self) -> Bytes:
        """The predicted class of every image, shape (n,); of two with the same score the first."""
        classes: Bytes = self.scores.argmax(axis=1).astype(np.uint8)
        return classes


class EvaluationKind(ABC):
    """One way to look at a trained network: on which images it is scored, and what the scores give.

    ``metrics`` are what ``measure`` returns, in that order. ``keeps_predictions`` is whether the predicted classes are
    recorded beside them.
    """

    metrics: ClassVar[tuple[Metric, ...]]
    keeps_predictions: ClassVar[bool] = True

    def examples(self, test: Examples) -> Examples:
        """Return the images that the network is scored on, made from the data set's test images."""
        return test

    @abstractmethod
    def measure(self, scored: Scored) -> Mapping[str, float]:
        """Return the metrics by name."""


def evaluation_names() -> tuple[str, ...]:
    """Return the evaluations that there are, by name."""
    found = (module.name for module in pkgutil.iter_modules(harness.evaluations.__path__))
    return tuple(name for name in found if name not in OTHERS)


def find_evaluation(name: str) -> EvaluationKind:
    """Return the evaluation of that name.

    Raises:
        UnknownEvaluation: There is none.
    """
    if name not in evaluation_names():
        raise UnknownEvaluation(name, evaluation_names())
    module = importlib.import_module(f"harness.evaluations.{name}")
    (kind,) = (
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, EvaluationKind) and value.__module__ == module.__name__
    )
    return kind()
