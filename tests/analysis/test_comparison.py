"""Pairs and ranks: the same is never different, shared trials are paired, tiny samples say so."""

from __future__ import annotations

import dataclasses

import fake_records as fake
import numpy as np
import pytest

from harness.analysis.comparison import compare, compare_all, standings
from harness.analysis.runs import ArchitectureResults, Study
from harness.evaluations.metric import HEADLINE
from harness.planning.settings import Settings
from harness.statistics.ranking import RankInterval

GOOD = (0.9912, 0.9918, 0.9921, 0.9925, 0.9915)
POOR = (0.978, 0.979, 0.977, 0.9785, 0.978)


def test_the_documents_that_compute_the_same_never_differ() -> None:
    chosen = fake.architectures()
    findings = fake.findings(chosen, fake.fake_trials(chosen))
    pair = next(one for one in findings.comparisons if (one.first, one.second) == ("000_convnet", "004_convnet"))
    assert pair.same
    assert not pair.differ
    assert pair.difference is not None
    assert pair.difference.estimate == 0
    assert pair.superiority is not None
    assert pair.superiority.estimate == 0.5
    assert findings.standings["000_convnet"] == findings.standings["004_convnet"]


def test_the_same_networks_at_two_epochs_are_compared_seed_by_seed() -> None:
    a = fake.entry("a", GOOD, fingerprint="t")
    longer = tuple(value + 0.0004 + 0.00001 * i for i, value in enumerate(GOOD))
    b = fake.entry("b", longer, fingerprint="t")
    paired = compare(b, _at(a, epochs=2), HEADLINE)
    assert paired.shared
    assert paired.difference is not None
    assert paired.difference.p is not None
    assert paired.difference.p < 0.001


def test_a_clear_difference_is_told_and_ranked() -> None:
    study = Study(Settings(), (fake.entry("poor", POOR), fake.entry("good", GOOD)))
    pairs = compare_all(study)
    assert [one.differ for one in pairs] == [True]
    found = standings(study, pairs)
    assert (found["good"].rank, found["good"].letters) == (RankInterval(1, 1), "a")
    assert (found["poor"].rank, found["poor"].letters) == (RankInterval(2, 2), "b")


def test_p_values_are_corrected_for_the_number_of_pairs() -> None:
    shifted = [tuple(value - 0.0003 * i for value in GOOD) for i in range(4)]
    pairs = compare_all(Study(Settings(), tuple(fake.entry(f"c{i}", one) for i, one in enumerate(shifted))))
    assert len(pairs) == 6
    for pair in pairs:
        assert pair.difference is not None
        assert pair.adjusted_p is not None
        assert pair.difference.p is not None
        assert pair.adjusted_p >= pair.difference.p


@pytest.mark.parametrize("accuracies", [(0.99,), (0.99, 0.99), (0.99, 0.99, 0.99)])
def test_without_a_spread_nothing_is_told_apart(accuracies: tuple[float, ...]) -> None:
    study = Study(Settings(), (fake.entry("a", accuracies), fake.entry("b", (0.5,) * len(accuracies))))
    pair = compare_all(study)[0]
    assert (pair.adjusted_p, pair.differ) == (None, False)
    assert pair.difference is not None
    assert pair.difference.estimate == pytest.approx(0.49)


def test_the_seeds_that_a_difference_needs_grow_with_the_number_of_pairs() -> None:
    a, b = fake.entry("a", GOOD), fake.entry("b", [x - 0.0005 for x in GOOD])
    alone, among = compare(a, b, HEADLINE).seeds_needed, compare(a, b, HEADLINE, comparisons=10).seeds_needed
    assert alone is not None
    assert among is not None
    assert 5 < alone < among


def test_seeds_of_one_distribution_are_told_apart_no_more_often_than_the_level_promises() -> None:
    generator = np.random.default_rng(9)

    def family() -> Study:
        drawn = generator.normal(0.99, 0.0007, (3, 5))
        return Study(Settings(), tuple(fake.entry(f"c{i}", row.tolist()) for i, row in enumerate(drawn)))

    alarms = [any(pair.differ for pair in compare_all(family())) for _ in range(250)]
    # 5 % of 250 are 12.5; 23 is three standard errors above.
    assert sum(alarms) <= 23


def _at(entry: ArchitectureResults, epochs: int) -> ArchitectureResults:
    return dataclasses.replace(entry, epochs=epochs)
