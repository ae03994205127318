"""Real MNIST, through the same sources that a user's data comes from; every test here trains real networks."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.data import obtain

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.training)


@pytest.fixture(scope="session", autouse=True)
def mnist() -> None:
    obtain("mnist")
