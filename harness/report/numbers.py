"""Numbers as people read them: unknown is a dash, units stand in headers; rounds nothing it does not show."""

from __future__ import annotations

from harness.statistics.interval import Interval
from harness.statistics.sample import Estimate, Spread

UNKNOWN = DASH = "\N{EN DASH}"
PERCENT_PLACES = 2
SMALL_P = 0.001


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


def points(share: float | None) -> str:
    """Return a difference of shares in percentage points, signed: +0.12."""
    if share is None:
        return UNKNOWN
    return f"{round(100 * share, 2) + 0.0:+.2f}"  # + 0.0: a rounded -0.00 has no sign to show


def seconds(value: float | None) -> str:
    """Return seconds with three digits, or more before the point: 0.83, 41.2, 168."""
    if value is None:
        return UNKNOWN
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"  # noqa: PLR2004


def spread_of_seconds(spread: Spread | None) -> str:
    """Return the median alone, or with its quartiles: 41.2 (40.8-42.0)."""
    if spread is None:
        return UNKNOWN
    between = quartiles(spread)
    return f"{seconds(spread.median)} ({between})" if between else seconds(spread.median)


def quartiles(spread: Spread | None) -> str:
    """Return lower and upper quartile, or nothing where they are unknown."""
    if spread is None or spread.lower_quartile is None:
        return ""
    return f"{seconds(spread.lower_quartile)}{DASH}{seconds(spread.upper_quartile)}"


def plus_minus(estimate: Estimate | None) -> str:
    """Return mean ± standard deviation in per cent; one value has no spread: 99.12 ± 0.07, 99.12 ± -."""
    return UNKNOWN if estimate is None else f"{percent(estimate.mean)} ± {percent(estimate.deviation)}"


def percent_interval(interval: Interval | None) -> str:
    """Return bounds of a share in per cent: 99.03-99.21."""
    return UNKNOWN if interval is None else f"{percent(interval.low)}{DASH}{percent(interval.high)}"


def points_interval(interval: Interval | None) -> str:
    """Return bounds of a difference in percentage points: +0.02 to +0.21."""
    return UNKNOWN if interval is None else f"{points(interval.low)} to {points(interval.high)}"


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
