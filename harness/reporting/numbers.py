"""Numbers as people read them, for the page and the terminal alike: unknown is a dash; imports no library.

A table's cell has no unit, since its header has it; what stands alone in a sentence does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from harness.planning.seeds import seed_ranges

if TYPE_CHECKING:
    from harness.declaration.values import WrittenFloat
    from harness.evaluations.metric import Metric
    from harness.statistics.comparisons import Superiority
    from harness.statistics.samples import Estimate, Interval, Spread

UNKNOWN = DASH = "\N{EN DASH}"
PERCENT_PLACES = 2
SMALL_P = 0.001
ALL_PLACES = 15


def count(value: float | None) -> str:
    """Return a whole number with thousands apart: 1,199,882."""
    return UNKNOWN if value is None else f"{value:,.0f}"


def millions(value: float | None) -> str:
    """Return a count in millions with three digits: 2.79 M, 12.0 M."""
    if value is None:
        return UNKNOWN
    scaled = value / 1e6
    places = 0 if scaled >= 100 else 1 if scaled >= 10 else 2  # noqa: PLR2004 - three digits
    return f"{scaled:.{places}f} M"


def percent(share: float | None, places: int = PERCENT_PLACES) -> str:
    """Return a share in [0, 1] as per cent without the sign: 0.9912 is 99.12."""
    return UNKNOWN if share is None else f"{100 * share:.{places}f}"


def seconds(value: float | None, noise: float | None = None) -> str:
    """Return seconds with three digits, or more before the point, and none that is finer than the noise.

    >>> seconds(0.834), seconds(41.23), seconds(41.23, noise=2.0), seconds(203.4, noise=14.0)
    ('0.83', '41.2', '41', '200')
    """
    if value is None:
        return UNKNOWN
    places = 2 if value < 10 else 1 if value < 100 else 0  # noqa: PLR2004 - three digits
    places = min(places, _places(noise))
    return f"{round(value, places):,.{max(places, 0)}f}"


def steady(value: float | None, noise: float | None) -> str:
    """Return a whole number without the digits that are finer than the noise: 6,125 ± 80 is 6,120."""
    return count(None if value is None else round(value, min(0, _places(noise))))


def _places(noise: float | None) -> int:
    """Return how many places after the point the noise leaves, before it where negative; all without noise."""
    return -math.floor(math.log10(noise)) if noise else ALL_PLACES


def median_seconds(spread: Spread | None) -> str:
    """Return the median with as many digits as the quartiles allow."""
    return UNKNOWN if spread is None else seconds(spread.median, spread.noise)


def spread_of_seconds(spread: Spread | None) -> str:
    """Return the median alone, or with its quartiles: 41.2 (40.8-42.0)."""
    between = quartiles(spread)
    return f"{median_seconds(spread)} ({between})" if between else median_seconds(spread)


def quartiles(spread: Spread | None) -> str:
    """Return lower and upper quartile, or nothing where they are unknown."""
    if spread is None or spread.lower_quartile is None:
        return ""
    low, high = (seconds(bound, spread.noise) for bound in (spread.lower_quartile, spread.upper_quartile))
    return f"{low}{DASH}{high}"


def measured(metric: Metric, value: float | None, places: int | None = None) -> str:
    """Return a metric's value in its unit, which is left to the header: 99.12, 0.0312."""
    shown = metric.places if places is None else places
    return UNKNOWN if value is None else f"{metric.scale * value:.{shown}f}"


def published(metric: Metric, value: WrittenFloat) -> str:
    """Return a published value with no more digits than it was written with."""
    written = value.decimals - round(math.log10(metric.scale))
    return measured(metric, value, max(0, min(written, metric.places)))


def plus_minus(metric: Metric, estimate: Estimate | None) -> str:
    """Return mean ± standard deviation; one value has no spread: 99.12 ± 0.07, 99.12 ± -."""
    if estimate is None:
        return UNKNOWN
    return f"{measured(metric, estimate.mean)} ± {measured(metric, estimate.deviation)}"


def bounds(metric: Metric, interval: Interval | None) -> str:
    """Return bounds of a metric: 99.03-99.21."""
    return UNKNOWN if interval is None else f"{measured(metric, interval.low)}{DASH}{measured(metric, interval.high)}"


def difference(metric: Metric, value: float | None) -> str:
    """Return a difference of two values, signed, of shares in percentage points: +0.12."""
    return UNKNOWN if value is None else metric.signed(value).removesuffix(" points")


def difference_bounds(metric: Metric, interval: Interval | None) -> str:
    """Return bounds of a difference: +0.02 to +0.21."""
    if interval is None:
        return UNKNOWN
    return f"{difference(metric, interval.low)} to {difference(metric, interval.high)}"


def difference_with_bounds(metric: Metric, value: float | None, interval: Interval | None) -> str:
    """Return a difference with the bounds of its interval: +0.12 (+0.02 to +0.21)."""
    shown = difference(metric, value)
    return f"{shown} ({difference_bounds(metric, interval)})" if interval else shown


def chance(found: Superiority | None) -> str:
    """Return a chance with its interval: 0.88 (0.41-0.98)."""
    if found is None:
        return UNKNOWN
    return f"{found.estimate:.2f} ({found.interval.low:.2f}{DASH}{found.interval.high:.2f})"


def deviation(metric: Metric, estimate: Estimate | None) -> str:
    """Return a standard deviation with its interval and one place more than values: 0.081 (0.056-0.148)."""
    places, interval = metric.places + 1, estimate.deviation_interval if estimate else None
    shown = measured(metric, estimate.deviation if estimate else None, places)
    if interval is None:
        return shown
    return f"{shown} ({measured(metric, interval.low, places)}{DASH}{measured(metric, interval.high, places)})"


def with_unit(metric: Metric, text: str) -> str:
    """Return a number with its unit: 99.12 %."""
    return f"{text} {metric.unit}".rstrip()


def headed(metric: Metric, words: str) -> str:
    """Return a column's header with the unit of its cells: Published (%)."""
    return f"{words} ({metric.unit})" if metric.unit else words


def p_value(p: float | None) -> str:
    """Return a p-value with three places; the smallest as a bound."""
    if p is None:
        return UNKNOWN
    return f"< {SMALL_P}" if p < SMALL_P else f"{p:.3f}"


def p_phrase(p: float | None) -> str:
    """Return a p-value as part of a sentence: p = 0.031, p < 0.001."""
    text = p_value(p)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def ordinal_range(best: int, worst: int) -> str:
    """Return a rank, or the ranks that are possible: 1, 2-4."""
    return str(best) if best == worst else f"{best}{DASH}{worst}"


def plural(number: int, noun: str) -> str:
    """Return the number with its noun: 1 seed, 5 seeds."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(words: Iterable[str]) -> str:
    """Return words as a list in a sentence: a, b and c."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def seed_list(seeds: Iterable[int], separator: str = ", ") -> str:
    """Return seeds with those in a row as ranges; none is a dash."""
    return separator.join(seed_ranges(seeds)) or UNKNOWN


def named_seeds(seeds: Iterable[int]) -> str:
    """Return seeds as part of a sentence: seed 3, seeds 0-4, seeds 0, 3, 7."""
    listed_seeds = list(seeds)
    return f"{'seed' if len(listed_seeds) == 1 else 'seeds'} {seed_list(listed_seeds)}"


def duration(value: float) -> str:
    """Return seconds with their units.

    >>> duration(8.2), duration(125), duration(3720)
    ('8 s', '2 min 5 s', '1 h 2 min')
    """
    minutes, rest = divmod(round(value), 60)
    if minutes == 0:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{hours} h {minutes} min"


def mebibytes(value: float) -> str:
    """Return bytes with their unit.

    >>> mebibytes(373_288), mebibytes(704_643_072)
    ('0.4 MiB', '672 MiB')
    """
    scaled = value / 2**20
    return f"{scaled:,.0f} MiB" if scaled >= 10 else f"{scaled:.1f} MiB"  # noqa: PLR2004 - two digits
