"""Reads durations, and which recorded seeds are meant, as people write them; knows no verb."""

from __future__ import annotations

import re

from harness.errors import TooFewForALook, UnknownDuration
from harness.planning.looks import LOOKS
from harness.planning.seeds import parse_seeds

SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


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


def parse_most_seeds(text: str | None) -> int | None:
    """Return the number of seeds after which no claim is looked at again; None where nothing is given.

    Raises:
        TooFewForALook: It is not a whole number, or fewer than the first look has.

    >>> parse_most_seeds("20")
    20
    """
    if text is None:
        return None
    if not text.strip().isdecimal() or int(text) < LOOKS[0]:
        raise TooFewForALook(text, LOOKS[0])
    return int(text)


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
