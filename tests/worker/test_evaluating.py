"""Evaluations of a network that is scored by a function: each on its own clock, and no number that is none."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from harness.evaluations.evaluation import find_evaluation
from harness.records.predictions import digest
from harness.worker.backend import Scores
from harness.worker.evaluating import Evaluator, NotANumber, evaluate

LABELS = np.array([1, 0], np.uint8)
SCORES = np.array([[0.0, 1.0], [0.25, 0.75]], np.float32)


EVALUATOR = Evaluator(find_evaluation("test"), LABELS)


def score(evaluation: str, loss: float = 0.5) -> Scores:
    del evaluation
    return Scores(SCORES, loss)


def test_metrics_and_predictions_belong_together() -> None:
    evaluations, predictions = evaluate(1, {"test": EVALUATOR}, score)
    assert evaluations["test"].metrics == {"loss": 0.5, "accuracy": 0.5}
    assert predictions["test"].tolist() == [1, 1]
    assert predictions["test"].dtype == np.uint8
    assert evaluations["test"].predictions_sha256 == digest(predictions["test"])


def test_each_evaluation_has_its_own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.worker.clocks.time.perf_counter", iter([10.0, 11.0, 20.0, 25.0]).__next__)
    found, _ = evaluate(1, {"quick": EVALUATOR, "slow": EVALUATOR}, score)
    assert (found["quick"].seconds, found["slow"].seconds) == (1.0, 5.0)


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_no_number_is_named(loss: float) -> None:
    with pytest.raises(NotANumber, match=f"the test loss of epoch 3 is {loss}"):
        evaluate(3, {"test": EVALUATOR}, partial(score, loss=loss))
