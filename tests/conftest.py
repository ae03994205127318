"""The order of all tests."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what trains: the longest files first, so that the processes of a run end together."""
    items.sort(key=lambda item: item.get_closest_marker("training") is None)
