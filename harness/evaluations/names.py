"""Which evaluations there are, by the names of this folder's files; imports none of them, and no NumPy."""

from __future__ import annotations

from functools import cache

from harness.plugins import plugin_names

# The modules of this folder that hold no evaluation.
OTHERS = {"evaluation", "metric", "names", "pictures", "transformed"}


@cache
def evaluation_names() -> tuple[str, ...]:
    """Return the evaluations that there are, by name."""
    return plugin_names("harness.evaluations", without=OTHERS)
