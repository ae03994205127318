"""How values of each unit of a claim are shown; knows no kind of claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from harness.declaration.values import WrittenFloat
from harness.evaluations.metric import ACCURACY, LOSS
from harness.reporting import numbers
from harness.spec.claims import Unit, Value
from harness.statistics.samples import Interval


@dataclass(frozen=True)
class UnitFormat:
    """How one unit's values are shown, and ranges of them."""

    value: Callable[[Any], str]
    interval: Callable[[Interval], str]


def _share(value: float | tuple[float, ...]) -> str:
    """Return a share in per cent; a published one with no more digits than it was written with."""
    if isinstance(value, tuple):
        return f"{numbers.bounds(ACCURACY, Interval(min(value), max(value)))} % ({len(value)} runs)"
    return f"{numbers.published(ACCURACY, value) if isinstance(value, WrittenFloat) else numbers.percent(value)} %"


def _plain(value: Value) -> str:
    """Return a count, a shape, a loss or a name as people read it."""
    if isinstance(value, tuple) and all(isinstance(part, int) for part in value):
        return " × ".join(map(str, value))
    if isinstance(value, tuple):
        return f"{min(value):.4f}{numbers.DASH}{max(value):.4f} ({len(value)} runs)"
    if isinstance(value, str):
        return value
    return numbers.count(value) if isinstance(value, int) else f"{value:.4f}"


FORMATS: Mapping[Unit, UnitFormat] = MappingProxyType(
    {
        Unit.PLAIN: UnitFormat(_plain, lambda found: f"{found.low:.4f}{numbers.DASH}{found.high:.4f}"),
        Unit.PERCENT: UnitFormat(_share, partial(numbers.bounds, ACCURACY)),
        Unit.SEEDS: UnitFormat(
            lambda share: f"{100 * share:.0f} %",
            lambda found: f"{100 * found.low:.0f}{numbers.DASH}{100 * found.high:.0f}",
        ),
        Unit.POINTS: UnitFormat(ACCURACY.signed, partial(numbers.difference_bounds, ACCURACY)),
        Unit.DIFFERENCE: UnitFormat(LOSS.signed, partial(numbers.difference_bounds, LOSS)),
        Unit.ORDER: UnitFormat(lambda _: "better", partial(numbers.difference_bounds, ACCURACY)),
    }
)
