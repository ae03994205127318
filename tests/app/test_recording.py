"""The whole benchmark with a trainer that costs nothing: what is trained, recorded, resumed and never lost."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
from fake_architectures import architecture
from fake_trials import ENVIRONMENT, FakeTrainer, elsewhere, fake_outcome

from harness.app.training.benchmark import Benchmark, plan_benchmark
from harness.app.training.recording import record_outcome, run_benchmark
from harness.errors import CannotWrite
from harness.execute.engine import Outcome, TrialEnded, TrialRecordedElsewhere
from harness.planning.plan import Status
from harness.planning.settings import Settings
from harness.planning.trial import Trial
from harness.records.record import Failure, Record
from harness.records.store import Store
from harness.spec.architecture import Architecture

FIVE, EIGHT, OTHER = architecture("five", epochs=5), architecture("eight", epochs=8), architecture("other", units=32)
CRASH = Failure(stage="train", kind="crash", reason="the process was ended by SIGSEGV", log=("last words",))


def benchmark(folder: Path, *architectures: Architecture, seeds: tuple[int, ...] = (0, 1)) -> Benchmark:
    return Benchmark(architectures or (FIVE, OTHER), Settings(seeds=seeds), ENVIRONMENT, Store(folder))


def run(of: Benchmark, trainer: FakeTrainer | None = None) -> FakeTrainer:
    trainer = trainer or FakeTrainer()
    for _ in run_benchmark(of, plan_benchmark(of), trainer):
        pass
    return trainer


def records(of: Benchmark) -> dict[str, Record]:
    return of.store.load().of(ENVIRONMENT.id)


def test_every_trial_is_recorded_the_moment_it_ends(tmp_path: Path) -> None:
    of = benchmark(tmp_path)
    known = [
        len(records(of))
        for event in run_benchmark(of, plan_benchmark(of), FakeTrainer())
        if isinstance(event, TrialEnded)
    ]
    assert known == [1, 2, 3, 4]


def test_resume_trains_only_what_is_missing(tmp_path: Path) -> None:
    assert len(run(benchmark(tmp_path, FIVE)).trained) == 2
    assert [trial.architectures for trial in run(benchmark(tmp_path, FIVE, OTHER)).trained] == [("other",)] * 2
    assert run(benchmark(tmp_path, FIVE, OTHER)).trained == []


def test_adding_an_architecture_changes_no_recorded_number(tmp_path: Path) -> None:
    run(benchmark(tmp_path / "alone", FIVE))
    run(benchmark(tmp_path / "together", FIVE, EIGHT, OTHER))
    together = records(benchmark(tmp_path / "together"))
    for name, record in records(benchmark(tmp_path / "alone")).items():
        assert record.measurement is not None
        other = together[name].measurement
        assert other is not None
        assert other.epochs[:5] == record.measurement.epochs


def test_a_shorter_record_is_extended_and_keeps_its_first_epochs(tmp_path: Path) -> None:
    run(benchmark(tmp_path, FIVE))
    assert [one.status for one in plan_benchmark(benchmark(tmp_path, EIGHT)).trials] == [Status.EXTEND] * 2
    run(benchmark(tmp_path, EIGHT))
    assert all(record.epochs == 8 for record in records(benchmark(tmp_path)).values())


def test_an_extension_with_other_bits_is_a_failure_and_loses_nothing(tmp_path: Path) -> None:
    run(benchmark(tmp_path, FIVE, seeds=(0,)))
    before = next(iter(records(benchmark(tmp_path)).values()))

    def other_bits(trial: Trial) -> Outcome:
        outcome = fake_outcome(trial)
        assert outcome.measurement is not None
        third = outcome.measurement.epochs[2].model_copy(update={"weights_sha256": "f" * 64})
        epochs = (*outcome.measurement.epochs[:2], third, *outcome.measurement.epochs[3:])
        return replace(outcome, measurement=outcome.measurement.model_copy(update={"epochs": epochs}))

    run(benchmark(tmp_path, EIGHT, seeds=(0,)), FakeTrainer(other_bits))
    after = next(iter(records(benchmark(tmp_path)).values()))
    assert after.failure is not None
    assert after.failure.kind == "bits"
    assert "epoch 3 differs" in after.failure.reason
    assert after.measurement == before.measurement


def test_a_failed_extension_leaves_the_numbers_with_the_environment_they_come_from(tmp_path: Path) -> None:
    run(benchmark(tmp_path, FIVE, seeds=(0,)))
    later = replace(benchmark(tmp_path, EIGHT, seeds=(0,)), environment=elsewhere(commit="b" * 40))
    assert later.environment.id == ENVIRONMENT.id
    run(later, FakeTrainer(lambda trial: fake_outcome(trial, 2, CRASH)))
    record = next(iter(records(later).values()))
    assert record.failure == CRASH
    assert record.environment == ENVIRONMENT


def test_a_record_names_the_environment_that_the_trial_ran_in(tmp_path: Path) -> None:
    of = benchmark(tmp_path, FIVE, seeds=(0,))
    there = elsewhere(processor="Another Processor", cores=64)
    run(of, FakeTrainer(lambda trial: replace(fake_outcome(trial), environment=there)))
    (record,) = of.store.load().of(there.id).values()
    assert record.environment == there
    assert not records(of)


def test_a_trial_that_ended_before_it_described_its_environment_has_the_benchmarks(tmp_path: Path) -> None:
    of = benchmark(tmp_path, FIVE, seeds=(0,))
    run(of, FakeTrainer(lambda _: Outcome(None, failure=CRASH)))
    (record,) = records(of).values()
    assert record.environment == ENVIRONMENT


def test_other_bits_are_not_kept_as_a_checkpoint_to_go_on_from(tmp_path: Path) -> None:
    of = benchmark(tmp_path, FIVE, seeds=(0,))
    trial = plan_benchmark(of).trials[0].trial
    checkpoint = of.store.checkpoint(ENVIRONMENT.id, trial.name)
    checkpoint.parent.mkdir(parents=True)
    for failure, kept in ((CRASH, True), (CRASH.model_copy(update={"kind": "bits"}), False)):
        checkpoint.write_bytes(b"state")
        record_outcome(of, trial, fake_outcome(trial, 2, failure))
        assert checkpoint.exists() is kept


def test_a_trial_that_was_resumed_past_what_is_asked_for_keeps_all_its_epochs(tmp_path: Path) -> None:
    of = benchmark(tmp_path, FIVE, seeds=(0,))
    run(of, FakeTrainer(lambda trial: fake_outcome(trial, 6)))
    record = next(iter(records(of).values()))
    assert record.epochs == 6
    assert plan_benchmark(of).pending == ()


def test_half_written_files_of_a_killed_run_are_removed_before_its_trial_starts(tmp_path: Path) -> None:
    of = benchmark(tmp_path, FIVE, seeds=(0,))
    name = plan_benchmark(of).trials[0].trial.name
    parts = [
        folder / f".{name}.json.abc.part"
        for folder in (of.store.folder / ENVIRONMENT.id, of.store.checkpoints(ENVIRONMENT.id))
    ]
    for part in parts:
        part.parent.mkdir(parents=True)
        part.write_bytes(b"half")
    run(of)
    assert not [part for part in parts if part.exists()]


def test_what_another_run_records_meanwhile_is_told(tmp_path: Path) -> None:
    of = benchmark(tmp_path, FIVE)
    plan = plan_benchmark(of)
    run(of)
    events = list(run_benchmark(of, plan, FakeTrainer()))
    assert events == [TrialRecordedElsewhere(planned.trial) for planned in plan.pending]


def test_a_failure_is_recorded_and_the_others_go_on(tmp_path: Path) -> None:
    of = benchmark(tmp_path, FIVE, OTHER)

    def crash_other(trial: Trial) -> Outcome:
        return Outcome(None, failure=CRASH) if "other" in trial.architectures else fake_outcome(trial)

    run(of, FakeTrainer(crash_other))
    failed = [record for record in records(of).values() if record.failure]
    assert len(records(of)) == 4
    assert [record.failure for record in failed] == [CRASH] * 2


def test_failed_trials_are_tried_again(tmp_path: Path) -> None:
    of = benchmark(tmp_path, FIVE)
    run(of, FakeTrainer(lambda _: Outcome(None, failure=CRASH)))
    assert [one.status for one in plan_benchmark(of).trials] == [Status.RETRY] * 2
    run(of)
    assert all(record.failure is None for record in records(of).values())


def test_a_trial_that_was_killed_after_its_last_epoch_is_tried_again(tmp_path: Path) -> None:
    of = benchmark(tmp_path, FIVE, seeds=(0,))
    run(of, FakeTrainer(lambda trial: fake_outcome(trial, failure=CRASH)))
    run(of, FakeTrainer(lambda trial: fake_outcome(trial, 2, CRASH)))
    (record,) = records(of).values()
    assert record.measurement is not None
    assert (record.failure, len(record.measurement.epochs)) == (CRASH, 5)
    run(of)
    (record,) = records(of).values()
    assert record.failure is None
    assert plan_benchmark(of).pending == ()


def test_a_failed_extension_keeps_the_epochs_that_were_recorded(tmp_path: Path) -> None:
    run(benchmark(tmp_path, FIVE, seeds=(0,)))
    run(benchmark(tmp_path, EIGHT, seeds=(0,)), FakeTrainer(lambda trial: fake_outcome(trial, 2, CRASH)))
    record = next(iter(records(benchmark(tmp_path)).values()))
    assert record.failure == CRASH
    assert record.measurement is not None
    assert len(record.measurement.epochs) == 5
    assert benchmark(tmp_path).store.predictions(record).keys() == {1, 2, 3, 4, 5}


def test_a_full_disk_is_one_sentence_and_nothing_is_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = benchmark(tmp_path, FIVE)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotWrite, match="No space left on device"):
        run(of)
    assert not list(tmp_path.rglob("*.part"))
    assert not records(of)


def test_two_runs_never_train_the_same_trial(tmp_path: Path) -> None:
    of = benchmark(tmp_path, FIVE, OTHER)
    first, second = FakeTrainer(), FakeTrainer()
    one = run_benchmark(of, plan_benchmark(of), first)
    next(one)  # holds its first trial's lock
    other = run_benchmark(of, plan_benchmark(of), second)
    for _ in other:
        pass
    for _ in one:
        pass
    names = [trial.name for trial in (*first.trained, *second.trained)]
    assert len(names) == len(set(names)) == 4
    assert len(second.trained) == 3
