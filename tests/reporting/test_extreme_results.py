"""Results at the edge of what records may say: every one of them gives a page with all its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import fake_records as fake
import numpy as np
import pytest
from fake_records import FakeTrial
from fake_trials import changed_epoch

from harness.planning.settings import Settings
from harness.planning.trial import trial_computation
from harness.records.predictions import Classes, digest
from harness.records.record import LARGEST_METRIC, LEAST_METRIC, LEAST_SECONDS
from harness.records.speeds import measured_forecast
from harness.reporting.writing import report_files
from harness.spec.reading import read_architecture

NAMES = ("dense_512", "000_convnet", "002_two_conv_dropout")
FREE = """\
title: Nothing to learn
dataset: mnist
layers:
  - Cropping2D: {cropping: [[9, 9], [13, 14]]}
  - Flatten
training: {optimizer: adam, loss: mse, batch_size: 100, epochs: 2}
"""
Predict = Callable[[int], Classes]


def changed(trial: FakeTrial, predict: Predict | None = None, **columns: object) -> FakeTrial:
    """Return the trial with these values in every epoch, and these predictions."""
    measured = trial.record.measurement
    assert measured is not None
    epochs, predictions = [], dict(trial.predictions)
    for epoch in measured.epochs:
        values = dict(columns)
        if predict is not None:
            classes = predict(len(trial.predictions[epoch.epoch]["test"]))
            predictions[epoch.epoch] = {"test": classes}
            values["predictions_sha256"] = digest(classes)
            values["test_accuracy"] = float(np.mean(classes == fake.labels())) if len(classes) > 10 else 0.5
        epochs.append(changed_epoch(epoch, **values))
    record = trial.record.model_copy(update={"measurement": measured.model_copy(update={"epochs": tuple(epochs)})})
    return FakeTrial(record, predictions)


def same_class(number: int) -> Predict:
    return lambda count: np.full(count, number, np.uint8)


EXTREMES: Mapping[str, dict[str, Any]] = {
    "the same answer for every image": {"predict": same_class(3), "train_accuracy": 0.1, "test_loss": 2.3},
    "no mistake": {"predict": lambda _: fake.labels(), "train_accuracy": 1.0, "train_loss": 0.0, "test_loss": 0.0},
    "mistakes alone": {"predict": lambda _: (fake.labels() + 1) % 10, "train_accuracy": 0.0, "test_loss": 1e30},
    "a class that there is not": {"predict": same_class(255)},
    "predictions of five images": {"predict": lambda _: np.zeros(5, np.uint8)},
    "predictions of no image": {"predict": lambda _: np.zeros(0, np.uint8)},
    "the longest times": {"train_seconds": 1e9, "train_cpu_seconds": 1e9, "test_seconds": 1e9},
    "the shortest times": {"train_seconds": LEAST_SECONDS, "train_cpu_seconds": 0.0, "test_seconds": 0.0},
    "all of the processors at once": {"train_seconds": LEAST_SECONDS, "train_cpu_seconds": 1e9},
    "the smallest losses": {"train_loss": LEAST_METRIC, "test_loss": LEAST_METRIC},
    "the largest losses": {"train_loss": LARGEST_METRIC, "test_loss": LARGEST_METRIC},
    "the lowest losses": {"train_loss": -LARGEST_METRIC, "test_loss": -LARGEST_METRIC},
    "the smallest accuracy": {"train_accuracy": LEAST_METRIC, "test_accuracy": LEAST_METRIC},
}


@pytest.mark.parametrize("shift", range(0, len(EXTREMES), len(NAMES)))
def test_extreme_results_make_a_page(shift: int) -> None:
    """Each of three architectures has an extreme of its own, the last of them in one seed alone."""
    chosen = fake.architectures(*NAMES)
    extremes = dict(zip(NAMES, list(EXTREMES.values())[shift:], strict=False))
    by_fingerprint = {trial_computation(one, Settings()).fingerprint: extremes.get(one.name, {}) for one in chosen}
    trials = tuple(
        trial
        if trial.record.seed and trial.record.fingerprint == list(by_fingerprint)[-1]
        else changed(trial, **by_fingerprint[trial.record.fingerprint])
        for trial in fake.fake_trials(chosen, seeds=(0, 1))
    )
    findings = fake.findings(chosen, trials)
    assert "figures/pareto.svg" in report_files(findings, {"mnist": fake.images()})
    assert all(verdict.facts for verdict in findings.judgement.verdicts)
    assert measured_forecast([trial.record for trial in trials]).speed > 0


@pytest.mark.parametrize("neighbours", [(), NAMES[:1]])
def test_a_network_without_weights_or_work_has_its_place_on_the_page(
    tmp_path: Path, neighbours: tuple[str, ...]
) -> None:
    (tmp_path / "free.yaml").write_text(FREE)
    chosen = (read_architecture(tmp_path / "free.yaml"), *(fake.architectures(*neighbours) if neighbours else ()))
    findings = fake.findings(chosen, fake.fake_trials(chosen, seeds=(0, 1)))
    files = report_files(findings, {"mnist": fake.images()})
    assert "free" in files["README.md"].decode()
