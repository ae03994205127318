"""Which evaluations there are, by the names of this folder's files; imports none of them, and no NumPy."""

from __future__ import annotations

import pkgutil

import harness.evaluations

# The modules of this folder that hold no evaluation.
OTHERS = {"evaluation", "metric", "names", "pictures", "transformed"}


def evaluation_names() -> tuple[str, ...]:
    """Return the evaluations that there are, by name."""
    found = (module.name for module in pkgutil.iter_modules(harness.evaluations.__path__))
    return tuple(name for name in found if name not in OTHERS)
