"""A trial trained again: the same, different from an epoch on, or failed; each once, whoever reads it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fake_trials import ENVIRONMENT, FakeTrainer, dense_trial, elsewhere, fake_outcome, fake_record
from honest_records import dataset_arrays

from harness.app.training import engine_choice
from harness.app.verification import compared_with_record
from harness.app.verify import VerifyOptions, chosen_records, trial_of, verify
from harness.errors import MissingOption, UnknownEngine
from harness.execute.engine import Engine, EngineOptions, Outcome
from harness.records.environment import Environment
from harness.records.record import Failure
from harness.records.store import Store

TRIAL = dense_trial(epochs=3)
RECORD, _ = fake_record(TRIAL)
CRASH = Failure(stage="train", kind="crash", reason="the process was ended by SIGSEGV")


def test_the_same_bits_are_the_same_over_every_epoch() -> None:
    found = compared_with_record(TRIAL, RECORD, fake_outcome(TRIAL), ENVIRONMENT)
    assert (found.verdict, found.epochs, found.mismatch) == ("same", 3, None)


def test_other_threads_are_different_and_said_to_be_the_cause() -> None:
    other = fake_outcome(replace(TRIAL, seed=1))
    found = compared_with_record(TRIAL, RECORD, other, elsewhere(threads=2))
    assert found.verdict == "different"
    assert found.causes[0].name == "threads"


def test_the_cause_is_looked_for_where_the_trial_ran() -> None:
    other = replace(fake_outcome(replace(TRIAL, seed=1)), environment=elsewhere(onednn=False))
    assert compared_with_record(TRIAL, RECORD, other, ENVIRONMENT).causes[0].name == "oneDNN"


def test_a_trial_that_fails_now_is_not_the_same() -> None:
    for outcome in (Outcome(None, failure=CRASH), fake_outcome(TRIAL, 2, CRASH)):
        found = compared_with_record(TRIAL, RECORD, outcome, ENVIRONMENT)
        assert (found.verdict, found.reason) == ("failed", CRASH.reason)


def test_a_difference_before_a_failure_is_told() -> None:
    other = fake_outcome(replace(TRIAL, seed=1), 1, CRASH)
    assert compared_with_record(TRIAL, RECORD, other, ENVIRONMENT).verdict == "different"


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


@dataclass
class FakeSite:
    """A cluster of one machine, and what engines were asked of it."""

    environments: tuple[Environment, ...] = (elsewhere(processor="another"),)
    sentences: tuple[str, ...] = ()
    asked: list[EngineOptions] = field(default_factory=list)

    def engine(self, options: EngineOptions) -> Engine:
        self.asked.append(options)
        return FakeTrainer()


def test_recorded_trials_are_verified_on_a_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = FakeSite()

    @contextmanager
    def opened(options: EngineOptions) -> Iterator[FakeSite]:
        site.asked.append(options)
        yield site

    monkeypatch.setattr(engine_choice, "open_site", opened)
    Store(tmp_path).save(*fake_record(dense_trial()))
    options = VerifyOptions(results=tmp_path, engine="ray", address="host:6379")
    found = verify(options, fetch=lambda *_: dataset_arrays())
    assert (found.same, found.here) == (1, site.environments[0])
    assert {(asked.name, asked.address, asked.jobs) for asked in site.asked} == {("ray", "host:6379", None)}


def test_engines_that_there_are_not_and_addresses_without_one_are_refused(tmp_path: Path) -> None:
    Store(tmp_path).save(*fake_record(dense_trial()))
    with pytest.raises(MissingOption, match="--address needs --engine ray"):
        verify(VerifyOptions(results=tmp_path, address="host:6379"))
    with pytest.raises(UnknownEngine, match="'rey'; did you mean 'ray'"):
        verify(VerifyOptions(results=tmp_path, engine="rey"))
