"""Evaluations leave the training as it is, bit for bit, and a recorded trial gets them later from the same weights."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from real_trials import real_benchmark, records, spec, train

from harness.app.training.benchmark import Benchmark, plan_benchmark
from harness.app.training.kept import KeptWeightsFinder
from harness.evaluations.evaluation import find_evaluation
from harness.evaluations.registry import evaluation_names
from harness.execute.engine import EngineOptions, make_engine
from harness.planning.plan import Status
from harness.records.record import EpochMeasurement, Record
from harness.records.store import Store

pytest_plugins = ["real_mnist"]
pytestmark = [pytest.mark.training, pytest.mark.usefixtures("mnist")]
IMAGES = 50
FURTHER = tuple(name for name in evaluation_names() if name not in {"test", "validation"})


def benchmark(folder: Path, *evaluations: str) -> Benchmark:
    read = spec("002_two_conv_dropout")  # dropout: random numbers that scoring must not draw
    short = read.model_copy(update={"training": read.training.model_copy(update={"epochs": 2})})
    plain = real_benchmark(folder, [short])
    return replace(
        plain, settings=replace(plain.settings, evaluations=evaluations, train_examples=500, test_examples=IMAGES)
    )


def only_record(of: Benchmark) -> Record:
    (record,) = records(of).values()
    assert record.failure is None
    return record


def epochs(of: Benchmark) -> tuple[EpochMeasurement, ...]:
    measured = only_record(of).measurement
    assert measured is not None
    return measured.epochs


def test_evaluations_change_no_bit_of_the_training_and_come_out_the_same_later(tmp_path: Path) -> None:
    plain, whole = benchmark(tmp_path / "plain"), benchmark(tmp_path / "whole", *FURTHER)
    train(plain, make_engine(EngineOptions(keep_weights=True)))
    kept = replace(whole, store=Store(shutil.copytree(plain.store.results, tmp_path / "kept")))
    train(whole)
    assert only_record(plain).name == only_record(whole).name
    assert [epoch.weights_sha256 for epoch in epochs(plain)] == [epoch.weights_sha256 for epoch in epochs(whole)]
    assert [epoch.train_metrics for epoch in epochs(plain)] == [epoch.train_metrics for epoch in epochs(whole)]
    assert [epoch.evaluations["test"].metrics for epoch in epochs(plain)] == [
        epoch.evaluations["test"].metrics for epoch in epochs(whole)
    ]
    assert [list(epoch.evaluations) for epoch in epochs(whole)] == [["test"], ["test", *FURTHER]]
    later = replace(plain, settings=whole.settings)
    assert [planned.status for planned in plan_benchmark(later).pending] == [Status.EVALUATE]
    train(later)
    assert [one.from_weights for one in plan_benchmark(kept).with_weights(KeptWeightsFinder(kept)).pending] == [True]
    train(kept, make_engine(EngineOptions(kept=KeptWeightsFinder(kept))))
    assert plan_benchmark(later).pending == plan_benchmark(kept).pending == ()
    for name, of in product(FURTHER, (later, kept)):
        known, again = epochs(whole)[-1].evaluations[name], epochs(of)[-1].evaluations[name]
        assert (known.metrics, known.predictions_sha256) == (again.metrics, again.predictions_sha256)
        assert all(metric.allows(known.metrics[metric.name]) for metric in find_evaluation(name).metrics[:1])


def test_what_is_measured_follows_from_what_was_predicted(tmp_path: Path) -> None:
    of = benchmark(tmp_path, "shift", "inversion", "calibration", "train_set")
    train(of)
    last, record = epochs(of)[-1], only_record(of)
    predicted = of.store.predictions(record, 2)[2]
    assert {name: len(classes) for name, classes in predicted.items()} == {
        "test": IMAGES,
        "shift": 33 * IMAGES,
        "inversion": IMAGES,
        "train_set": 500,
    }
    # A slice of so few test images is its own sample: unshifted, they are the test images as they are.
    assert (predicted["shift"][:IMAGES] == predicted["test"]).all()
    assert last.value("shift", "accuracy@0") == last.value("test", "accuracy")
    assert last.value("shift", "accuracy@1") > last.value("shift", "accuracy@8")
    # The recipe's loss is the likelihood, and has no penalty.
    assert last.value("calibration", "nll") == pytest.approx(last.value("test", "loss"), rel=1e-5)
