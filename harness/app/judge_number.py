"""A published number judged by the values that a notebook has, as the report would; reads no record."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from harness.analysis.published import NumberRuling, PublishedNumber
from harness.analysis.published import judge_number as judge
from harness.declaration.values import WrittenFloat, is_whole, written
from harness.errors import InvalidArgument, UnknownMetric
from harness.evaluations.metric import METRICS, PERCENT, Metric


@dataclass(frozen=True, kw_only=True)
class NumberOptions:
    """How a published number is judged.

    Args:
        decimals: How many digits it has after the point; by default those that it is written with.
        margin: How near the typical run has to be.
        claims: How many claims are judged at once, for which a refutation is corrected.
        metric: What the number measures.
        alpha: The level of each question.
    """

    decimals: int | None
    margin: float
    claims: int
    metric: str
    alpha: float

    def __post_init__(self) -> None:
        _check("decimals", self.decimals, self.decimals is None or _at_least(self.decimals, 0), "a whole number from 0")
        _check("claims", self.claims, _at_least(self.claims, 1), "a whole number from 1")
        _check("margin", self.margin, _between(self.margin, 0, math.inf), "a number above 0, such as 0.003")
        _check("alpha", self.alpha, _between(self.alpha, 0, 1 / 2), "a level between 0 and 0.5, such as 0.05")
        if self.metric not in METRICS:
            raise UnknownMetric(self.metric, list(METRICS))


def judge_number(values: Iterable[float], published: str | float, options: NumberOptions) -> NumberRuling:
    """Return the ruling on a published number, its refutation corrected for the number of claims.

    Raises:
        InvalidArgument: A value is not a number of the metric.
    """
    metric = METRICS[options.metric]
    _check("values", values, _is_listed(values), "a list of numbers, one per run")
    runs = tuple(_measured(f"values, item {place},", value, metric) for place, value in enumerate(values, start=1))
    _check("values", runs, bool(runs), "a list of numbers, one per run")
    number = _written(published, metric)
    half_unit = number.half_unit if options.decimals is None else 0.5 * 10.0**-options.decimals
    ruling = judge(runs, PublishedNumber(float(number), half_unit, options.margin, metric), options.alpha)
    if ruling.p is None:
        return ruling
    return ruling.corrected(min(1.0, options.claims * ruling.p), options.claims, options.alpha)


def _written(published: str | float, metric: Metric) -> WrittenFloat:
    """Return the number with the digits that it is written with."""
    try:
        number = written(WrittenFloat(published.strip() if isinstance(published, str) else published))
    except (TypeError, ValueError):
        number = WrittenFloat("nan")
    as_printed = not isinstance(published, bool) and math.isfinite(number)
    _check("published", published, as_printed, "a number as it was printed, such as '0.9920'")
    _measured("published", number, metric)
    return number


def _measured(name: str, value: float, metric: Metric) -> float:
    """Return a value that the metric can have as a plain number."""
    share = metric.unit == PERCENT
    try:
        number = math.nan if isinstance(value, str | bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    expected = "a share from 0 to 1: 0.9912 for 99.12 %" if share else "a finite number"
    _check(name, value, math.isfinite(number) and metric.allows(number), expected)
    return number


def _is_listed(values: object) -> bool:
    return isinstance(values, Iterable) and not isinstance(values, str)


def _at_least(value: object, least: int) -> bool:
    return is_whole(value) and isinstance(value, int) and value >= least


def _between(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low < value < high


def _check(name: str, value: object, holds: bool, expected: str) -> None:  # noqa: FBT001 - the condition itself
    if not holds:
        raise InvalidArgument(name, value, expected)
