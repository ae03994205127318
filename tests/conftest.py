"""The order of all tests, and what they may share."""

from __future__ import annotations

import gc
import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Import all tests without collecting garbage, and leave what that makes, which stays, out of later collections.

    Those are rarer than Python's own: a graph of TensorFlow is a hundred thousand objects.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 100)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what trains: the longest files first, so that the processes of a run end together."""
    items.sort(key=lambda item: item.get_closest_marker("training") is None)


@pytest.fixture
def interrupts_heard() -> Iterator[None]:
    """Let what a test starts hear Ctrl-C, also where the tests run in the background, where it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache folder of the tests' own, in which every file is parsed once for all of them."""
    return tmp_path_factory.mktemp("cache")
