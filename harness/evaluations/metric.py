"""What a number measures: its name, unit, direction and range; measures nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

# The name under which the running means of an epoch of training stand beside evaluations, and the first evaluation's.
TRAIN, TEST = "train", "test"
# The evaluation on the images that a validation split holds out of the training.
VALIDATION = "validation"
PERCENT = "%"
# Between a metric's name and the level of the evaluation that it is measured at.
LEVEL_MARK = "@"


@dataclass(frozen=True)
class Metric:
    """A kind of number.

    ``unit`` is what people read it in, ``PERCENT`` for a share and nothing for a plain number, with ``places`` digits
    after the point. ``low`` and ``high`` bound its values; None where there is no bound. ``relevant`` is the
    smallest difference that a study should be able to find; None where nobody has said. ``where`` says at which level
    of an evaluation it is measured: at 3 pixels. ``words`` are what it is called, where that is not the name.
    """

    name: str
    higher_is_better: bool
    unit: str = ""
    low: float | None = None
    high: float | None = None
    places: int = 4
    relevant: float | None = None
    where: str = ""
    words: str = ""

    def at(self, level: float, unit: str) -> Metric:
        """Return the same metric at a level of an evaluation: ``accuracy@3``, accuracy at 3 pixels."""
        name, where = f"{self.name}{LEVEL_MARK}{level:g}", f" at {level:g} {unit}"
        return replace(self, name=name, where=where, relevant=None)

    @property
    def title(self) -> str:
        """Its name in words: accuracy at 3 pixels."""
        return (self.words or plain_name(self.name)) + self.where

    def merit(self, value: float) -> float:
        """Return the value if higher is better, else its negative: of two merits the higher is the better one."""
        return value if self.higher_is_better else -value

    def reaches(self, value: float, target: float) -> bool:
        """Say whether the value is at least as good as the target."""
        return self.merit(value) >= self.merit(target)

    @property
    def scale(self) -> int:
        """What a value is multiplied by to stand in its unit."""
        return 100 if self.unit == PERCENT else 1

    @property
    def superlative(self) -> str:
        """What the best value is called."""
        return "highest" if self.higher_is_better else "lowest"

    @property
    def sign(self) -> str:
        """The sign that stands between a better value and a worse one."""
        return ">" if self.higher_is_better else "<"

    @property
    def difference_unit(self) -> str:
        """What differences of values are in, as the end of a phrase; nothing where values have no unit."""
        return " in percentage points" if self.unit == PERCENT else ""

    def signed(self, difference: float) -> str:
        """Return a difference of two values as people read it: +0.12 points, or +0.0035 where there is no unit."""
        shown = round(self.scale * difference, self.places) + 0.0  # a rounded -0.00 has no sign to show
        return f"{shown:+.{self.places}f}{' points' if self.unit == PERCENT else ''}"

    def written(self, value: float) -> str:
        """Return a value with its unit as people read it: 99.12 %, or 0.0312 where there is none."""
        return f"{self.scale * value:.{self.places}f} {self.unit}".rstrip()

    def written_range(self, low: float, high: float) -> str:
        """Return bounds with their unit: 99.03 to 99.21 %."""
        return f"{self.scale * low:.{self.places}f} to {self.written(high)}"

    def amount(self, difference: float) -> str:
        """Return the size of a difference, with one place more where it has one: 0.30 points, 0.305 points."""
        shown = f"{self.scale * abs(difference):.{self.places + 1}f}".removesuffix("0")
        return f"{shown}{' points' if self.unit == PERCENT else ''}"

    def can_differ_by(self, difference: float) -> bool:
        """Say whether two values can be so far apart."""
        return self.low is None or self.high is None or difference < self.high - self.low

    def allows(self, value: float) -> bool:
        """Say whether the value lies within the bounds."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


ACCURACY = Metric("accuracy", higher_is_better=True, unit=PERCENT, low=0.0, high=1.0, places=2, relevant=0.001)
# Without a bound: regularization adds to it, and some losses, such as cosine similarity, are negative.
LOSS = Metric("loss", higher_is_better=False)
# From predicted classes, whenever they are recorded.
BALANCED_ACCURACY = Metric("balanced_accuracy", higher_is_better=True, unit=PERCENT, low=0.0, high=1.0, places=2)
MACRO_F1 = Metric(
    "macro_f1", higher_is_better=True, unit=PERCENT, low=0.0, high=1.0, places=2, words="macro-averaged F1"
)
# From scores, measured while they are at hand: of many classes, and of two.
TOP_CLASSES = 5
# Among fewer classes, five are too many to say anything.
FEWEST_CLASSES = 20
TOP_5 = Metric(
    "top_5_accuracy", higher_is_better=True, unit=PERCENT, low=0.0, high=1.0, places=2, words="top-5 accuracy"
)
ROC_AUC = Metric("roc_auc", higher_is_better=True, low=0.0, high=1.0, words="ROC AUC")
# Where an example may have several labels, accuracy is the share of those that are predicted right in all of them: one
# bit for each example, which comparisons of networks need. These say the rest, of predictions and of scores.
BINARY_ACCURACY = Metric("binary_accuracy", higher_is_better=True, unit=PERCENT, low=0.0, high=1.0, places=2)
MICRO_F1 = Metric(
    "micro_f1", higher_is_better=True, unit=PERCENT, low=0.0, high=1.0, places=2, words="micro-averaged F1"
)
MEAN_PRECISION = Metric(
    "mean_average_precision", higher_is_better=True, low=0.0, high=1.0, words="mean average precision"
)
MACRO_ROC_AUC = Metric("macro_roc_auc", higher_is_better=True, low=0.0, high=1.0, words="macro-averaged ROC AUC")
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in (LOSS, ACCURACY)})


def plain_name(metric: str) -> str:
    """Return a metric's name without the level that it is measured at."""
    return metric.partition(LEVEL_MARK)[0]


class Measured(Protocol):
    """What holds metrics of evaluations by name, such as an epoch of a record."""

    def value(self, evaluation: str, metric: str) -> float:
        """Return the metric of the evaluation."""


@dataclass(frozen=True)
class Quantity:
    """A metric of an evaluation, or of the running means, whose evaluation is ``train``."""

    evaluation: str
    metric: Metric

    @property
    def evaluations(self) -> frozenset[str]:
        """The evaluations that a run needs for it, beside that of the test images."""
        return frozenset({self.evaluation} - {TRAIN, TEST})

    @property
    def title(self) -> str:
        """Its name in words: test accuracy."""
        return f"{self.evaluation} {self.metric.title}".replace("_", " ")

    @property
    def heading(self) -> str:
        """Its name at the head of a column: Test accuracy."""
        return f"{self.title[:1].upper()}{self.title[1:]}"

    @property
    def column(self) -> str:
        """Its name in tables and frames: test_accuracy."""
        return f"{self.evaluation}_{self.metric.name}"

    def of(self, measured: Measured) -> float:
        """Return its value.

        Raises:
            KeyError: It was not measured.
        """
        return measured.value(self.evaluation, self.metric.name)

    def known_of(self, measured: Measured) -> float | None:
        """Return its value, or None where it was not measured."""
        try:
            return self.of(measured)
        except KeyError:
            return None


class PerRun(Protocol):
    """A number of each run: a quantity, or how far one falls below another."""

    @property
    def metric(self) -> Metric:
        """What it is measured in, and which direction is better."""

    @property
    def evaluations(self) -> frozenset[str]:
        """The evaluations that a run needs for it, beside that of the test images."""

    def known_of(self, measured: Measured) -> float | None:
        """Return its value, or None where it was not measured."""


# A difference of shares of one run; it may be below 0.
DROP = Metric("drop", higher_is_better=False, unit=PERCENT, places=2)


@dataclass(frozen=True)
class Drop:
    """How far one share of a run lies below another: what a change of the images costs, or a generalization gap."""

    title: str
    before: Quantity
    after: Quantity

    @property
    def metric(self) -> Metric:
        """A difference, of which less is better."""
        return DROP

    @property
    def evaluations(self) -> frozenset[str]:
        """Those of both."""
        return self.before.evaluations | self.after.evaluations

    def known_of(self, measured: Measured) -> float | None:
        """Return the difference, or None where one of the two was not measured."""
        before, after = self.before.known_of(measured), self.after.known_of(measured)
        return None if before is None or after is None else before - after


TEST_ACCURACY, TEST_LOSS = Quantity(TEST, ACCURACY), Quantity(TEST, LOSS)
# The epoch whose weights count, where the recipe chooses one.
BEST_EPOCH = Metric("best_epoch", higher_is_better=False, low=1.0, places=1)
# What architectures are ranked by, and what is shown while they train.
HEADLINE = TEST_ACCURACY
