"""Durations and recorded seeds as people write them."""

from __future__ import annotations

import doctest

import pytest

from harness.app import parsing
from harness.app.parsing import parse_duration
from harness.errors import UnknownDuration


def test_examples_in_docstrings_hold() -> None:
    outcome = doctest.testmod(parsing)
    assert (outcome.failed, outcome.attempted > 0) == (0, True)


@pytest.mark.parametrize("text", ["soon", "0", "0s", "1x", "-5"])
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(UnknownDuration):
        parse_duration(text)
