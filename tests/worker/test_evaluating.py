"""Evaluations of a network that is scored by a function: each on its own clock, and no number that is none."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from harness.evaluations.evaluation import Examples, find_evaluation
from harness.records.predictions import digest
from harness.worker.backend import Scores
from harness.worker.evaluating import Evaluator, NotANumber, evaluate, make_evaluators

LABELS = np.array([1, 0], np.uint8)
SCORES = np.array([[0.0, 1.0], [0.25, 0.75]], np.float32)


EVALUATOR = Evaluator(find_evaluation("test"), Examples(LABELS, LABELS), "test")


def score(evaluation: str, loss: float = 0.5) -> Scores:
    del evaluation
    return Scores(SCORES, loss)


def test_metrics_and_predictions_belong_together() -> None:
    evaluations, predictions = evaluate(1, {"test": EVALUATOR}, score)
    assert evaluations["test"].metrics == {"loss": 0.5, "accuracy": 0.5, "roc_auc": 1.0}
    assert predictions["test"].tolist() == [1, 1]
    assert predictions["test"].dtype == np.uint8
    assert evaluations["test"].predictions_sha256 == digest(predictions["test"])


def test_each_evaluation_has_its_own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.worker.clocks.time.perf_counter", iter([10.0, 11.0, 20.0, 25.0]).__next__)
    slow = replace(EVALUATOR, scored_as="slow")
    found, _ = evaluate(1, {"quick": EVALUATOR, "slow": slow}, score)
    assert (found["quick"].seconds, found["slow"].seconds) == (1.0, 5.0)


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_no_number_is_named(loss: float) -> None:
    with pytest.raises(NotANumber, match=f"the test loss of epoch 3 is {loss}"):
        evaluate(3, {"test": EVALUATOR}, partial(score, loss=loss))


def test_what_makes_its_examples_has_the_seconds_in_its_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.worker.clocks.time.perf_counter", iter([10.0, 11.0]).__next__)
    found, _ = evaluate(1, {"changed": replace(EVALUATOR, seconds=2.0)}, score)
    assert found["changed"].seconds == 3.0


def test_evaluations_of_the_same_examples_share_one_scoring() -> None:
    scored: list[str] = []

    def counting(name: str) -> Scores:
        scored.append(name)
        return score(name)

    test = Examples(LABELS, LABELS)
    evaluators = make_evaluators(["test", "calibration"], test, test)
    found, predictions = evaluate(1, evaluators, counting)
    assert scored == ["test"]
    assert found["calibration"].metrics["accuracy@2"] == 1.0
    assert predictions.keys() == {"test"}, "those of the calibration are the same"


def test_what_was_trained_on_and_what_is_tested_on_are_not_confused() -> None:
    training, test = Examples(LABELS, LABELS), Examples(1 - LABELS, 1 - LABELS)
    evaluators = make_evaluators(["test", "train_set"], training, test)
    assert evaluators["test"].examples is test
    assert evaluators["train_set"].examples.labels.tolist() == LABELS.tolist()
    assert [evaluator.scored_as for evaluator in evaluators.values()] == ["test", "train_set"]
