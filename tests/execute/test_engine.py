"""Engines are found by their module's name, and each says how many trials it trains at once."""

from __future__ import annotations

import pytest

from harness.errors import UnknownEngine
from harness.execute.engine import EngineOptions, engine_names, make_engine


@pytest.mark.parametrize("name", engine_names())
def test_every_engine_is_made_from_the_same_options(name: str) -> None:
    assert make_engine(EngineOptions(jobs=3, name=name)).jobs == 3


def test_an_unknown_engine_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownEngine, match=f"no engine 'cloud'; available: {', '.join(engine_names())}$"):
        make_engine(EngineOptions(jobs=1, name="cloud"))
