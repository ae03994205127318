"""Documents with one of their values changed, as chance has it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

NUMBERS = (0, 1, -1, 2, 0.5, 1e-9, 1e9, 1e308, -1e308, 1e-320, 2**31, 2**63, 10**300, float("nan"), float("inf"))
OTHERS: tuple[object, ...] = (
    None,
    True,
    False,
    "",
    "x",
    "é" * 200,
    "0" * 64,
    [],
    {},
    [[]],
    {"a": {}},
    "../../x",
    "\x1b[31m",
    "\u202e",
)


def mutated(content: Any, draw: random.Random) -> Any:  # noqa: ANN401 - JSON
    """Return the document with one of its values, anywhere in it, changed, removed, doubled or renamed."""
    places = list(places_of(content))
    parent, key = draw.choice(places)
    action = draw.random()
    if action < 0.15 and isinstance(parent, dict):
        del parent[key]
    elif action < 0.3 and isinstance(parent, list):
        parent.insert(draw.randrange(len(parent) + 1), parent[key])
    elif action < 0.4 and isinstance(parent, dict):
        parent[draw.choice(["x", "", "a" * 300, f"{key}_"])] = parent[key]
    else:
        parent[key] = draw.choice([*NUMBERS, *OTHERS, draw.choice(places)[0], draw.uniform(-1e3, 1e3)])
    return content


def places_of(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - JSON
    for key, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(item, dict | list):
            yield from places_of(item)
