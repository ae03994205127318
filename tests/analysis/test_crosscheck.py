"""The same seeds under other threads or without determinism: bits and accuracies side by side, nothing else mixed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from fake_records import FakeTrial, architectures, environment, fake_trials, findings
from fake_trials import changed_epoch, elsewhere

from harness.analysis.crosscheck import CrossCheck, cross_check, other_settings
from harness.analysis.runs import make_study
from harness.evaluations.metric import HEADLINE
from harness.planning.settings import Settings
from harness.records.environment import Environment
from harness.reporting.page import page
from harness.reporting.sections.crosscheck import crosscheck_table, verdict

CHOSEN = architectures("000_convnet", "004_convnet", "001_convnet_8_epochs", "dense_512")
HERE = environment()
TWO = elsewhere(HERE, threads=2)
LOOSE = elsewhere(HERE, deterministic=False)


def in_environment(trial: FakeTrial, where: Environment, shift: float = 0.0) -> FakeTrial:
    """Return the trial as if another environment had other weights, and an accuracy that is shifted."""
    measured = trial.record.measurement
    assert measured is not None
    epochs = tuple(
        changed_epoch(
            one,
            weights_sha256=f"{one.epoch}" * 64 if shift and one.epoch > 1 else one.weights_sha256,
            test_accuracy=one.value("test", "accuracy") - shift * (1 + 0.1 * trial.record.seed),
        )
        for one in measured.epochs
    )
    changes = {"environment": where, "measurement": measured.model_copy(update={"epochs": epochs})}
    return FakeTrial(trial.record.model_copy(update=changes), trial.predictions)


def checked(trials: Iterable[FakeTrial]) -> tuple[CrossCheck, ...]:
    records = [trial.record for trial in trials]
    return cross_check(make_study(CHOSEN, records, Settings(), HERE), records)


def twice(trials: Sequence[FakeTrial], shift: float, where: Environment) -> list[FakeTrial]:
    return [*trials, *(in_environment(trial, where, shift) for trial in trials)]


def both(shift: float, seeds: tuple[int, ...] = (0, 1, 2, 3, 4)) -> tuple[CrossCheck, ...]:
    return checked(twice(fake_trials(CHOSEN, seeds), shift, TWO))


def test_only_threads_and_determinism_may_differ() -> None:
    others = [TWO, LOOSE, elsewhere(TWO, deterministic=False), elsewhere(TWO, keras="3.14.0")]
    records = [trial.record for where in (HERE, *others) for trial in fake_trials(CHOSEN, (0,), where=where)]
    assert [one.id for one in other_settings(HERE, records)] == [one.id for one in (LOOSE, TWO, others[2])]


def test_architectures_that_share_runs_are_one_row() -> None:
    assert [one.names for one in both(0.0)] == [
        ("000_convnet", "004_convnet"),
        ("001_convnet_8_epochs",),
        ("dense_512",),
    ]


def test_the_same_bits_need_no_test() -> None:
    for one in both(0.0):
        assert (one.same_bits, one.first_epochs, one.differ) == (5, (), False)
        assert verdict(one) == "none: same bits"


def test_other_bits_and_a_steady_shift_of_accuracy_differ() -> None:
    for one in both(0.002):
        assert (one.same_bits, set(one.first_epochs), one.differ) == (0, {2}, True)
        assert one.difference is not None
        assert one.difference.estimate == pytest.approx(0.0024)


def test_the_p_values_are_corrected_for_the_number_of_rows() -> None:
    found = both(0.002)
    plain = [one.difference.p for one in found if one.difference and one.difference.p is not None]
    assert max(one.adjusted_p or 0 for one in found) >= max(plain)
    assert min(one.adjusted_p or 0 for one in found) == pytest.approx(len(found) * min(plain))


@pytest.mark.parametrize("shift", [0.0001, 0.0003, 0.002])
def test_an_interval_leaves_out_0_exactly_where_the_effect_is_significant(shift: float) -> None:
    for one in both(shift):
        assert one.interval is not None
        assert one.differ == (0 not in one.interval)


def test_one_seed_with_other_bits_leaves_it_open() -> None:
    for one in both(0.002, seeds=(3,)):
        assert one.differ is None
        assert verdict(one) == "unknown: too few seeds"


def test_other_bits_that_end_at_the_same_accuracies_do_not_matter() -> None:
    trials = fake_trials(CHOSEN)
    tiny = [in_environment(trial, LOOSE, shift=1e-30) for trial in trials]
    for one in checked([*trials, *tiny]):
        assert (one.same_bits, one.same_values, one.differ) == (0, 5, False)
        assert verdict(one) == "none for any seed"


def test_only_seeds_that_both_have_are_compared() -> None:
    trials = fake_trials(CHOSEN, (0, 1, 2))
    there = [in_environment(trial, LOOSE) for trial in fake_trials(CHOSEN, (2, 3))]
    assert {one.seeds for one in checked([*trials, *there])} == {(2,)}
    assert checked(trials) == ()


def test_the_page_has_the_table_only_where_there_is_something_to_check() -> None:
    trials = fake_trials(CHOSEN)
    title = "Effect of threads and determinism"
    assert title not in page(findings(CHOSEN, trials))
    text = page(findings(CHOSEN, twice(trials, 0.002, LOOSE)))
    assert title in text
    assert "1 thread, determinism off" in text


def test_each_row_says_bits_accuracies_and_verdict() -> None:
    row = crosscheck_table(both(0.002), HEADLINE).rows[-1]
    assert row[:4] == ("dense_512", "2 threads, determinism on", "5", "0 of 5 [2]")
    assert row[6].startswith("+0.24 (+0.")
    assert row[-1] == "significant"
