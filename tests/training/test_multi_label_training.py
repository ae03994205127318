"""Examples with several labels from an .npz file to records, tables, pages and predictions, trained for real."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import own_files
import pytest

from harness.app.adding_options import AddOptions
from harness.app.audit import audit
from harness.app.datasets import add_dataset
from harness.app.models import ModelExportOptions, export_model
from harness.app.new import NewOptions, start_spec
from harness.app.predict import PredictOptions, predict
from harness.app.run import RunOptions, run
from harness.app.workspace import Workspace
from harness.data.fetching import load
from harness.records.store import Store

pytestmark = pytest.mark.training

LOGITS = """
title: Logits of a dense layer
dataset: signs
layers: [Flatten, Dense: {units: classes}]
training:
  optimizer: {Adam: {learning_rate: 0.003}}
  loss: {binary_crossentropy: {from_logits: true}}
  batch_size: 32
  epochs: 4
  validation_split: 0.2
evaluate: [train_set, shift]
"""


def test_several_labels_are_trained_recorded_compared_shown_and_predicted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    labels = (rng.random((500, 3)) < (0.5, 0.3, 0.6)).astype(np.uint8)
    # Which thirds of an image are bright.
    images = rng.integers(0, 120, (500, 12, 10), dtype=np.uint8) + 100 * labels.repeat(4, axis=1)[:, :, np.newaxis]
    path = own_files.npz(tmp_path / "signs.npz", x_train=images, y_train=labels, x_test=None, y_test=None)
    specs = tmp_path / "specs"
    dataset = add_dataset(AddOptions(path=path, architectures=specs)).dataset
    start_spec(NewOptions(name="probabilities", dataset="signs", architectures=specs))
    (specs / "logits.yaml").write_text(LOGITS, encoding="utf-8")
    place = {"results": tmp_path / "results", "architectures": specs}
    done = run(RunOptions(seeds=(0, 1), keep_weights=True, **place))  # type: ignore[arg-type]
    assert not done.failed, done.failures

    truth, store = load(dataset).test_labels, Store(tmp_path / "results")
    for record in store.load().records:
        assert record.computation.dataset_sha256 == dataset.identity
        assert record.measurement is not None
        last = record.measurement.epochs[-1]
        predicted = store.predicted(record, last.epoch, "test")
        assert predicted is not None
        metrics = last.evaluations["test"].metrics
        assert predicted.shape == truth.shape
        assert metrics["accuracy"] == (predicted == truth).all(axis=1).mean()
        assert {"loss", "accuracy", "mean_average_precision", "macro_roc_auc"} == set(metrics)
    assert not audit(Workspace(**place)).faults  # type: ignore[arg-type]

    summary = done.summary.set_index("architecture")
    row = summary.loc["logits"]
    assert 0.3 < row["test_accuracy_mean"] < row["test_binary_accuracy_mean"] < 1
    assert row["test_mean_average_precision_mean"] > 0.6
    assert "test_balanced_accuracy_mean" not in summary
    [pair] = done.findings.comparisons
    assert pair.image_error is not None
    page = (tmp_path / "results" / "README.md").read_text(encoding="utf-8")
    for part in ("the share of examples of which every label is right", "Micro-averaged F1", "signs, errors by label"):
        assert part in page
    assert "confusion.svg" not in page
    assert (tmp_path / "results" / "figures" / "hardest.svg").exists()

    asked = predict(PredictOptions(name="logits", images=("0", "1", "2"), **place))  # type: ignore[arg-type]
    for index, prediction in enumerate(asked.predictions):
        chances = dict(prediction.scores)
        assert prediction.truth == tuple(str(label) for label in np.flatnonzero(truth[index]))
        assert prediction.predicted == tuple(name for name in dataset.classes if chances[name] > 0.5)
    export_model(ModelExportOptions(name="logits", to=tmp_path / "logits.keras", **place))  # type: ignore[arg-type]
