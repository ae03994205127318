"""How values of each unit of a claim are shown; knows no kind of claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from harness.declaration.values import WrittenFloat
from harness.evaluations.metric import ACCURACY
from harness.reporting import numbers
from harness.spec.claims import Unit, Value
from harness.statistics.samples import Interval


@dataclass(frozen=True)
class UnitFormat:
    """How one unit's values are shown, and ranges of them."""

    value: Callable[[Any], str]
    interval: Callable[[Interval], str]


def _share(number: float) -> str:
    """Return a share in per cent; a published one with no more digits than it was written with."""
    return numbers.published(ACCURACY, number) if isinstance(number, WrittenFloat) else numbers.percent(number)


def _plain(value: Value) -> str:
    """Return a count, a shape, a loss or a name as people read it."""
    if isinstance(value, tuple):
        return " × ".join(map(str, value))
    if isinstance(value, str):
        return value
    return numbers.count(value) if isinstance(value, int) else f"{value:.4f}"


FORMATS: Mapping[Unit, UnitFormat] = MappingProxyType(
    {
        Unit.PLAIN: UnitFormat(_plain, lambda found: f"{found.low:.4f}{numbers.DASH}{found.high:.4f}"),
        Unit.PERCENT: UnitFormat(lambda share: f"{_share(share)} %", partial(numbers.bounds, ACCURACY)),
        Unit.SEEDS: UnitFormat(lambda share: f"{100 * share:.0f} %", partial(numbers.bounds, ACCURACY)),
        Unit.POINTS: UnitFormat(ACCURACY.signed, partial(numbers.difference_bounds, ACCURACY)),
        Unit.ORDER: UnitFormat(lambda _: "better", partial(numbers.difference_bounds, ACCURACY)),
    }
)
