"""What is measured of a trained network: the evaluations that ship, and one that is only dropped into their folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_architectures import architecture
from fake_trials import ENVIRONMENT, FakeTrainer, fake_epoch, fake_outcome

import harness.evaluations
from harness.analysis.frame import records_frame, runs_frame
from harness.analysis.runs import make_study
from harness.app.training.benchmark import Benchmark, plan_benchmark
from harness.app.training.recording import run_benchmark
from harness.errors import UnknownEvaluation
from harness.evaluations.evaluation import Examples, Scored, find_evaluation
from harness.evaluations.metric import ACCURACY, LOSS, Quantity
from harness.evaluations.registry import evaluation_names
from harness.execute.engine import Outcome
from harness.planning.settings import Settings
from harness.planning.trial import Due, Trial
from harness.records.predictions import Classes
from harness.records.record import EpochMeasurement, Record
from harness.records.store import Store
from harness.worker.backend import Scores
from harness.worker.evaluating import evaluate, make_evaluators

LABELS = np.array([0, 0, 2, 1], np.uint8)
IMAGES = np.arange(4 * 6, dtype=np.uint8).reshape(4, 2, 3)
NETWORK = architecture("network", epochs=2)
MIRROR = '''
"""The test images mirrored left to right, with the worst score of all as a metric of its own."""

from harness.evaluations.evaluation import EvaluationKind, Examples
from harness.evaluations.metric import ACCURACY, Metric

DOUBT = Metric("doubt", higher_is_better=False, low=0.0)


class Mirror(EvaluationKind):
    metrics = (ACCURACY, DOUBT)

    def examples(self, test):
        return Examples(test.images[:, :, ::-1], test.labels)

    def measure(self, scored):
        return {"accuracy": float((scored.classes == scored.labels).mean()), "doubt": float(1 - scored.scores.min())}
'''


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Drop a file into the folder of evaluations."""
    folder = tmp_path / "more_evaluations"
    folder.mkdir()
    (folder / "mirror.py").write_text(MIRROR)
    monkeypatch.setattr(harness.evaluations, "__path__", [*harness.evaluations.__path__, str(folder)])
    yield "mirror"
    sys.modules.pop("harness.evaluations.mirror", None)


def scores(images: Classes) -> Scores:
    """Return the scores of a network that sees the first pixel of an image alone: three classes, by its value."""
    return Scores(np.eye(3, dtype=np.float32)[images[:, 0, 0] % 3], 0.25)


def measured(trial: Trial, epoch: int) -> tuple[EpochMeasurement, dict[str, Classes]]:
    """Return an epoch whose evaluations are measured as a trial's process does it."""
    test = Examples(IMAGES, LABELS)
    evaluators = make_evaluators(trial.evaluations_after(epoch), test, test)
    evaluations, predictions = evaluate(epoch, evaluators, lambda name: scores(evaluators[name].examples.images))
    plain, _ = fake_epoch(trial, epoch)
    return plain.model_copy(update={"evaluations": evaluations}), dict(predictions)


def trained(trial: Trial) -> Outcome:
    outcome = fake_outcome(trial)
    assert outcome.measurement is not None
    epochs = [measured(trial, epoch) for epoch in range(1, trial.epochs + 1)]
    measurement = outcome.measurement.model_copy(update={"epochs": tuple(epoch for epoch, _ in epochs)})
    return Outcome(measurement, {epoch.epoch: predictions for epoch, predictions in epochs})


def benchmark(results: Path, *evaluations: str) -> Benchmark:
    return Benchmark((NETWORK,), Settings(seeds=(0,), evaluations=evaluations), ENVIRONMENT, Store(results))


def run(of: Benchmark) -> Record:
    for _ in run_benchmark(of, plan_benchmark(of), FakeTrainer(trained)):
        pass
    (record,) = of.store.load().records
    return record


@pytest.mark.parametrize("name", evaluation_names())
def test_every_evaluation_gives_the_metrics_that_it_names(name: str) -> None:
    kind = find_evaluation(name)
    examples = kind.examples(Examples(IMAGES, LABELS))
    assert len(examples.images) == len(examples.labels)
    scores = np.random.default_rng(0).dirichlet(np.ones(10), len(examples.labels)).astype(np.float32)
    metrics = kind.measure(Scored(scores, examples.labels, 0.5, examples.images))
    assert list(metrics) == [metric.name for metric in kind.metrics if metric.name in metrics]
    assert all(metric.allows(metrics[metric.name]) for metric in kind.metrics if metric.name in metrics)
    assert kind.__doc__
    assert (sys.modules[type(kind).__module__].__doc__ or "").count("\n") == 0


def test_the_test_evaluation_scores_the_images_as_they_are() -> None:
    test = find_evaluation("test")
    examples = test.examples(Examples(IMAGES, LABELS))
    assert examples.images is IMAGES
    scores = np.array([[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]], np.float32)
    scored = Scored(scores, examples.labels, 0.125)
    assert scored.classes.tolist() == [0, 1, 0, 2]
    assert test.measure(scored) == {"loss": 0.125, "accuracy": 0.25}


def test_an_unknown_evaluation_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownEvaluation, match="no evaluation 'tset'; did you mean 'test'"):
        find_evaluation("tset")


def test_a_quantity_is_named_after_its_evaluation_and_metric() -> None:
    assert (Quantity("train", LOSS).title, Quantity("test", LOSS).column) == ("train loss", "test_loss")


def test_what_is_better_and_what_is_possible_is_the_metrics_own_knowledge() -> None:
    assert ACCURACY.reaches(0.99, 0.98)
    assert LOSS.reaches(0.02, 0.03)
    assert not LOSS.reaches(0.03, 0.02)
    assert ACCURACY.allows(1.0)
    assert not ACCURACY.allows(1.1)
    assert LOSS.allows(-3.0)


def test_a_file_in_the_folder_is_measured_recorded_and_read_back(mirror: str, tmp_path: Path) -> None:
    assert mirror in evaluation_names()
    of = benchmark(tmp_path / "results", mirror)
    record = run(of)
    assert record.measurement is not None
    assert record.evaluated == ("test", "mirror")
    first, last = record.measurement.epochs
    assert list(first.evaluations) == ["test"], "the last epoch's weights alone are evaluated"
    assert (last.value("test", "accuracy"), last.value("test", "loss")) == (0.5, 0.25)
    assert (last.value("mirror", "accuracy"), last.value("mirror", "doubt")) == (0.25, 1.0)
    predictions = of.store.predictions(record)[2]
    assert predictions["test"].tolist() == [0, 0, 0, 0]
    assert predictions["mirror"].tolist() == [2, 2, 2, 2]


def test_its_metrics_are_columns_of_the_frames(mirror: str, tmp_path: Path) -> None:
    of = benchmark(tmp_path / "results", mirror)
    record = run(of)
    runs = make_study(of.architectures, [record], of.settings, ENVIRONMENT)
    for frame in (records_frame([record]), runs_frame(runs)):
        assert frame["mirror_accuracy"].tolist()[1:] == [0.25]
        assert frame["mirror_accuracy"].isna().tolist() == [True, False]
        assert frame["mirror_doubt"].tolist()[1:] == [1.0]
        assert {"mirror_seconds", "mirror_cpu_seconds", "mirror_predictions_sha256"} <= set(frame.columns)
        assert frame["test_accuracy"].tolist() == [0.5, 0.5]


def test_architectures_that_share_a_trial_each_have_theirs_at_their_own_epoch(mirror: str, tmp_path: Path) -> None:
    longer = architecture("longer", epochs=3).model_copy(update={"evaluate": (mirror,)})
    of = replace(benchmark(tmp_path), architectures=(NETWORK, longer))
    assert [planned.trial.due for planned in plan_benchmark(of).trials] == [(Due(3, mirror),)]
    both = replace(of, settings=replace(of.settings, evaluations=("test", "calibration")))
    (planned,) = plan_benchmark(both).trials
    assert planned.trial.due == (Due(2, "calibration"), Due(3, "calibration"), Due(3, mirror))
    assert planned.trial.fingerprint == plan_benchmark(of).trials[0].trial.fingerprint
