"""Shares by class and ranks of scores, held against scipy and against counting by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.statistics.classification import (
    average_precision,
    class_shares,
    confusion_counts,
    label_shares,
    mean_known,
    micro_f1,
    roc_auc,
    top_accuracy,
)

TRUTH = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2], np.uint8)
PREDICTED = np.array([[0, 0, 1, 1, 2, 2, 2, 2, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0]], np.uint8)


def test_pairs_of_true_and_predicted_classes_are_counted_by_run() -> None:
    counts = confusion_counts(TRUTH, PREDICTED, 3)
    assert counts[0].tolist() == [[2, 1, 0], [0, 1, 1], [1, 0, 3]]
    assert counts[1].tolist() == [[3, 0, 0], [2, 0, 0], [4, 0, 0]]


def test_accuracy_precision_and_f1_of_a_class_are_their_textbook_shares() -> None:
    found = class_shares(confusion_counts(TRUTH, PREDICTED, 3))
    assert found.examples.tolist() == [3, 2, 4]
    assert found.accuracy[0] == pytest.approx([2 / 3, 1 / 2, 3 / 4])
    assert found.precision[0] == pytest.approx([2 / 3, 1 / 2, 3 / 4])
    assert found.f1[0] == pytest.approx([2 / 3, 1 / 2, 3 / 4])
    assert found.balanced_accuracy[0] == pytest.approx(np.mean([2 / 3, 1 / 2, 3 / 4]))


def test_a_class_that_is_never_predicted_has_an_f1_of_0_and_no_precision() -> None:
    found = class_shares(confusion_counts(TRUTH, PREDICTED, 3))
    assert found.f1[1].tolist() == [0.5, 0.0, 0.0]
    assert np.isnan(found.precision[1]).tolist() == [False, True, True]
    assert (found.balanced_accuracy[1], found.macro_f1[1]) == (pytest.approx(1 / 3), pytest.approx(0.5 / 3))


def test_a_class_without_an_example_is_unknown_and_in_no_mean() -> None:
    found = class_shares(confusion_counts(TRUTH, PREDICTED, 4))
    assert np.isnan(found.accuracy[:, 3]).all()
    assert np.isnan(found.f1[:, 3]).all()
    with_all = class_shares(confusion_counts(TRUTH, PREDICTED, 3))
    assert found.macro_f1 == pytest.approx(with_all.macro_f1)
    assert found.balanced_accuracy == pytest.approx(with_all.balanced_accuracy)


def test_scikit_learn_finds_the_same() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(3)
    truth, predicted = rng.integers(0, 7, 300), rng.integers(0, 7, (2, 300))
    found = class_shares(confusion_counts(truth, predicted, 7))
    for run in range(2):
        assert found.balanced_accuracy[run] == pytest.approx(metrics.balanced_accuracy_score(truth, predicted[run]))
        assert found.macro_f1[run] == pytest.approx(metrics.f1_score(truth, predicted[run], average="macro"))
        assert found.precision[run] == pytest.approx(metrics.precision_score(truth, predicted[run], average=None))


def test_scikit_learn_finds_the_same_of_several_labels() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(3)
    truth, scores = (rng.random((200, 4)) < 0.3).astype(np.uint8), rng.integers(0, 20, (2, 200, 4)) / 20
    truth[:, 3] = 0
    predicted = (scores > 0.5).astype(np.uint8)
    found = label_shares(truth, predicted)
    for run in range(2):
        for name, ours in (("recall", found.accuracy), ("precision", found.precision), ("f1", found.f1)):
            score = metrics.recall_score if name == "recall" else getattr(metrics, f"{name}_score")
            assert ours[run, :3] == pytest.approx(score(truth, predicted[run], average=None, zero_division=0)[:3])
        assert np.isnan(found.f1[run, 3])
        assert micro_f1(truth, predicted)[run] == pytest.approx(
            metrics.f1_score(truth, predicted[run], average="micro")
        )
        assert found.macro_f1[run] == pytest.approx(
            metrics.f1_score(truth[:, :3], predicted[run][:, :3], average="macro")
        )
        for label in range(3):
            ours_of_label = average_precision(scores[run, :, label], truth[:, label])
            assert ours_of_label == pytest.approx(
                metrics.average_precision_score(truth[:, label], scores[run, :, label])
            )
    assert average_precision(scores[0, :, 3], truth[:, 3]) is None
    assert mean_known([0.5, None, 1.0]) == 0.75
    assert mean_known([None]) is None


def test_the_best_score_alone_is_the_accuracy_and_all_scores_hold_every_class() -> None:
    rng = np.random.default_rng(4)
    scores, labels = rng.integers(0, 5, (200, 9)).astype(np.float32), rng.integers(0, 9, 200)
    assert top_accuracy(scores, labels, 1) == (scores.argmax(axis=1) == labels).mean()
    assert top_accuracy(scores, labels, 9) == 1.0


def test_the_top_five_are_those_of_a_stable_sort() -> None:
    rng = np.random.default_rng(5)
    scores, labels = rng.integers(0, 9, (300, 20)).astype(np.float32), rng.integers(0, 20, 300)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :5]
    assert top_accuracy(scores, labels, 5) == (best == labels[:, None]).any(axis=1).mean()


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40))
def test_the_area_is_mann_and_whitneys_share_of_pairs(drawn: list[tuple[int, bool]]) -> None:
    scores = np.array([score for score, _ in drawn], np.float64)
    labels = np.array([positive for _, positive in drawn], np.uint8)
    found = roc_auc(scores, labels)
    if labels.all() or not labels.any():
        assert found is None
    else:
        ours, theirs = scores[labels == 1], scores[labels == 0]
        assert found == pytest.approx(stats.mannwhitneyu(ours, theirs).statistic / (len(ours) * len(theirs)))
