"""Durations as people write them."""

from __future__ import annotations

import doctest

import pytest

from harness.cli import options
from harness.cli.options import parse_duration
from harness.errors import UnknownDuration


def test_examples_in_docstrings_hold() -> None:
    outcome = doctest.testmod(options)
    assert (outcome.failed, outcome.attempted > 0) == (0, True)


@pytest.mark.parametrize("text", ["soon", "0", "0s", "1x", "-5"])
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(UnknownDuration):
        parse_duration(text)
