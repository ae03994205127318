"""A trial trained again: the same, different from an epoch on, or failed; each once, whoever reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_trials import ENVIRONMENT, dense_trial, elsewhere, fake_outcome, fake_record

from harness.app.verification import compare
from harness.app.verify import chosen_records, trial_of
from harness.execute.engine import Outcome
from harness.records.record import Failure

TRIAL = dense_trial(epochs=3)
RECORD, _ = fake_record(TRIAL)
CRASH = Failure(stage="train", kind="crash", reason="the process was ended by SIGSEGV")


def test_the_same_bits_are_the_same_over_every_epoch() -> None:
    found = compare(TRIAL, RECORD, fake_outcome(TRIAL), ENVIRONMENT)
    assert (found.verdict, found.epochs, found.mismatch) == ("same", 3, None)


def test_other_threads_are_different_and_said_to_be_the_cause() -> None:
    other = fake_outcome(replace(TRIAL, seed=1))
    found = compare(TRIAL, RECORD, other, elsewhere(threads=2))
    assert found.verdict == "different"
    assert found.causes[0].name == "threads"


def test_the_cause_is_looked_for_where_the_trial_ran() -> None:
    other = replace(fake_outcome(replace(TRIAL, seed=1)), environment=elsewhere(onednn=False))
    assert compare(TRIAL, RECORD, other, ENVIRONMENT).causes[0].name == "oneDNN"


def test_a_trial_that_fails_now_is_not_the_same() -> None:
    for outcome in (Outcome(None, failure=CRASH), fake_outcome(TRIAL, 2, CRASH)):
        found = compare(TRIAL, RECORD, outcome, ENVIRONMENT)
        assert (found.verdict, found.reason) == ("failed", CRASH.reason)


def test_a_difference_before_a_failure_is_told() -> None:
    other = fake_outcome(replace(TRIAL, seed=1), 1, CRASH)
    assert compare(TRIAL, RECORD, other, ENVIRONMENT).verdict == "different"


def test_the_first_recorded_seed_of_each_trial_is_chosen() -> None:
    records = [fake_record(dense_trial(seed, units=units))[0] for seed in (4, 2, 3) for units in (16, 32)]
    assert {(record.fingerprint, record.seed) for record in chosen_records(records)} == {
        (dense_trial(units=16).fingerprint, 2),
        (dense_trial(units=32).fingerprint, 2),
    }


@pytest.mark.parametrize(("seeds", "expected"), [(None, [2, 3, 4]), ((3,), [3]), ((7,), [])])
def test_seeds_that_are_asked_for_are_chosen(seeds: tuple[int, ...] | None, expected: list[int]) -> None:
    records = [fake_record(dense_trial(seed))[0] for seed in (2, 3, 4)]
    assert [record.seed for record in chosen_records(records, seeds=seeds)] == expected


def test_only_what_is_named_and_has_an_epoch_is_chosen() -> None:
    failed = fake_record(dense_trial(), Outcome(None, failure=CRASH))[0]
    other = fake_record(dense_trial(units=32))[0]
    assert chosen_records([failed, other]) == (other,)
    assert chosen_records([RECORD, other], [dense_trial().fingerprint]) == (RECORD,)


def test_a_failed_trial_is_trained_up_to_its_last_finished_epoch() -> None:
    record, _ = fake_record(TRIAL, fake_outcome(TRIAL, 2, CRASH))
    assert trial_of(record, {TRIAL.fingerprint: ("one", "other")}).epochs == 2
