"""The fixture that lets the real worker and the real engine train with the fake backend."""

from __future__ import annotations

import pytest
from fake_backend import FakeBackend, install
from honest_records import dataset_arrays

from harness.execute import trial_process
from harness.execute.engines import local
from harness.worker import clocks, training


@pytest.fixture
def fake_backend(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    """The backend, where trials find it; data of its own; and no second spent on calibrating or waiting."""
    backend = FakeBackend()
    install(backend, monkeypatch)
    monkeypatch.setattr(training, "load", lambda *_: dataset_arrays())
    monkeypatch.setattr(clocks, "MATRIX_SIZE", 8)
    monkeypatch.setattr(clocks, "PRODUCTS", 2)
    monkeypatch.setattr(local, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(trial_process, "GRACE_SECONDS", 0.2)
    return backend
