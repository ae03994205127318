"""What a number measures: its name, unit, direction and range; measures nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

# The name under which the running means of an epoch of training stand beside evaluations.
TRAIN = "train"


@dataclass(frozen=True)
class Metric:
    """A kind of number.

    ``unit`` is what people read it in: ``%`` for a share, nothing for a plain number, with ``places`` digits after the
    point. ``low`` and ``high`` bound its values; None where there is no bound.
    """

    name: str
    higher_is_better: bool
    unit: str = ""
    low: float | None = None
    high: float | None = None
    places: int = 4

    def merit(self, value: float) -> float:
        """Return the value if higher is better, else its negative: of two merits the higher is the better one."""
        return value if self.higher_is_better else -value

    def reaches(self, value: float, target: float) -> bool:
        """Say whether the value is at least as good as the target."""
        return self.merit(value) >= self.merit(target)

    def allows(self, value: float) -> bool:
        """Say whether the value lies within the bounds."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


ACCURACY = Metric("accuracy", higher_is_better=True, unit="%", low=0.0, high=1.0, places=2)
# Without a bound: regularization adds to it, and some losses, such as cosine similarity, are negative.
LOSS = Metric("loss", higher_is_better=False)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in (LOSS, ACCURACY)})


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
    def title(self) -> str:
        """Its name in words: test accuracy."""
        return f"{self.evaluation} {self.metric.name}".replace("_", " ")

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


TEST_ACCURACY = Quantity("test", ACCURACY)
