"""Reads what people give for seeds and durations, as text or as numbers; knows no verb."""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.errors import UnknownDuration, UnknownSeeds

MOST_SEEDS = 10_000
# numpy.random.seed, which keras.utils.set_random_seed calls, takes 32 bits.
LARGEST_SEED = 2**32 - 1
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


def seeds_from(given: int | str | Iterable[int]) -> tuple[int, ...]:
    """Return seeds that are given as a number of them (5: seeds 0 to 4), as text, or one by one.

    Raises:
        UnknownSeeds: They are none, or no whole numbers from 0.

    >>> seeds_from(3), seeds_from([7, 7, 2]), seeds_from("0-2")
    ((0, 1, 2), (7, 2), (0, 1, 2))
    """
    if isinstance(given, str):
        return parse_seeds(given)
    if isinstance(given, int):
        return _checked(f"seeds={given}", range(min(given, MOST_SEEDS + 1)))
    seeds = tuple(given)
    if any(not isinstance(seed, int) or seed < 0 for seed in seeds):
        raise UnknownSeeds(f"seeds={seeds}", "one is not a whole number from 0")
    return _checked(f"seeds={seeds}", seeds)


def parse_seeds(text: str, option: str = "--seeds") -> tuple[int, ...]:
    """Return the seeds that a count (``5``), a list (``0,3,7``) or a range (``0-9``) names.

    A count of none makes no sense, so ``0`` alone is the seed 0.

    Raises:
        UnknownSeeds: It is none of these.

    >>> parse_seeds("3"), parse_seeds("0,3,7"), parse_seeds("2-4"), parse_seeds("0")
    ((0, 1, 2), (0, 3, 7), (2, 3, 4), (0,))
    """
    given = f"{option} {text!r}"
    if re.fullmatch(r"\s*\d+\s*", text):
        return _checked(given, range(min(max(1, int(text)), MOST_SEEDS + 1)))
    seeds: list[int] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = re.fullmatch(r"(\d+)(?:\s*-\s*(\d+))?", part)
        if match is None:
            raise UnknownSeeds(given, f"{part!r} is not a seed")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise UnknownSeeds(given, f"the range {part!r} runs backwards")
        seeds += _checked(given, range(first, min(last, first + MOST_SEEDS) + 1))
    return _checked(given, seeds)


def _checked(given: str, seeds: Iterable[int]) -> tuple[int, ...]:
    """Return the seeds, each once."""
    found = tuple(dict.fromkeys(seeds))
    if not found:
        raise UnknownSeeds(given, "names no seed")
    if len(found) > MOST_SEEDS:
        raise UnknownSeeds(given, f"more than {MOST_SEEDS:,} seeds")
    if max(found) > LARGEST_SEED:
        raise UnknownSeeds(given, f"a seed is larger than {LARGEST_SEED}")
    return found


def parse_recorded_seeds(text: str | None) -> tuple[int, ...] | None:
    """Return recorded seeds: empty for each trial's first, None for all; one number is that seed, not a count.

    >>> parse_recorded_seeds(None), parse_recorded_seeds("all"), parse_recorded_seeds("3")
    ((), None, (3,))
    """
    if text is None:
        return ()
    text = text.strip()
    if text == "all":
        return None
    return (int(text),) if text.isdecimal() else parse_seeds(text, "--seed")


def parse_duration(text: str | None) -> float | None:
    """Return the seconds of ``90``, ``90s``, ``30m``, ``1.5h`` or ``1h30m``; None where nothing is given.

    Raises:
        UnknownDuration: It is not a duration, or one of no seconds.

    >>> parse_duration("30m"), parse_duration("1h30m")
    (1800.0, 5400.0)
    """
    if not text:
        return None
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip().lower())
    if not parts or "".join(number + unit for number, unit in parts) != re.sub(r"\s", "", text.lower()):
        raise UnknownDuration(text)
    seconds = sum(float(number) * SECONDS[unit] for number, unit in parts)
    if seconds <= 0:
        raise UnknownDuration(text)
    return seconds
