"""Which evaluations there are, by the names of this folder's files; imports none of them, and no NumPy."""

from __future__ import annotations

from functools import cache

import harness.evaluations
from harness.plugins import plugin_names

# The modules of this folder that hold no evaluation.
OTHERS = {"evaluation", "metric", "registry", "transformed"}


def evaluation_names() -> tuple[str, ...]:
    """Return the evaluations that there are, by name."""
    return _names_in(tuple(harness.evaluations.__path__))


@cache
def _names_in(_folders: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of these folders, which a process looks through once: every record asks."""
    return plugin_names("harness.evaluations", without=OTHERS)
