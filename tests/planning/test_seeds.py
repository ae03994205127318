"""Seeds as people give them: text on the command line and in files, numbers in a notebook."""

from __future__ import annotations

import doctest
import os
from collections.abc import Callable, Iterable
from contextlib import suppress

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from harness.errors import BenchError, UnknownSeeds
from harness.planning import seeds as module
from harness.planning.seeds import MOST_SEEDS, parse_most_seeds, parse_recorded_seeds, parse_seeds, seeds_from


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


DIGITS = ("9" * 5_000, "0" * 5_000, "1" * 4_301, "4294967296", "٣")


@pytest.mark.parametrize("digits", DIGITS)
@pytest.mark.parametrize("form", ["{}", "0-{}", "{}-{}", "0,{}", "{},{}"])
@pytest.mark.parametrize("parse", [parse_seeds, parse_recorded_seeds, parse_most_seeds])
def test_numbers_of_thousands_of_digits_are_seeds_or_one_short_sentence(
    parse: Callable[[str], object], form: str, digits: str
) -> None:
    with suppress(BenchError):
        parse(form.replace("{}", digits))
    assert len(str(UnknownSeeds(form.replace("{}", digits), "reason"))) < 300


@pytest.mark.parametrize(
    "given", [10**5_000, [10**5_000], [0, -(10**5_000)], range(10**9, 10**9 + 10**5)], ids=range(4)
)
def test_numbers_of_thousands_of_digits_are_refused_in_notebooks_too(given: int | Iterable[int]) -> None:
    with pytest.raises(UnknownSeeds) as found:
        seeds_from(given)
    assert len(str(found.value)) < 300


ATTEMPTS = int(os.environ.get("BENCH_FUZZ", "150"))


@settings(max_examples=ATTEMPTS, deadline=None, derandomize="BENCH_FUZZ" not in os.environ)
@drawn(st.text(st.sampled_from("0123456789-, ٣²all.e+\x00"), max_size=30) | st.text(max_size=8))
def test_any_text_is_seeds_or_one_sentence(text: str) -> None:
    for parse in (parse_seeds, parse_recorded_seeds, parse_most_seeds):
        with suppress(BenchError):
            parse(text)
