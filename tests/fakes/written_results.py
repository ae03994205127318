"""Records of fake trials, written once for all tests of a process: a copy is cheaper than writing them again."""

from __future__ import annotations

from pathlib import Path

import fake_records as fake
import pytest


@pytest.fixture(scope="session")
def written_results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a results folder with five seeds of the documents' architectures and ``dense_512``; change none of it."""
    folder = tmp_path_factory.mktemp("written") / "results"
    fake.save(folder, fake.fake_trials(fake.architectures()))
    return folder
