"""Architectures read their trials at their own epochs, in one environment's numerics, whatever is missing."""

from __future__ import annotations

import math
from collections.abc import Iterable

import fake_records as fake
from fake_records import timed, with_other_weights
from fake_trials import elsewhere

from harness.analysis.pareto import costs, time_to_target
from harness.analysis.runs import Study, make_study
from harness.analysis.speed import stages
from harness.planning.settings import Settings
from harness.records.predictions import Classes
from harness.records.record import Record
from harness.reporting.page import page
from harness.spec.architecture import Architecture

SHARED = ("000_convnet", "001_convnet_8_epochs", "004_convnet")
DENSE = fake.architectures("dense_512")
BOTH = fake.architectures("000_convnet", "dense_512")
HERE, THERE = fake.environment(), fake.environment("Other Processor")


def studied(trials: Iterable[fake.FakeTrial], chosen: tuple[Architecture, ...] = DENSE) -> Study:
    return make_study(chosen, [trial.record for trial in trials], Settings(), HERE)


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


def test_records_of_other_numerics_are_counted_not_mixed() -> None:
    here, there = fake.environment(), fake.environment("Other Processor", threads=2)
    trials = [*fake.fake_trials(DENSE, [0, 1], where=here), *fake.fake_trials(DENSE, [0, 1, 2], where=there)]
    study = studied(trials)
    assert study.entries[0].seeds == (0, 1)
    assert study.others == ((there.id, 3),)


def test_a_machine_of_the_same_numerics_adds_its_seeds_and_no_times() -> None:
    trials = [*fake.fake_trials(DENSE, [1, 2], where=HERE), *fake.fake_trials(DENSE, [0, 1, 3], where=THERE)]
    study = studied(trials)
    entry = study.entries[0]
    assert entry.seeds == (0, 1, 2, 3)
    assert [run.environment for run in entry.runs] == [THERE.id, HERE.id, HERE.id, THERE.id]
    assert [run.seed for run in entry.timed] == [1, 2]
    assert study.others == ()
    assert [peer.environment for peer in study.peers] == [THERE]


def test_times_are_those_of_one_machine_wherever_they_are_shown() -> None:
    slow = [timed(trial, 100.0) for trial in fake.fake_trials(DENSE, [2, 3], where=THERE)]
    found = fake.findings(DENSE, [*fake.fake_trials(DENSE, [0, 1], where=HERE), *slow], where=HERE)
    [entry], summary = found.study.entries, found.summaries["dense_512"]
    assert summary.train_seconds is not None
    assert summary.epoch_seconds is not None
    assert max(summary.train_seconds.median, summary.epoch_seconds.median) < 100
    training = stages(entry).train_seconds
    assert training is not None
    assert training.median < 100
    assert costs(entry)[2] < 100
    target = time_to_target(entry, found.study.headline, 0.5)
    assert (target.seeds, target.reached) == (4, 4)  # how good a network gets does not depend on the machine
    assert target.expected_seconds is not None
    assert target.budget is not None
    assert target.expected_seconds <= target.budget.median < 100


def test_an_architecture_that_only_another_machine_recorded_has_values_and_no_times() -> None:
    found = fake.findings(DENSE, fake.fake_trials(DENSE, [0, 1], where=THERE), where=HERE)
    [entry], summary = found.study.entries, found.summaries["dense_512"]
    assert (len(entry.runs), entry.timed, summary.train_seconds) == (2, (), None)
    assert math.isnan(costs(entry)[2])
    row = next(line for line in page(found).splitlines() if line.startswith("|      1 | dense_512"))
    assert "(n = 2)" in row
    assert found.dominated == {"dense_512": ()}


def test_the_versions_named_are_those_of_the_records_that_count() -> None:
    older, newer = (elsewhere(where, commit=letter * 40) for where, letter in ((HERE, "a"), (THERE, "b")))
    ours, shared, more = (
        fake.fake_trials(DENSE, [seed], where=where) for seed, where in ((0, older), (0, newer), (1, newer))
    )
    assert studied([*ours, *shared]).commits == ("a" * 10,)
    assert studied([*ours, *shared, *more]).commits == ("a" * 10, "b" * 10)


def test_a_machine_with_other_bits_in_one_trial_adds_nothing() -> None:
    ours = fake.fake_trials(BOTH, [0, 1], where=HERE)
    theirs = [*fake.fake_trials(BOTH, [0, 2], where=THERE)]
    theirs[0] = with_other_weights(theirs[0], epoch=3)
    study = studied([*ours, *theirs], BOTH)
    assert {entry.seeds for entry in study.entries} == {(0, 1)}
    [peer] = study.peers
    assert [(found.record.seed, found.mismatch.epoch) for found in peer.divergences] == [(0, 3)]


def test_a_trial_that_failed_here_stays_a_failure_though_another_machine_measured_it() -> None:
    ours, theirs = (fake.fake_trials(DENSE, [0, 1], where=where) for where in (HERE, THERE))
    [entry] = studied([fake.failed(ours[0], kind="crash"), ours[1], *theirs]).entries
    assert (entry.seeds, [failed.seed for failed in entry.failures]) == ((1,), [0])


def test_a_trial_that_failed_elsewhere_counts_only_where_no_machine_measured_it() -> None:
    third = fake.environment("A Third Processor")
    [zero, one, two] = fake.fake_trials(DENSE, [0, 1, 2], where=THERE)
    trials = [fake.failed(zero), fake.failed(one), two, *fake.fake_trials(DENSE, [1], where=third)]
    [entry] = studied(trials).entries
    assert (entry.seeds, [failed.seed for failed in entry.failures]) == ((1, 2), [0])


def test_a_record_that_is_too_short_here_gives_way_to_a_longer_one_elsewhere() -> None:
    short, long = fake.architectures("000_convnet", "001_convnet_8_epochs")
    [ours], theirs = (fake.fake_trials([short, long], [0], where=where) for where in (HERE, THERE))
    cut = fake.failed(ours, epochs=5)
    trials = [fake.FakeTrial(cut.record.model_copy(update={"failure": None}), {}), *theirs]
    first, second = studied(trials, (short, long)).entries
    assert [run.environment for entry in (first, second) for run in entry.runs] == [HERE.id, THERE.id]


def test_predictions_are_read_when_they_are_asked_for_and_once_for_all_that_read_the_same_epoch() -> None:
    chosen = fake.architectures(*SHARED)
    trials = fake.fake_trials(chosen, [0, 1])
    kept = {one.record.seed: one.predictions for one in trials}
    asked: list[tuple[int, int, str]] = []

    def read(record: Record, epoch: int, evaluation: str) -> Classes | None:
        asked.append((record.seed, epoch, evaluation))
        return kept[record.seed][epoch].get(evaluation)

    study = make_study(chosen, [one.record for one in trials], Settings(), fake.environment(), read)
    assert asked == []
    assert all(run.predicted("test") is not None for _ in range(2) for entry in study.entries for run in entry.runs)
    assert sorted(asked) == [
        (seed, epoch, "test") for seed in (0, 1) for epoch in sorted({one.epochs for one in study.entries})
    ]
