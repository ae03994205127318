"""Real MNIST for tests, through the same sources that a user's data comes from."""

from __future__ import annotations

import pytest

from harness.data import obtain


@pytest.fixture(scope="session")
def mnist() -> None:
    obtain("mnist")
