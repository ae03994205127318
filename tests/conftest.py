"""The order of all tests, and what they may share."""

from __future__ import annotations

import gc
from collections.abc import Generator
from pathlib import Path

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Import all tests without collecting garbage, and leave what that makes, which stays, out of later collections."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what trains: the longest files first, so that the processes of a run end together."""
    items.sort(key=lambda item: item.get_closest_marker("training") is None)


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache folder of the tests' own, in which every file is parsed once for all of them."""
    return tmp_path_factory.mktemp("cache")
