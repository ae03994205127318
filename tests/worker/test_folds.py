"""Folds: which examples a seed trains on and which it is scored on, and what the page makes of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import fake_records as fake
import numpy as np
import pytest
from fake_trials import dense_trial
from honest_records import TEST, TRAIN, dataset_arrays

from harness.analysis.cross_validation import cross_validated
from harness.analysis.runs import ArchitectureResults
from harness.data.cache import DatasetArrays
from harness.data.splitting import parts
from harness.planning.trial import Trial
from harness.records.record import Evaluation
from harness.reporting.markdown import render_section
from harness.reporting.sections.cross_validation import section
from harness.worker.examples import trial_examples, trial_order, validation_examples

FOLDS = 5


def trial(seed: int, folds: int | None = FOLDS) -> Trial:
    plain = dense_trial(seed, 1)
    recipe = plain.computation.recipe.model_copy(update={"folds": folds})
    return replace(plain, computation=plain.computation.model_copy(update={"recipe": recipe}))


def numbered() -> DatasetArrays:
    """The arrays, every image showing its own number."""
    arrays = dataset_arrays()
    images = np.zeros_like(arrays.train_images, np.float32)
    images[:, 0, 0] = np.arange(TRAIN)
    return replace(arrays, train_images=images)


def left_out(seed: int) -> set[int]:
    arrays = numbered()
    training, test = trial_examples(trial(seed), arrays)
    held_out = validation_examples(trial(seed), arrays)
    assert held_out is not None
    ours, theirs = (set(map(int, one.images[:, 0, 0])) for one in (training, held_out))
    assert not ours & theirs
    assert ours | theirs == set(range(TRAIN))
    assert list(training.images[:, 0, 0]) == sorted(ours)
    assert len(test.labels) == TEST
    assert len(ours) == trial(seed).computation.recipe.training_examples(TRAIN, seed)
    return theirs


def test_the_seeds_of_a_round_leave_out_the_parts_of_one_partition_and_the_next_those_of_another() -> None:
    found = [left_out(seed) for seed in range(2 * FOLDS)]
    for partition in (found[:FOLDS], found[FOLDS:]):
        assert not any(one & other for one, other in combinations(partition, 2))
        assert set.union(*partition) == set(range(TRAIN))
    assert not any(part in found[:FOLDS] for part in found[FOLDS:])


@pytest.mark.parametrize("count", [2, 5, 7])
@pytest.mark.parametrize("examples", [7, 100, 501])
def test_every_part_has_as_many_examples_and_as_many_of_each_class_but_for_one(count: int, examples: int) -> None:
    labels = np.random.default_rng(0).choice(4, examples, p=[0.7, 0.2, 0.05, 0.05]).astype(np.uint8)
    found = parts(labels, count, seed=3)
    assert np.ptp(np.bincount(found, minlength=count)) <= 1
    for label in range(4):
        assert np.ptp(np.bincount(found[labels == label], minlength=count)) <= 1
    assert np.array_equal(found, parts(labels, count, seed=3))
    assert not np.array_equal(found, parts(labels, count, seed=4))


def test_without_folds_a_seed_changes_nothing_of_the_examples() -> None:
    for seed in (0, 1):
        assert validation_examples(trial(seed, None), dataset_arrays()) is None
        assert len(trial_examples(trial(seed, None), dataset_arrays())[0].labels) == TRAIN


def test_an_order_and_the_facts_of_a_trial_are_of_its_fold() -> None:
    seed = 7
    examples = trial(seed).computation.recipe.training_examples(TRAIN, seed)
    assert sorted(trial_order(trial(seed).computation, seed, 1, examples)) == list(range(examples))
    facts = trial(seed).facts
    assert (facts["seed"], facts["fold"], facts["folds"]) == (7, 3, FOLDS)
    assert "fold" not in trial(seed, None).facts
    assert trial(0).fingerprint == trial(1).fingerprint != trial(0, None).fingerprint
    assert trial(0).evaluations_of_all == ("test", "validation")


def measured(name: str, left_out: list[float], folds: int = FOLDS) -> ArchitectureResults:
    entry = fake.entry(name, [0.9] * len(left_out))
    recipe = entry.architecture.training.model_copy(update={"folds": folds})
    runs = []
    for run, accuracy in zip(entry.runs, left_out, strict=True):
        (epoch,) = run.epochs
        scored = Evaluation(metrics={"accuracy": accuracy, "loss": 1.0}, seconds=0.1, cpu_seconds=0.1)
        evaluations = {**epoch.evaluations, "validation": scored}
        runs.append(fake.remeasured(run, epochs=(epoch.model_copy(update={"evaluations": evaluations}),)))
    architecture = entry.architecture.model_copy(update={"training": recipe})
    return replace(entry, architecture=architecture, runs=tuple(runs))


ONE, OTHER = [0.91, 0.93, 0.92, 0.95, 0.94], [0.90, 0.93, 0.90, 0.94, 0.93]


def test_intervals_are_nadeau_and_bengios() -> None:
    best, other = cross_validated([measured("other", OTHER), measured("one", ONE), fake.entry("plain", [0.9])])
    assert (best.entry.name, best.behind, other.entry.name) == ("one", None, "other")
    error = np.std(ONE, ddof=1) * np.sqrt(1 / 5 + 1 / 4)
    assert best.left_out.interval is not None
    assert best.left_out.interval.half_width == pytest.approx(2.7764451 * error)
    differences = np.subtract(OTHER, ONE)
    assert other.behind is not None
    assert other.behind[0] == pytest.approx(differences.mean())
    half = 2.7764451 * np.std(differences, ddof=1) * np.sqrt(1 / 5 + 1 / 4)
    assert other.behind[1].half_width == pytest.approx(half)


def test_what_leaves_out_other_images_is_not_held_against_the_best() -> None:
    first, second = cross_validated([measured("one", ONE), measured("three", OTHER, folds=3)])
    assert {first.folds, second.folds} == {3, 5}
    assert first.behind is None is second.behind


def test_the_page_has_a_row_for_each_and_says_how_intervals_are_made() -> None:
    plain = fake.findings((), ())
    assert section(plain) is None
    entries = (measured("one", ONE), measured("other", OTHER))
    found = section(replace(plain, study=replace(plain.study, entries=entries)))
    assert found is not None
    text = " ".join(render_section(found, {}).split())
    assert "## Cross-validation" in text
    assert "| one | 5 | 5 of 5 | 93.00 ± 1.58 |" in text
    assert "they are not independent" in text
    assert "Nadeau and Bengio 2003" in text
