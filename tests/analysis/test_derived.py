"""Summaries, cost, hard images, agreement and frames: what is derived and what stays unknown."""

from __future__ import annotations

import dataclasses

import fake_records as fake
import numpy as np
import pytest

from harness.analysis import frame
from harness.analysis.classes import confusion
from harness.analysis.comparison import differing_lines
from harness.analysis.findings import Findings
from harness.analysis.images import disputed_images, hardest_images, uncontested
from harness.analysis.pareto import dominators, first_epoch_at, front, time_to_target
from harness.analysis.summary import summarize
from harness.data.declarations import find_dataset
from harness.evaluations.metric import HEADLINE
from harness.planning.settings import Settings


@pytest.fixture(scope="module")
def found() -> Findings:
    chosen = fake.architectures()
    return fake.findings(chosen, fake.fake_trials(chosen))


def test_a_summary_of_nothing_is_unknown_throughout() -> None:
    empty = summarize(fake.entry("none", ()), {})
    assert all(not value for value in dataclasses.asdict(empty).values())


def test_a_summary_of_one_seed_has_no_spread() -> None:
    summary = summarize(fake.entry("one", [0.99]), {})
    found = summary.of(HEADLINE)
    assert found is not None
    assert (found.mean, found.deviation) == (0.99, None)
    assert summary.train_seconds is not None
    assert summary.train_seconds.lower_quartile is None


def test_accuracy_from_predictions_is_the_recorded_one(found: Findings) -> None:
    for one in found.study.entries:
        counts = confusion(one, found.labels, 10)
        assert counts is not None
        assert np.trace(counts) / 10_000 == pytest.approx(np.mean(one.values(HEADLINE)))


def test_contested_labels_are_left_out_of_their_own_data_set_alone() -> None:
    mnist = find_dataset("mnist")
    assert uncontested(mnist, 10_000).sum() == 9_985
    assert uncontested(mnist, 1_000).sum() == 999
    assert uncontested(mnist.model_copy(update={"contested": None}), 10_000).all()


def test_the_disagreement_of_runs_is_near_their_spread(found: Findings) -> None:
    summary = found.summaries["dense_512"]
    assert summary.discordant_deviation == pytest.approx(0.0012, rel=0.3)


def test_the_front_leaves_out_what_something_beats() -> None:
    values = np.array([[1.0, 5.0], [2.0, 4.0], [2.0, 5.0], [1.0, 5.0]])
    assert dominators(values) == ((), (), (0, 1, 3), ())
    assert front([1, 2, 3], [0.9, 0.95, 0.94]) == (0, 1)
    assert front([], []) == ()


def test_the_slow_and_worse_is_dominated(found: Findings) -> None:
    assert "002_two_conv_dropout" in found.dominated["003_wide_conv_dropout"]
    assert found.dominated["001_convnet_8_epochs"] == ()


def test_a_target_is_reached_by_the_first_epoch_that_is_as_good(found: Findings) -> None:
    run = found.study.entries[0].runs[0]
    assert first_epoch_at(run, HEADLINE, HEADLINE.of(run.epochs[0])) == 1
    assert first_epoch_at(run, HEADLINE, 1.0) is None
    never = time_to_target(found.study.entries[0], HEADLINE, 1.0)
    assert (never.reached, never.seeds, never.expected_seconds, never.is_typical) == (0, 5, None, False)


@pytest.mark.parametrize(
    ("accuracies", "expected", "typical"),
    [
        ((0.99, 0.99, 0.99, 0.99), 2.0, True),
        ((0.99, 0.98, 0.98, 0.99), 4.0, True),
        ((0.99, 0.98, 0.98, 0.98), 8.0, False),
    ],
)
def test_seeds_that_miss_a_target_lengthen_the_time_to_it(
    accuracies: tuple[float, ...], expected: float, *, typical: bool
) -> None:
    """Of one epoch of 2 s: all time over the number of successes."""
    time = time_to_target(fake.entry("one", accuracies), HEADLINE, 0.985)
    assert time.expected_seconds == pytest.approx(expected)
    assert time.is_typical == typical
    assert time.budget is not None
    assert time.budget.median == 2.0


def test_the_expected_time_is_that_of_training_again_until_it_succeeds(found: Findings) -> None:
    """Simulated: seeds are drawn until one reaches the target, and all their seconds counted."""
    entry = found.study.entries[0]
    (target,) = {sorted(HEADLINE.of(run.last) for run in entry.runs)[2]}
    time = time_to_target(entry, HEADLINE, target)
    ends = np.median([np.cumsum([epoch.train_seconds for epoch in run.epochs]) for run in entry.runs], axis=0)
    epochs = [first_epoch_at(run, HEADLINE, target) for run in entry.runs]
    generator = np.random.default_rng(4)

    def until_success() -> float:
        spent = 0.0
        while True:
            epoch = epochs[generator.integers(len(epochs))]
            spent += float(ends[-1 if epoch is None else epoch - 1])
            if epoch is not None:
                return spent

    assert None in epochs
    assert time.expected_seconds == pytest.approx(np.mean([until_success() for _ in range(20_000)]), rel=0.03)


def test_the_hardest_images_are_missed_most_and_say_by_whom(found: Findings) -> None:
    images = hardest_images(found.study, found.labels, 7)
    assert len(images) == 7
    assert [one.missed for one in images] == sorted((one.missed for one in images), reverse=True)
    first = images[0]
    assert sum(share for _, share in first.predicted) == pytest.approx(first.missed)
    assert first.label not in dict(first.predicted)
    assert set(dict(first.missed_by)) == {one.name for one in found.study.entries}


def test_images_need_labels_and_predictions(found: Findings) -> None:
    assert hardest_images(found.study, {}) == ()
    a, b = fake.entry("a", [0.9]), fake.entry("b", [0.8])
    assert disputed_images(a, b, found.labels, 5) == ()
    assert confusion(a, found.labels, 10) is None


def test_disputed_images_are_those_with_the_largest_gap(found: Findings) -> None:
    a, b = found.study.entries[0], found.study.entries[-1]
    gaps = [abs(one.first_right - one.second_right) for one in disputed_images(a, b, found.labels, 9)]
    assert gaps == sorted(gaps, reverse=True)
    assert len(gaps) == 9
    assert disputed_images(a, a, found.labels, 9) == ()


def test_differing_lines_show_recipe_and_graph() -> None:
    short, long = fake.architectures("000_convnet", "001_convnet_8_epochs")
    changed = [line for line in differing_lines(short, long) if not line.startswith(" ")]
    assert changed == ["- epochs: 5", "+ epochs: 8"]


def test_the_frame_of_records_is_tidy() -> None:
    chosen = fake.architectures("000_convnet", "dense_512")
    trials = [*fake.fake_trials(chosen, [0, 1])]
    trials[0] = fake.failed(trials[0])
    tidy = frame.records_frame([one.record for one in trials])
    assert list(tidy.columns) == list(frame.RECORD_COLUMNS)
    assert not tidy.duplicated(["environment", "trial", "seed", "epoch"]).any()
    assert len(tidy) == 1 + 5 + 5 + 5
    assert tidy["failure"].notna().sum() == 1
    assert str(tidy["epoch"].dtype) == "Int64"


def test_the_frame_of_no_record_has_its_columns() -> None:
    assert list(frame.records_frame([]).columns) == list(frame.RECORD_COLUMNS)


def test_frames_of_findings_have_a_row_each(found: Findings) -> None:
    assert len(frame.summary_frame(found)) == 6
    assert len(frame.verdicts_frame(found)) == len(found.judgement.verdicts)
    assert len(frame.comparisons_frame(found)) == 15
    assert len(frame.runs_frame(found.study)) == 5 * (5 + 8 + 4 + 5 + 5 + 5)


def test_the_same_records_give_the_same_findings_in_any_order() -> None:
    chosen = fake.architectures("000_convnet", "dense_512")
    trials = fake.fake_trials(chosen)
    one, other = fake.findings(chosen, trials), fake.findings(chosen, reversed(trials))
    assert one.comparisons == other.comparisons
    assert one.judgement == other.judgement
    assert one.hardest == other.hardest


def test_nothing_at_all_is_no_error() -> None:
    empty = fake.findings((), ())
    assert (empty.ranking, empty.comparisons, empty.judgement.verdicts) == ((), (), ())
    assert len(frame.summary_frame(empty)) == 0
    unrun = fake.findings(fake.architectures(), (), Settings())
    assert len(frame.summary_frame(unrun)) == 6
