"""Real MNIST for tests, through the same sources that a user's data comes from."""

from __future__ import annotations

import pytest

from harness.data.declarations import find_dataset
from harness.data.fetching import fetch


@pytest.fixture(scope="session")
def mnist() -> None:
    fetch(find_dataset("mnist"))
