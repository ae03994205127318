"""Which part of the training images a trial leaves out, where a recipe goes through folds; it draws none.

A trial's seed says its fold: with five folds, seeds 0 to 4 leave out the five parts of one partition, and seeds 5 to 9
those of another one. So folds are recorded, shared, resumed and reported as seeds are.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from annotated_types import Ge, Le
from pydantic import Field

MOST_FOLDS = 1000
Folds = Annotated[
    Annotated[int, Ge(2), Le(MOST_FOLDS)] | None,
    Field(
        description="Cross-validation: the training images in so many parts, the same share of every class in each. "
        "Seed n trains on all but part n, which is its validation; the next seeds go through another partition."
    ),
]


class Fold(NamedTuple):
    """Which part of which partition is left out, both counted from 0."""

    partition: int
    number: int


def fold_of(seed: int, folds: int) -> Fold:
    """Return what a trial with this seed leaves out.

    >>> fold_of(7, 5)
    Fold(partition=1, number=2)
    """
    return Fold(*divmod(seed, folds))


def fold_size(examples: int, folds: int, number: int) -> int:
    """Return how many of n examples a part has: they are dealt in turn.

    >>> [fold_size(11, 3, number) for number in range(3)]
    [4, 4, 3]
    """
    return len(range(number, examples, folds))
