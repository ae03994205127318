"""Pairs and ranks: each sample once, intervals and tests of one mind, shared trials by seed; tiny samples say so."""

from __future__ import annotations

import dataclasses

import fake_records as fake
import numpy as np
import pytest

from harness.analysis.comparison import compare, compare_all
from harness.analysis.findings import Findings
from harness.analysis.frame import comparisons_frame
from harness.analysis.images import ImageErrors, right_predictions
from harness.analysis.pareto import dominated_by
from harness.analysis.runs import ArchitectureResults, Study
from harness.analysis.standings import largest_compatible, standings
from harness.evaluations.metric import HEADLINE, TEST_LOSS
from harness.planning.settings import Settings
from harness.reporting.sections.comparison import pair_table
from harness.reporting.sections.introduction import introduction
from harness.reporting.sections.side_by_side import difference_sentences
from harness.statistics.ranking import RankInterval

GOOD = (0.9912, 0.9918, 0.9921, 0.9925, 0.9915)
POOR = (0.978, 0.979, 0.977, 0.9785, 0.978)


@pytest.fixture(scope="module")
def found() -> Findings:
    chosen = fake.architectures()
    return fake.findings(chosen, fake.fake_trials(chosen))


def study_of(*entries: ArchitectureResults) -> Study:
    return Study(Settings(), entries)


def test_the_documents_that_compute_the_same_never_differ(found: Findings) -> None:
    pair = next(one for one in found.comparisons if (one.first, one.second) == ("000_convnet", "004_convnet"))
    assert pair.same
    assert not pair.differ
    assert pair.difference is not None
    assert pair.difference.estimate == 0
    assert pair.superiority is not None
    assert pair.superiority.estimate == 0.5
    assert found.standings["000_convnet"] == found.standings["004_convnet"]


def test_a_sample_under_two_names_counts_once_and_is_shown_once(found: Findings) -> None:
    assert len(found.comparisons) == 15
    assert {pair.tests for pair in found.comparisons} == {10}
    shown = [pair for pair in found.comparisons if not pair.repeated and not pair.same]
    assert len(shown) == 10
    assert not any("004_convnet" in (pair.first, pair.second) for pair in shown)
    table = pair_table(found)
    assert len(table.rows) == 10
    assert "The same computation, read at the same epoch and compared once: 004_convnet as 000_convnet." in table.notes
    by_names = {(pair.first, pair.second): pair for pair in found.comparisons}
    ours, theirs = by_names["000_convnet", "dense_512"], by_names["004_convnet", "dense_512"]
    assert dataclasses.replace(theirs, first="000_convnet", repeated=False) == ours
    assert theirs.repeated
    assert len(comparisons_frame(found)) == 15


def test_the_same_networks_at_two_epochs_are_compared_seed_by_seed() -> None:
    a = fake.entry("a", GOOD, fingerprint="t")
    longer = tuple(value + 0.0004 + 0.00001 * i for i, value in enumerate(GOOD))
    b = fake.entry("b", longer, fingerprint="t")
    paired = compare(b, _at(a, epochs=2), HEADLINE)
    assert paired.shared
    assert paired.difference is not None
    assert paired.difference.p is not None
    assert paired.difference.p < 0.001
    assert paired.superiority is not None
    assert paired.superiority.estimate == 1.0  # every seed is better, although the two samples overlap
    assert compare(b, fake.entry("a", GOOD), HEADLINE).superiority != paired.superiority


def test_a_clear_difference_is_told_and_ranked() -> None:
    study = study_of(fake.entry("poor", POOR), fake.entry("good", GOOD))
    pairs = compare_all(study)
    assert [one.differ for one in pairs] == [True]
    found = standings(study, pairs)
    assert (found["good"].rank, found["good"].letters) == (RankInterval(1, 1), "a")
    assert (found["poor"].rank, found["poor"].letters) == (RankInterval(2, 2), "b")
    assert (found["good"].may_be_best, found["poor"].may_be_best) == (True, False)


def test_p_values_are_corrected_for_the_number_of_pairs() -> None:
    shifted = [tuple(value - 0.0003 * i for value in GOOD) for i in range(4)]
    pairs = compare_all(study_of(*(fake.entry(f"c{i}", one) for i, one in enumerate(shifted))))
    assert len(pairs) == 6
    for pair in pairs:
        assert pair.difference is not None
        assert pair.difference.p is not None
        assert pair.adjusted_p == pytest.approx(min(1.0, 6 * pair.difference.p))


def test_no_table_contradicts_its_own_ranks() -> None:
    """An interval leaves out 0 exactly where the pair is separated, and so do ranks and the set of the best."""
    generator = np.random.default_rng(7)
    separated = 0
    for _ in range(40):
        means, spreads = 0.99 + generator.normal(0, 0.001, 5), generator.uniform(0.0003, 0.002, 5)
        drawn = [generator.normal(mean, sd, 6).tolist() for mean, sd in zip(means, spreads, strict=True)]
        study = study_of(*(fake.entry(f"c{i}", one) for i, one in enumerate(drawn)))
        pairs, best = compare_all(study), max(study.measured, key=lambda one: one.mean_merit(HEADLINE)).name
        found = standings(study, pairs)
        for pair in pairs:
            assert pair.interval is not None
            assert pair.differ == (0 not in pair.interval)
            ranks = found[pair.first].rank, found[pair.second].rank
            apart = ranks[0].worst < ranks[1].best or ranks[1].worst < ranks[0].best
            assert pair.differ or not apart
            if pair.differ and best in (pair.first, pair.second):
                other = pair.second if best == pair.first else pair.first
                assert found[other].rank.best > 1
        assert all(one.rank.best == 1 for one in found.values() if one.may_be_best)
        assert found[best].may_be_best
        separated += sum(pair.differ for pair in pairs)
    assert 40 < separated < 360


@pytest.mark.parametrize("accuracies", [(0.99,), (0.99, 0.99), (0.99, 0.99, 0.99)])
def test_without_a_spread_nothing_is_told_apart(accuracies: tuple[float, ...]) -> None:
    study = study_of(fake.entry("a", accuracies), fake.entry("b", (0.5,) * len(accuracies)))
    pair = compare_all(study)[0]
    assert (pair.adjusted_p, pair.differ, pair.interval, pair.such_images_interval) == (None, False, None, None)
    assert pair.difference is not None
    assert pair.difference.estimate == pytest.approx(0.49)
    assert "how large their differences may be is not known" in introduction(Findings(study, {}))[0]


def test_the_seeds_needed_are_for_a_difference_that_was_fixed_beforehand() -> None:
    a, b = fake.entry("a", GOOD), fake.entry("b", [x - 0.0005 for x in GOOD])
    far = fake.entry("far", [x - 0.05 for x in GOOD])
    alone, among = compare(a, b, HEADLINE).seeds_needed, compare(a, b, HEADLINE, tests=10).seeds_needed
    assert alone is not None
    assert among is not None
    assert 5 < alone < among
    assert compare(a, far, HEADLINE).seeds_needed == alone  # whatever the difference that was seen
    noisier = fake.entry("b", [0.99 + 2 * (x - 0.99) for x in GOOD])
    assert (compare(a, noisier, HEADLINE).seeds_needed or 0) > alone
    assert compare(a, b, TEST_LOSS).seeds_needed is None  # nobody has said which difference of losses matters


def test_a_dip_hides_a_difference_of_means_and_not_of_trimmed_means() -> None:
    steady = tuple(0.991 + 0.0001 * i for i in range(10))
    dipping = fake.entry("dipping", (0.982, *(x + 0.002 for x in steady[1:])))
    pair = compare(dipping, fake.entry("steady", steady), HEADLINE)
    assert pair.interval is not None
    assert pair.trimmed_interval is not None
    assert 0 in pair.interval
    assert pair.trimmed_interval.low > 0.001
    study = study_of(dipping, fake.entry("steady", steady))
    found = standings(study, compare_all(study))
    assert found["steady"].rank == found["dipping"].rank == RankInterval(1, 2)
    assert (found["dipping"].trimmed_rank, found["steady"].trimmed_rank) == (RankInterval(1, 1), RankInterval(2, 2))


def test_too_few_runs_to_cut_any_have_no_trimmed_mean() -> None:
    assert compare(fake.entry("a", GOOD[:4]), fake.entry("b", POOR), HEADLINE).trimmed is None
    assert compare(fake.entry("a", GOOD), fake.entry("b", POOR), HEADLINE).trimmed is not None


def test_other_images_widen_every_interval_and_move_no_difference(found: Findings) -> None:
    for pair in found.comparisons:
        if pair.same:
            assert pair.image_error == 0
            continue
        assert pair.interval is not None
        assert pair.such_images_interval is not None
        assert 0.00005 < (pair.image_error or 0) < 0.001
        assert pair.such_images_interval.low < pair.interval.low
        assert pair.such_images_interval.high > pair.interval.high


def test_the_share_of_right_predictions_is_the_accuracy_that_is_compared(found: Findings) -> None:
    for entry in found.study.entries:
        right = right_predictions(entry, found.labels)
        assert right is not None
        assert right.mean(axis=1).tolist() == pytest.approx(entry.values(HEADLINE))


def test_what_images_add_is_unknown_without_labels_or_for_other_metrics(found: Findings) -> None:
    a, b = found.study.measured[:2]
    assert ImageErrors({}).between(a, b, HEADLINE) is None
    assert ImageErrors(found.labels).between(a, b, TEST_LOSS) is None
    assert ImageErrors(found.labels).between(a, fake.entry("b", GOOD), HEADLINE) is None


def test_nothing_dominates_by_chance() -> None:
    """All cost the same: only what is separated and better dominates."""
    near = tuple(value - 0.0001 for value in GOOD)
    study = study_of(fake.entry("good", GOOD), fake.entry("near", near), fake.entry("poor", POOR))
    study = dataclasses.replace(study, entries=tuple(dataclasses.replace(one, machine="") for one in study.entries))
    assert dominated_by(study, compare_all(study)) == {"good": (), "near": (), "poor": ("good", "near")}


def test_the_opening_claims_no_equality_and_says_what_is_still_compatible() -> None:
    near = tuple(value - 0.0001 for value in reversed(GOOD))
    study = study_of(fake.entry("good", GOOD), fake.entry("near", near), fake.entry("poor", POOR))
    findings = Findings(study, {})
    largest = largest_compatible(findings.comparisons, ("good", "near"))
    pair = next(one for one in findings.comparisons if (one.first, one.second) == ("good", "near"))
    assert pair.interval is not None
    assert largest == pytest.approx(max(-pair.interval.low, pair.interval.high))
    (opening,) = introduction(findings)
    assert "**good** has the highest mean test accuracy; with these seeds it is not separated from **near**." in opening
    assert "The best is one of these with 95 % confidence" in opening
    assert f"differences of up to {100 * (largest or 0):.2f} points between them remain compatible" in opening
    alone = Findings(study_of(fake.entry("good", GOOD), fake.entry("poor", POOR)), {})
    assert "**good** has the highest test accuracy, with 95 % confidence." in introduction(alone)[0]


def test_two_in_depth_say_the_pair_alone_and_among_all() -> None:
    a, b = fake.entry("a", GOOD), fake.entry("b", [x - 0.0005 for x in GOOD])
    alone, among = compare(a, b, HEADLINE), compare(a, b, HEADLINE, tests=10)
    said = " ".join(difference_sentences(alone, among, HEADLINE))
    assert "for other seeds on these test images" in said
    assert "As one of 10 pairs" in said
    assert "not separated with these seeds" in said
    assert "Finding a difference of 0.10 points takes" in said
    assert "As one of" not in " ".join(difference_sentences(alone, alone, HEADLINE))


def test_seeds_of_one_distribution_are_told_apart_no_more_often_than_the_level_promises() -> None:
    generator = np.random.default_rng(9)

    def family() -> Study:
        drawn = generator.normal(0.99, 0.0007, (3, 5))
        return study_of(*(fake.entry(f"c{i}", row.tolist()) for i, row in enumerate(drawn)))

    alarms = [any(pair.differ for pair in compare_all(family())) for _ in range(250)]
    # 5 % of 250 are 12.5; 23 is three standard errors above.
    assert sum(alarms) <= 23


def _at(entry: ArchitectureResults, epochs: int) -> ArchitectureResults:
    return dataclasses.replace(entry, epochs=epochs)
