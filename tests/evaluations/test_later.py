"""Evaluations of recorded trials: trained again to the same bits, and recorded beside a file that nobody rewrites."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_architectures import architecture
from fake_trials import ENVIRONMENT, FakeTrainer, changed_epoch, fake_evaluation, fake_outcome

from harness.analysis.frame import records_frame
from harness.analysis.runs import ArchitectureResults, make_study
from harness.app.audit import audit_files
from harness.app.training.benchmark import Benchmark, plan_benchmark
from harness.app.training.recording import run_benchmark
from harness.app.training.sentences import plan_sentences
from harness.app.verify import trial_of
from harness.execute.engine import Outcome, TrialEnded
from harness.planning.plan import Status
from harness.planning.settings import Settings
from harness.planning.trial import Due, Trial
from harness.records.content import content_digest
from harness.records.predictions import digest
from harness.records.record import Failure, Record
from harness.records.store import Store
from harness.spec.architecture import Architecture
from harness.spec.training.monitoring import BestEpoch

FIVE, EIGHT = architecture("five", epochs=5), architecture("eight", epochs=8)
CRASH = Failure(stage="train", kind="crash", reason="the process was ended by SIGSEGV")


def benchmark(folder: Path, *evaluations: str, seeds: tuple[int, ...] = (0,)) -> Benchmark:
    return Benchmark((FIVE,), Settings(seeds=seeds, evaluations=evaluations), ENVIRONMENT, Store(folder))


def evaluated(trial: Trial) -> Outcome:
    """The outcome of a trial, with what is due evaluated in some way."""
    outcome = fake_outcome(trial)
    assert outcome.measurement is not None
    epochs, predictions = [], {}
    for epoch in outcome.measurement.epochs:
        classes = dict(outcome.predictions[epoch.epoch])
        found = dict(epoch.evaluations)
        for name in trial.evaluations_after(epoch.epoch)[1:]:
            classes[name] = classes["test"][::-1].copy()
            found[name] = fake_evaluation(0.5, 1.0, classes[name])
        epochs.append(epoch.model_copy(update={"evaluations": found}))
        predictions[epoch.epoch] = classes
    return replace(
        outcome,
        measurement=outcome.measurement.model_copy(update={"epochs": tuple(epochs)}),
        predictions=predictions,
    )


def with_other_bits(trial: Trial) -> Outcome:
    outcome = evaluated(trial)
    assert outcome.measurement is not None
    first, *rest = outcome.measurement.epochs
    epochs = (changed_epoch(first, weights_sha256="f" * 64), *rest)
    return replace(outcome, measurement=outcome.measurement.model_copy(update={"epochs": epochs}))


def run(of: Benchmark, outcome: Callable[[Trial], Outcome] = evaluated) -> list[TrialEnded]:
    events = run_benchmark(of, plan_benchmark(of), FakeTrainer(outcome))
    return [event for event in events if isinstance(event, TrialEnded)]


def only_record(of: Benchmark) -> Record:
    loaded = of.store.load()
    assert loaded.unreadable == ()
    (record,) = loaded.records
    return record


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("records/*/*")}


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A results folder with one trial, recorded without any evaluation but the test's."""
    run(benchmark(tmp_path))
    return tmp_path


def test_a_recorded_trial_is_planned_again_for_an_evaluation_that_it_lacks(recorded: Path) -> None:
    plan = plan_benchmark(benchmark(recorded, "shift"))
    assert [planned.status for planned in plan.pending] == [Status.EVALUATE]
    assert plan_sentences(plan, 1)[-1] == "1 of them is recorded, to be trained again to the same bits for shift."
    assert plan.seconds(1) > 0


def test_it_is_recorded_beside_and_read_as_part_of_the_record(recorded: Path) -> None:
    before, plain = files(recorded), only_record(benchmark(recorded))
    of = benchmark(recorded, "shift")
    (ended,) = run(of)
    assert ended.outcome.failure is None
    after = files(recorded)
    assert {name: after[name] for name in before} == before, "what was recorded stays byte for byte"
    assert sorted(after.keys() - before.keys()) == [
        f"{plain.name}.shift-epoch5.json",
        f"{plain.name}.shift-epoch5.npz",
    ]
    record = only_record(of)
    assert record.evaluated == ("test", "shift")
    assert record.measurement is not None
    assert record.measurement.epochs[-1].value("shift", "accuracy") == 0.5
    assert record == of.store.read(ENVIRONMENT.id, record.name)
    predictions = of.store.predictions(record, 5)[5]
    shifted = of.store.predicted(record, 5, "shift")
    assert shifted is not None
    assert np.array_equal(shifted, predictions["shift"])
    assert digest(predictions["shift"]) == record.measurement.epochs[-1].evaluations["shift"].predictions_sha256
    assert predictions.keys() == {"test", "shift"}
    assert plan_benchmark(of).pending == ()
    assert trial_of(record, {}).due == (Due(5, "shift"),), "and 'bench verify' evaluates it again"


def test_evaluations_are_added_one_by_one(recorded: Path) -> None:
    run(benchmark(recorded, "shift"))
    of = benchmark(recorded, "shift", "calibration")
    (planned,) = plan_benchmark(of).pending
    assert planned.trial.due == (Due(5, "calibration"),)
    run(of)
    assert only_record(of).evaluated == ("test", "calibration", "shift")
    assert run(of) == []


def test_only_the_epochs_up_to_the_last_missing_one_are_trained_again(tmp_path: Path) -> None:
    of = replace(benchmark(tmp_path), architectures=(FIVE, EIGHT))
    run(of)
    asked = replace(of, architectures=(FIVE.model_copy(update={"evaluate": ("shift",)}), EIGHT))
    (planned,) = plan_benchmark(asked).pending
    assert (planned.trial.epochs, planned.trial.due) == (5, (Due(5, "shift"),))
    run(asked)
    record = only_record(asked)
    assert record.measurement is not None
    assert ["shift" in epoch.evaluations for epoch in record.measurement.epochs].index(True) == 4
    assert len(record.measurement.epochs) == 8


def test_other_bits_are_a_failure_that_records_nothing(recorded: Path) -> None:
    before = files(recorded)
    (ended,) = run(benchmark(recorded, "shift"), with_other_bits)
    assert ended.outcome.failure is not None
    assert (ended.outcome.failure.kind, "epoch 1 differs" in ended.outcome.failure.reason) == ("bits", True)
    assert files(recorded) == before


def test_a_trial_that_fails_leaves_the_record_and_is_tried_again(recorded: Path) -> None:
    before = files(recorded)
    of = benchmark(recorded, "shift")
    run(of, lambda trial: fake_outcome(trial, 2, CRASH))
    assert files(recorded) == before
    assert [planned.status for planned in plan_benchmark(of).pending] == [Status.EVALUATE]


def test_a_new_trial_has_its_evaluations_in_its_record(tmp_path: Path) -> None:
    of = benchmark(tmp_path, "shift")
    run(of)
    assert sorted(name.rpartition("seed0")[2] for name in files(tmp_path)) == [".json", ".npz"]
    assert plan_benchmark(of).pending == ()


def edited(path: Path, **changes: object) -> None:
    """Change the file's fields, and make its digest hold."""
    content = {**json.loads(path.read_text()), **changes}
    content.pop("sha256")
    path.write_text(json.dumps({**content, "sha256": content_digest(content)}))


def damage(path: Path, kind: str) -> None:
    match kind:
        case "a byte changed":
            path.write_bytes(path.read_bytes().replace(b'"epoch": 5', b'"epoch": 4'))
        case "cut off":
            path.write_bytes(path.read_bytes()[:100])
        case "other weights":
            edited(path, weights_sha256="e" * 64)
        case "another seed's":
            edited(path, seed=7)
        case "not an evaluation":
            edited(path, measured=None)
        case "no record":
            path.with_name(f"{path.stem.partition('.')[0]}.json").unlink()


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("a byte changed", "was changed after it was saved"),
        ("cut off", "is not a whole JSON document"),
        ("other weights", "evaluates weights that the record beside it does not have"),
        ("another seed's", "has a name that does not belong to what it evaluated"),
        ("not an evaluation", "is not an evaluation of format 2: measured"),
        ("no record", "stands beside no record that can be used"),
    ],
)
def test_a_file_that_can_not_be_used_is_named_and_joins_nothing(recorded: Path, kind: str, reason: str) -> None:
    of = benchmark(recorded, "shift")
    run(of)
    (path,) = recorded.glob("records/*/*.shift-epoch5.json")
    damage(path, kind)
    loaded = of.store.load()
    assert [(file.path, reason in file.reason) for file in loaded.unreadable] == [(path, True)]
    assert [record.evaluated for record in loaded.records] == ([] if kind == "no record" else [("test",)])
    assert len(plan_benchmark(of).pending) == 1


def test_an_audit_finds_predictions_that_were_changed(recorded: Path) -> None:
    of = benchmark(recorded, "shift")
    run(of)
    assert "predictions" not in {fault.check for fault in audit_files(of.store.by_path(), {}, {}).faults}
    (path,) = recorded.glob("records/*/*.shift-epoch5.npz")
    path.unlink()
    faults = [fault.what for fault in audit_files(of.store.by_path(), {}, {}).faults if fault.check == "predictions"]
    assert faults == ["epoch 5: the shift predictions are missing"]


def test_a_trial_extended_later_keeps_what_was_evaluated_beside_it(recorded: Path) -> None:
    run(benchmark(recorded, "shift"))
    of = replace(benchmark(recorded), architectures=(EIGHT,))
    run(of)
    assert evaluated_epochs(of) == {5: [5], 8: [5]}
    record = of.store.read(ENVIRONMENT.id, of.store.load().records[0].name)
    assert record is not None
    assert record.measurement is not None
    assert "shift" in record.measurement.epochs[4].evaluations
    assert of.store.predictions(record, 5)[5].keys() == {"test", "shift"}


def test_what_is_evaluated_later_joins_the_record_that_has_the_epoch(recorded: Path) -> None:
    run(replace(benchmark(recorded), architectures=(EIGHT,)))
    of = replace(benchmark(recorded, "shift"), architectures=(FIVE, EIGHT))
    run(of)
    assert plan_benchmark(of).pending == ()
    assert evaluated_epochs(of) == {5: [5], 8: [5, 8]}
    assert all(of.store.predicted(record, record.epochs, "shift") is not None for record in of.store.load().records)


def test_what_a_longer_training_evaluates_of_an_earlier_epoch_counts_for_the_shorter_one(recorded: Path) -> None:
    of = replace(benchmark(recorded, "shift"), architectures=(FIVE, EIGHT))
    run(of)
    assert plan_benchmark(of).pending == ()
    assert evaluated_epochs(of) == {5: [5], 8: [5, 8]}
    for entry in make_study(
        (FIVE, EIGHT), of.store.load().records, Settings(), ENVIRONMENT, of.store.predicted
    ).entries:
        assert entry.evaluated == {"test", "shift"}
        assert [run.predicted("shift") is not None for run in entry.runs] == [True]
    frame = records_frame(of.store.load().records)
    assert list(frame.loc[frame["shift_accuracy"].notna(), "epoch"]) == [5, 8]
    faults = audit_files(of.store.by_path(), {}, {}).faults
    assert not {fault.check for fault in faults} & {"file", "epochs", "predictions", "copies"}


@pytest.mark.parametrize("evaluated_first", [False, True])
def test_weights_that_count_in_both_trainings_are_evaluated_once_for_both(
    tmp_path: Path, *, evaluated_first: bool
) -> None:
    """The best epoch of both is the third."""
    five, eight = best_epoch(5), best_epoch(8)
    run(replace(benchmark(tmp_path, *(["shift"] if evaluated_first else [])), architectures=(five,)), third_is_best)
    run(replace(benchmark(tmp_path), architectures=(eight,)), third_is_best)
    of = replace(benchmark(tmp_path, "shift"), architectures=(eight,))
    assert [one.status for one in plan_benchmark(of).pending] == ([] if evaluated_first else [Status.EVALUATE])
    run(of, third_is_best)
    assert plan_benchmark(of).pending == ()
    for entry in make_study(
        (five, eight), of.store.load().records, Settings(), ENVIRONMENT, of.store.predicted
    ).entries:
        assert entry.evaluated == {"test", "shift"}
        assert [one.predicted("shift") is not None for one in entry.runs] == [True]


def results(of: Benchmark, *architectures: Architecture) -> tuple[ArchitectureResults, ...]:
    records = of.store.load().records
    return make_study(architectures, records, Settings(), ENVIRONMENT, of.store.predicted).entries


def best_epoch(epochs: int) -> Architecture:
    plain = architecture(f"best_of_{epochs}", epochs=epochs)
    monitoring = plain.training.model_copy(update={"best_epoch": BestEpoch(monitor="loss")})
    return plain.model_copy(update={"training": monitoring})


def third_is_best(trial: Trial) -> Outcome:
    outcome = evaluated(replace(trial, due=()))
    assert outcome.measurement is not None
    epochs = [changed_epoch(epoch, train_loss=abs(epoch.epoch - 3) + 0.5) for epoch in outcome.measurement.epochs]
    predictions = {epoch: dict(classes) for epoch, classes in outcome.predictions.items()}
    for due in trial.due:
        counted = trial.computation.counted(epochs[: due.epoch])
        classes = predictions[counted][due.evaluation] = predictions[counted]["test"][::-1].copy()
        known = epochs[counted - 1]
        found = {**known.evaluations, due.evaluation: fake_evaluation(0.5, 1.0, classes)}
        epochs[counted - 1] = known.model_copy(update={"evaluations": found})
    measurement = outcome.measurement.model_copy(update={"epochs": tuple(epochs)})
    return replace(outcome, measurement=measurement, predictions=predictions)


def evaluated_epochs(of: Benchmark) -> dict[int, list[int]]:
    """Return the epochs that were evaluated on shifted images, by the epochs of the record."""
    return {
        record.epochs: [epoch.epoch for epoch in record.finished_epochs if "shift" in epoch.evaluations]
        for record in of.store.load().records
    }
