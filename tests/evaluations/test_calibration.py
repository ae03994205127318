"""Calibration beside loops over images and bins, and what a sample of the training examples is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.evaluations.calibration import BINS
from harness.evaluations.evaluation import Examples, Scored, find_evaluation

RNG = np.random.default_rng(2)
N, CLASSES = 200, 4
PROBABILITIES = RNG.dirichlet(np.ones(CLASSES), N).astype(np.float32)
LABELS = RNG.integers(0, CLASSES, N).astype(np.uint8)


def calibration(scores: np.ndarray, labels: np.ndarray = LABELS) -> dict[str, float]:
    return dict(find_evaluation("calibration").measure(Scored(scores.astype(np.float32), labels, 0.5)))


def test_likelihood_and_brier_score_are_those_of_a_loop() -> None:
    nll = brier = 0.0
    for shares, label in zip(PROBABILITIES.tolist(), LABELS.tolist(), strict=True):
        nll -= math.log(shares[label]) / N
        brier += sum((share - (place == label)) ** 2 for place, share in enumerate(shares)) / N
    found = calibration(PROBABILITIES)
    assert [found["nll"], found["brier"]] == pytest.approx([nll, brier], rel=1e-6)


def test_the_calibration_error_is_that_of_a_loop_over_bins_of_one_size() -> None:
    rows = sorted(
        (
            (max(shares), shares.index(max(shares)) == label)
            for shares, label in zip(PROBABILITIES.tolist(), LABELS, strict=True)
        ),
        key=lambda row: row[0],
    )
    sizes = [N // BINS + (place < N % BINS) for place in range(BINS)]
    found, expected = calibration(PROBABILITIES), 0.0
    for number, size in enumerate(sizes, 1):
        bin_, rows = rows[:size], rows[size:]
        confidence, accuracy = sum(row[0] for row in bin_) / size, sum(row[1] for row in bin_) / size
        assert found[f"confidence@{number}"] == pytest.approx(confidence)
        assert found[f"accuracy@{number}"] == accuracy
        expected += size / N * abs(confidence - accuracy)
    assert found["ece"] == pytest.approx(expected)


def test_a_network_that_is_always_sure_and_right_is_calibrated_and_one_that_is_wrong_is_not() -> None:
    sure = np.eye(CLASSES)
    right, wrong = calibration(sure[LABELS]), calibration(sure[(LABELS + 1) % CLASSES])
    assert (right["nll"], right["brier"], right["ece"]) == (0.0, 0.0, 0.0)
    assert [wrong["nll"], wrong["brier"], wrong["ece"]] == pytest.approx([-math.log(1e-7), 2.0, 1.0])


def test_logits_count_as_their_softmax() -> None:
    logits = np.log(PROBABILITIES.astype(np.float64)) + 3.0
    assert calibration(logits) == pytest.approx(calibration(PROBABILITIES), rel=1e-5)


def test_of_fewer_images_than_bins_each_is_a_bin() -> None:
    found = calibration(PROBABILITIES[:3], LABELS[:3])
    assert [f"accuracy@{number}" in found for number in (1, 3, 4)] == [True, True, False]


def test_the_training_set_is_sampled_and_scored_as_it_is() -> None:
    kind = find_evaluation("train_set")
    assert kind.of_training
    many = Examples(np.zeros((30_000, 1, 1), np.uint8), (np.arange(30_000) // 10_000).astype(np.uint8))
    assert np.bincount(kind.examples(many).labels).tolist() == [3_334, 3_333, 3_333]
    scored = Scored(np.eye(3, dtype=np.float32)[[0, 1, 1]], np.array([0, 1, 2], np.uint8), 0.75)
    assert kind.measure(scored) == {"loss": 0.75, "accuracy": 2 / 3}
