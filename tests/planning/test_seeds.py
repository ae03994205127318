"""Seeds as people give them: text on the command line and in files, numbers in a notebook."""

from __future__ import annotations

import doctest
from collections.abc import Iterable

import pytest

from harness.errors import UnknownSeeds
from harness.planning import seeds as module
from harness.planning.seeds import MOST_SEEDS, parse_seeds, seeds_from


def test_examples_in_docstrings_hold() -> None:
    outcome = doctest.testmod(module)
    assert (outcome.failed, outcome.attempted > 0) == (0, True)


@pytest.mark.parametrize(
    ("given", "seeds"), [(2, (0, 1)), ([3], (3,)), (range(2, 4), (2, 3)), ("0,7", (0, 7)), ((1, 1), (1,))]
)
def test_seeds_are_a_number_of_them_or_the_seeds_themselves(
    given: int | str | Iterable[int], seeds: tuple[int, ...]
) -> None:
    assert seeds_from(given) == seeds


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (0, "names no seed"),
        ([], "names no seed"),
        ([-1], "not a whole number"),
        ([0.5], "not a whole number"),
        (10**12, "more than"),
        ([2**32], "larger than"),
    ],
)
def test_what_is_not_a_seed_is_refused_with_the_reason(given: int | Iterable[int], reason: str) -> None:
    with pytest.raises(UnknownSeeds, match=reason):
        seeds_from(given)


def test_a_range_is_refused_before_it_is_written_out() -> None:
    assert len(parse_seeds(f"0-{MOST_SEEDS - 1}")) == MOST_SEEDS
    with pytest.raises(UnknownSeeds, match="more than"):
        parse_seeds("0-4000000000")
