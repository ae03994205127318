"""Architectures read their trials at their own epochs, in one environment, whatever is missing."""

from __future__ import annotations

from collections.abc import Mapping

import fake_records as fake
import pytest

from harness.analysis.runs import choose_environment, make_study
from harness.errors import UnknownEnvironment
from harness.planning.settings import Settings
from harness.records.predictions import Classes
from harness.records.record import Record

SHARED = ("000_convnet", "001_convnet_8_epochs", "004_convnet")


def test_architectures_that_share_trials_read_their_own_epoch() -> None:
    chosen = fake.architectures(*SHARED)
    trials = fake.fake_trials(chosen)
    study = fake.findings(chosen, trials).study
    assert len(trials) == len(fake.SEEDS)
    assert [len(one.runs[0].epochs) for one in study.entries] == [5, 8, 5]
    assert study.entries[0].runs == study.entries[2].runs
    assert study.entries[0].values(study.headline) != study.entries[1].values(study.headline)


def test_training_seconds_are_those_of_the_own_epochs() -> None:
    chosen = fake.architectures(*SHARED)
    run = fake.findings(chosen, fake.fake_trials(chosen)).study.entries[0].runs[0]
    assert run.train_seconds == sum(epoch.train_seconds for epoch in run.epochs)
    assert run.last.epoch == 5


def test_a_failure_after_the_own_epoch_is_none_of_the_architectures() -> None:
    chosen = fake.architectures("000_convnet", "001_convnet_8_epochs")
    trials = [fake.failed(trial, epochs=6) for trial in fake.fake_trials(chosen)]
    short, long = fake.findings(chosen, [fake.FakeTrial(one.record, {}) for one in trials]).study.entries
    assert (len(short.runs), len(short.failures)) == (5, 0)
    assert (len(long.runs), len(long.failures)) == (0, 5)


def test_a_trial_that_is_too_short_but_did_not_fail_is_missing() -> None:
    chosen = fake.architectures("000_convnet", "001_convnet_8_epochs")
    short = fake.fake_trials(chosen[:1], seeds=[0])
    entry = fake.findings(chosen, short).study.entries[1]
    assert (entry.runs, entry.failures) == ((), ())


def test_records_of_other_environments_are_counted_not_mixed() -> None:
    chosen = fake.architectures("dense_512")
    here, there = fake.environment(), fake.environment("Other Processor")
    trials = [*fake.fake_trials(chosen, [0, 1], where=here), *fake.fake_trials(chosen, [0, 1, 2], where=there)]
    study = make_study(chosen, [one.record for one in trials], Settings(), here)
    assert study.entries[0].seeds == (0, 1)
    assert study.others == ((there.id, 3),)


def test_the_environment_is_the_one_asked_for_else_this_machines_else_the_fullest() -> None:
    chosen = fake.architectures("dense_512")
    few, many = fake.environment("Few"), fake.environment("Many")
    trials = [*fake.fake_trials(chosen, [0], where=few), *fake.fake_trials(chosen, [0, 1], where=many)]
    records = [one.record for one in trials]
    assert choose_environment(records, wanted=few.id[:6]) == few
    assert choose_environment(records, here=few.id) == few
    assert choose_environment(records, here="nowhere") == many
    assert choose_environment([]) is None


def test_an_unknown_environment_is_told_with_the_known_ones() -> None:
    chosen = fake.architectures("dense_512")
    records = [one.record for one in fake.fake_trials(chosen, [0])]
    with pytest.raises(UnknownEnvironment, match="recorded: fake-processor"):
        choose_environment(records, wanted="real-processor")


def test_predictions_are_read_when_they_are_asked_for_and_once_for_all_that_read_the_same_epoch() -> None:
    chosen = fake.architectures(*SHARED)
    trials = fake.fake_trials(chosen, [0, 1])
    kept = {one.record.seed: one.predictions for one in trials}
    asked: list[tuple[int, int]] = []

    def read(record: Record, epoch: int) -> Mapping[str, Classes]:
        asked.append((record.seed, epoch))
        return kept[record.seed][epoch]

    study = make_study(chosen, [one.record for one in trials], Settings(), fake.environment(), read)
    assert asked == []
    assert all(run.predictions.keys() == {"test"} for entry in study.entries for run in entry.runs)
    assert sorted(asked) == [
        (seed, epoch) for seed in (0, 1) for epoch in sorted({one.epochs for one in study.entries})
    ]
