"""Reads what a user types for seeds and durations, and writes durations; knows no verb."""

from __future__ import annotations

import re

from harness.errors import UnknownDuration, UnknownSeeds

MOST_SEEDS = 10_000
# numpy.random.seed, which keras.utils.set_random_seed calls, takes 32 bits.
LARGEST_SEED = 2**32 - 1
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


def parse_seeds(text: str, option: str = "--seeds") -> tuple[int, ...]:
    """Return the seeds that a count (``5``), a list (``0,3,7``) or a range (``0-9``) names.

    A count of none makes no sense, so ``0`` alone is the seed 0.

    Raises:
        UnknownSeeds: It is none of these.

    >>> parse_seeds("3"), parse_seeds("0,3,7"), parse_seeds("2-4"), parse_seeds("0")
    ((0, 1, 2), (0, 3, 7), (2, 3, 4), (0,))
    """
    if re.fullmatch(r"\s*\d+\s*", text):
        return tuple(range(_checked(f"{option} {text!r}", [max(1, int(text)) - 1], int(text))[0] + 1))
    seeds: list[int] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = re.fullmatch(r"(\d+)(?:\s*-\s*(\d+))?", part)
        if match is None:
            raise UnknownSeeds(f"{option} {text!r}", f"{part!r} is no seed")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise UnknownSeeds(f"{option} {text!r}", f"the range {part!r} runs backwards")
        _checked(f"{option} {text!r}", [last], len(seeds) + last - first + 1)
        seeds += range(first, last + 1)
    if not seeds:
        raise UnknownSeeds(f"{option} {text!r}", "names no seed")
    return tuple(dict.fromkeys(seeds))


def _checked(said: str, seeds: list[int], count: int) -> list[int]:
    if count > MOST_SEEDS:
        raise UnknownSeeds(said, f"more than {MOST_SEEDS:,} seeds")
    if max(seeds) > LARGEST_SEED:
        raise UnknownSeeds(said, f"a seed is larger than {LARGEST_SEED}")
    return seeds


def parse_duration(text: str) -> float:
    """Return the seconds of ``90``, ``90s``, ``30m``, ``1.5h`` or ``1h30m``.

    Raises:
        UnknownDuration: It is none of these, or nothing.

    >>> parse_duration("30m"), parse_duration("1h30m")
    (1800.0, 5400.0)
    """
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip().lower())
    if not parts or "".join(number + unit for number, unit in parts) != re.sub(r"\s", "", text.lower()):
        raise UnknownDuration(text)
    seconds = sum(float(number) * SECONDS[unit] for number, unit in parts)
    if seconds <= 0:
        raise UnknownDuration(text)
    return seconds


def duration(seconds: float) -> str:
    """Return the seconds as people say them.

    >>> duration(8.2), duration(125), duration(3720)
    ('8 s', '2 min 5 s', '1 h 2 min')
    """
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    if minutes == 0:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{hours} h {minutes} min"
