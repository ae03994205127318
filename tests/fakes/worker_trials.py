"""Trials that the real worker trains with the fake backend, to their end or interrupted, and what they reported."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from fake_backend import FakeBackend
from fake_trials import ENVIRONMENT

from harness.planning.trial import Trial
from harness.records.record import Measurement
from harness.spec.training.monitoring import EarlyStopping
from harness.worker.messages import Built, Finished, Job, Message
from harness.worker.training import run_trial

STOPPING = EarlyStopping(monitor="loss", patience=2, restore_best_weights=True)


def run(folder: Path, wanted: Trial, backend: FakeBackend) -> list[Message]:
    """Train the trial, or go on with it where the folder has its checkpoint."""
    reported: list[Message] = []
    checkpoint, log = folder / "checkpoint.npz", folder / "trial.log"
    job = Job(wanted, (), 1, True, folder, checkpoint, log, time.time())  # noqa: FBT003
    run_trial(job, backend, reported.append, lambda: ENVIRONMENT)
    return reported


def interrupt() -> None:
    """Do what the backend is to do in the epoch that ends a trial early."""
    raise InterruptedError


def run_interrupted(folder: Path, wanted: Trial, backend: FakeBackend) -> None:
    """Train the trial up to where the backend interrupts it, as it does this once."""
    with pytest.raises(InterruptedError):
        run(folder, wanted, backend)
    backend.actions.clear()


def finished(messages: list[Message]) -> Measurement:
    """Return what was reported at the end."""
    (measurement,) = [message.measurement for message in messages if isinstance(message, Finished)]
    return measurement


def resumed_epochs(messages: list[Message]) -> int:
    """Return after how many epochs the trial went on."""
    (built,) = [message.measurement for message in messages if isinstance(message, Built)]
    return built.resumed_epochs
