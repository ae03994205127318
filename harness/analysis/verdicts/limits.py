"""The limits that all rules share; judges nothing."""

from __future__ import annotations

ALPHA = 0.05
# Below five seeds the factor of the prediction interval is above 3: nearly anything would be "reproduced".
FEWEST_SEEDS = 5
NO_SPREAD = "every seed gave the same value, so the spread is unknown"


def too_few(seeds: int) -> str | None:
    """Return why so many seeds are too few, or None where they are enough."""
    if seeds >= FEWEST_SEEDS:
        return None
    return f"{seeds} {'seed' if seeds == 1 else 'seeds'}; at least {FEWEST_SEEDS} are needed"
