"""Seeds as people write them, read and written back, and at how many a claim is judged; knows no trial."""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.errors import TooFewForALook, UnknownSeeds, shown

MOST_SEEDS = 10_000
# numpy.random.seed, which keras.utils.set_random_seed calls, takes 32 bits.
LARGEST_SEED = 2**32 - 1
MOST_DIGITS = len(str(LARGEST_SEED))
# At how many seeds a claim is judged until it is decided. Levels are divided by the number of these looks, however few
# of them are allowed: more can be allowed later without another correction.
LOOKS = (10, 20, 40)


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
        return _checked(f"seeds={shown(given)}", range(min(given, MOST_SEEDS + 1)))
    seeds = tuple(given)
    if any(not isinstance(seed, int) or seed < 0 for seed in seeds):
        raise UnknownSeeds(f"seeds={shown(seeds)}", "one is not a whole number from 0")
    return _checked(f"seeds={shown(seeds)}", seeds)


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
        return _checked(given, range(min(max(1, _number(text)), MOST_SEEDS + 1)))
    seeds: list[int] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = re.fullmatch(r"(\d+)(?:\s*-\s*(\d+))?", part)
        if match is None:
            raise UnknownSeeds(given, f"{part!r} is not a seed")
        first, last = _number(match[1]), _number(match[2] or match[1])
        if last < first:
            raise UnknownSeeds(given, f"the range {part!r} runs backwards")
        seeds += _checked(given, range(first, min(last, first + MOST_SEEDS) + 1))
    return _checked(given, seeds)


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
    return _checked(f"--seed {text!r}", [_number(text)]) if text.isdecimal() else parse_seeds(text, "--seed")


def parse_most_seeds(text: str) -> int:
    """Return the number of seeds after which no claim is looked at again.

    Raises:
        TooFewForALook: It is not a whole number.
    """
    if not text.strip().isdecimal():
        raise TooFewForALook(text, LOOKS[0])
    return _number(text)


def _number(digits: str) -> int:
    """Return the number, or one beyond all seeds for any that is: Python reads no more than 4,300 digits."""
    significant = digits.strip().lstrip("0")
    return int(significant or "0") if len(significant) <= MOST_DIGITS else 10**MOST_DIGITS


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


def seed_ranges(seeds: Iterable[int]) -> tuple[str, ...]:
    """Return seeds in order, those in a row as one range.

    >>> seed_ranges([0, 1, 2, 3, 7]), seed_ranges([5, 4])
    (('0-3', '7'), ('4-5',))
    """
    runs: list[list[int]] = []
    for seed in sorted(seeds):
        if runs and seed == runs[-1][-1] + 1:
            runs[-1].append(seed)
        else:
            runs.append([seed])
    return tuple(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def seed_option(seeds: Iterable[int]) -> str:
    """Return seeds as ``--seeds`` reads them back: 0-4, 0,3,7; one seed is a range, as a plain number is a count.

    >>> seed_option([0, 1, 2]), seed_option([0, 3, 7]), seed_option([3])
    ('0-2', '0,3,7', '3-3')
    """
    listed_seeds = list(seeds)
    return f"{listed_seeds[0]}-{listed_seeds[0]}" if len(listed_seeds) == 1 else ",".join(seed_ranges(listed_seeds))
