"""A trial that is recorded and trained again for more epochs: both records stand, and each reader finds its own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fake_architectures import architecture
from fake_trials import ENVIRONMENT, FakeTrainer, changed_epoch, elsewhere, fake_outcome

from harness.analysis.frame import records_frame
from harness.analysis.runs import ArchitectureResults, make_study
from harness.app.audit import audit_files
from harness.app.record_index import index_records
from harness.app.training.benchmark import Benchmark, plan_benchmark
from harness.app.training.recording import run_benchmark
from harness.execute.engine import Outcome
from harness.planning.plan import Status
from harness.planning.settings import Settings
from harness.planning.trial import Trial
from harness.records.content import content_digest
from harness.records.pooling import choose_environment
from harness.records.record import Failure, Record
from harness.records.store import Store
from harness.spec.architecture import Architecture

FIVE, EIGHT, NINE = architecture("five", epochs=5), architecture("eight", epochs=8), architecture("nine", epochs=9)
CRASH = Failure(stage="train", kind="crash", reason="the process was ended by SIGSEGV")
SLOW = 3.0


def slowly(trial: Trial, epochs: int | None = None, failure: Failure | None = None) -> Outcome:
    """Return the trial's outcome on a busy machine: the same bits, other seconds."""
    outcome = fake_outcome(trial, epochs, failure)
    assert outcome.measurement is not None
    slow = tuple(changed_epoch(epoch, train_seconds=SLOW) for epoch in outcome.measurement.epochs)
    return replace(outcome, measurement=outcome.measurement.model_copy(update={"epochs": slow}))


def other_bits(trial: Trial) -> Outcome:
    outcome = fake_outcome(trial)
    assert outcome.measurement is not None
    first, second, *rest = outcome.measurement.epochs
    epochs = (first, changed_epoch(second, weights_sha256="f" * 64), *rest)
    return replace(outcome, measurement=outcome.measurement.model_copy(update={"epochs": epochs}))


def evaluated(trial: Trial) -> Outcome:
    outcome = fake_outcome(trial)
    assert outcome.measurement is not None
    *others, last = outcome.measurement.epochs
    further = last.model_copy(update={"evaluations": {**last.evaluations, "shift": last.evaluations["test"]}})
    return replace(outcome, measurement=outcome.measurement.model_copy(update={"epochs": (*others, further)}))


def benchmark(folder: Path, *architectures: Architecture, seeds: tuple[int, ...] = (0,)) -> Benchmark:
    return Benchmark(architectures, Settings(seeds=seeds), ENVIRONMENT, Store(folder))


def run(of: Benchmark, trainer: FakeTrainer | None = None) -> None:
    for _ in run_benchmark(of, plan_benchmark(of), trainer or FakeTrainer()):
        pass


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("records/*/*")}


def results(folder: Path, *architectures: Architecture) -> tuple[ArchitectureResults, ...]:
    store = Store(folder)
    return make_study(architectures, store.load().records, Settings(), ENVIRONMENT, store.predicted).entries


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """Return a results folder with a training of five epochs and, later and on a busy machine, one of eight."""
    run(benchmark(tmp_path, FIVE, seeds=(0, 1)))
    run(benchmark(tmp_path, EIGHT, seeds=(0, 1)), FakeTrainer(slowly))
    return tmp_path


def test_no_byte_of_the_shorter_record_is_written_again(tmp_path: Path) -> None:
    run(benchmark(tmp_path, FIVE))
    before = contents(tmp_path)
    run(benchmark(tmp_path, EIGHT))
    after = contents(tmp_path)
    (name,) = (name.removesuffix(".json") for name in before if name.endswith(".json"))
    assert after.keys() - before.keys() == {f"{name}.epochs8.json", f"{name}.epochs8.npz"}
    assert {file: after[file] for file in before} == before


def test_nothing_is_trained_again_for_either_length(both: Path) -> None:
    assert plan_benchmark(benchmark(both, FIVE, EIGHT, seeds=(0, 1))).pending == ()
    assert plan_benchmark(benchmark(both, FIVE, seeds=(0, 1))).pending == ()
    assert [one.status for one in plan_benchmark(benchmark(both, NINE)).trials] == [Status.EXTEND]


def test_each_architecture_has_the_times_and_predictions_of_its_own_training(both: Path) -> None:
    five, eight = results(both, FIVE, EIGHT)
    assert [run.train_seconds for run in eight.runs] == [8 * SLOW] * 2
    assert all(epoch.train_seconds != SLOW for run in five.runs for epoch in run.epochs)
    assert [run.predicted("test") is not None for entry in (five, eight) for run in entry.runs] == [True] * 4
    assert [len(run.epochs) for entry in (five, eight) for run in entry.runs] == [5, 5, 8, 8]


def test_an_even_longer_training_stands_beside_both(both: Path) -> None:
    before = contents(both)
    run(benchmark(both, NINE))
    after = contents(both)
    assert {file: after[file] for file in before} == before
    assert sorted(file for file in after if "seed0" in file and file.endswith(".json"))[:2] == sorted(
        file for file in after if ".epochs" in file and "seed0" in file and file.endswith(".json")
    )
    assert [len(entry.runs) for entry in results(both, FIVE, EIGHT, NINE)] == [2, 2, 1]


def test_other_bits_are_a_failure_beside_the_record_that_stays(tmp_path: Path) -> None:
    run(benchmark(tmp_path, FIVE))
    before = contents(tmp_path)
    run(benchmark(tmp_path, EIGHT), FakeTrainer(other_bits))
    assert {file: contents(tmp_path)[file] for file in before} == before
    five, eight = results(tmp_path, FIVE, EIGHT)
    assert (len(five.runs), len(eight.runs)) == (1, 0)
    assert [failed.failure.kind for failed in eight.failures] == ["bits"]
    assert [one.status for one in plan_benchmark(benchmark(tmp_path, FIVE)).trials] == [Status.RECORDED]
    assert [one.status for one in plan_benchmark(benchmark(tmp_path, EIGHT)).trials] == [Status.RETRY]


@pytest.mark.parametrize("reached", [2, 7])
def test_a_crash_of_the_longer_training_is_tried_again_and_then_forgotten(reached: int, tmp_path: Path) -> None:
    run(benchmark(tmp_path, FIVE))
    before = contents(tmp_path)
    run(benchmark(tmp_path, EIGHT), FakeTrainer(lambda trial: fake_outcome(trial, reached, CRASH)))
    assert [one.status for one in plan_benchmark(benchmark(tmp_path, EIGHT)).trials] == [Status.RETRY]
    run(benchmark(tmp_path, EIGHT))
    assert {file: contents(tmp_path)[file] for file in before} == before
    assert [len(entry.runs) for entry in results(tmp_path, FIVE, EIGHT)] == [1, 1]
    assert len([file for file in contents(tmp_path) if file.endswith(".json")]) == 2


def test_a_failure_gives_way_to_a_longer_training_of_the_same_machine(tmp_path: Path) -> None:
    run(benchmark(tmp_path, FIVE))
    run(benchmark(tmp_path, EIGHT), FakeTrainer(lambda trial: fake_outcome(trial, 6, CRASH)))
    run(benchmark(tmp_path, NINE))
    five, eight, nine = results(tmp_path, FIVE, EIGHT, NINE)
    assert [(len(entry.runs), len(entry.failures)) for entry in (five, eight, nine)] == [(1, 0)] * 3


def test_a_longer_record_of_other_bits_is_named_and_not_read(both: Path) -> None:
    path = next(both.glob("records/*/*seed0.epochs8.json"))
    content = json.loads(path.read_text())
    content["measurement"]["epochs"][3]["weights_sha256"] = "0" * 64
    del content["sha256"]
    path.write_text(json.dumps({**content, "sha256": content_digest(content)}))
    loaded = Store(both).load()
    assert [(file.path, file.reason) for file in loaded.unreadable] == [
        (path, "has other bits than a shorter record beside it, in epoch 4")
    ]
    assert len(loaded.records) == 3


@pytest.mark.parametrize("stem", ["{trial}.epochs9", "{trial}", "{trial}.epochs8.x"])
def test_a_longer_record_under_another_name_is_named_and_not_read(both: Path, stem: str) -> None:
    path = next(both.glob("records/*/*seed1.epochs8.json"))
    other = path.with_name(stem.format(trial=path.name.partition(".")[0]) + ".json")
    path.replace(other)
    (unreadable,) = Store(both).load().unreadable
    assert (unreadable.path, "name or a fingerprint" in unreadable.reason) == (other, True)


def test_a_longer_record_stands_by_itself_where_the_shorter_one_is_gone(both: Path) -> None:
    for path in both.glob("records/*/*seed0.json"):
        path.unlink()
    assert [len(entry.runs) for entry in results(both, FIVE, EIGHT)] == [2, 2]
    assert plan_benchmark(benchmark(both, FIVE, EIGHT, seeds=(0, 1))).pending == ()


def test_of_two_longer_records_of_other_bits_the_longest_is_not_read(both: Path) -> None:
    run(benchmark(both, NINE))
    path = next(both.glob("records/*/*seed0.epochs9.json"))
    content = json.loads(path.read_text())
    content["measurement"]["epochs"][6]["weights_sha256"] = "0" * 64
    del content["sha256"]
    path.write_text(json.dumps({**content, "sha256": content_digest(content)}))
    assert [(file.path, file.reason) for file in Store(both).load().unreadable] == [
        (path, "has other bits than a shorter record beside it, in epoch 7")
    ]


def test_both_hold_in_an_audit(both: Path) -> None:
    faults = audit_files(Store(both).by_path(), {}, {}).faults
    assert not {fault.check for fault in faults} & {"file", "epochs", "predictions", "copies"}


def test_a_copy_under_another_seed_is_still_found(both: Path) -> None:
    path = next(both.glob("records/*/*seed1.json"))
    content = json.loads(path.read_text()) | {"seed": 7}
    del content["sha256"]
    copy = path.with_name(path.name.replace("seed1", "seed7"))
    copy.write_text(json.dumps({**content, "sha256": content_digest(content)}))
    faults = [fault for fault in audit_files(Store(both).by_path(), {}, {}).faults if fault.check == "copies"]
    assert [fault.path for fault in faults] == [copy]


def test_a_frame_of_all_records_has_each_epoch_once(both: Path) -> None:
    frame = records_frame(Store(both).load().records)
    assert sorted(frame.groupby("seed").size()) == [8, 8]
    assert sorted(frame.loc[frame["seed"] == 0, "epoch"]) == list(range(1, 9))


def test_a_frame_leaves_out_a_failure_that_a_longer_training_made_good(tmp_path: Path) -> None:
    run(benchmark(tmp_path, FIVE))
    run(benchmark(tmp_path, EIGHT), FakeTrainer(lambda trial: slowly(trial, 7, CRASH)))
    failed = records_frame(Store(tmp_path).load().records)
    assert list(failed.loc[failed["failure"].notna(), "failure"])[-1] == CRASH.reason
    run(benchmark(tmp_path, NINE))
    frame = records_frame(Store(tmp_path).load().records)
    assert list(frame["epoch"]) == list(range(1, 10))
    assert frame["failure"].isna().all()
    assert (frame["train_seconds"] != SLOW).all()


def test_extending_trials_makes_no_machine_the_one_with_most(tmp_path: Path) -> None:
    there = elsewhere(processor="Another Processor", cores=64)
    run(benchmark(tmp_path, FIVE, seeds=(0, 1, 2, 3)))
    other = replace(benchmark(tmp_path, FIVE, seeds=(0, 1, 2)), environment=there, retrain=True)
    run(other)
    run(replace(other, architectures=(EIGHT,)))
    assert choose_environment(Store(tmp_path).load().records) == ENVIRONMENT


def test_what_another_machine_evaluated_in_the_shorter_training_stands_though_it_has_a_longer_one(
    tmp_path: Path,
) -> None:
    there = elsewhere(processor="Another Processor", cores=64)
    shifted = Settings(seeds=(0,), evaluations=("shift",))
    run(replace(benchmark(tmp_path, FIVE), environment=there, settings=shifted), FakeTrainer(evaluated))
    run(replace(benchmark(tmp_path, NINE), environment=there))
    both = replace(shifted, seeds=(1,))
    run(replace(benchmark(tmp_path, FIVE), environment=there, settings=both), FakeTrainer(evaluated))
    run(replace(benchmark(tmp_path, FIVE), settings=both), FakeTrainer(evaluated))
    here = replace(benchmark(tmp_path, FIVE), settings=replace(shifted, seeds=(0, 1)))
    assert [one.status for one in plan_benchmark(here).trials] == [Status.ELSEWHERE, Status.RECORDED]


def test_the_index_counts_a_seed_once_and_by_how_far_it_goes(both: Path) -> None:
    (fingerprint,) = {record.fingerprint for record in Store(both).load().records}
    index = index_records(both)
    assert [index.seeds(fingerprint, epochs).elsewhere for epochs in (5, 8, 9)] == [(0, 1), (0, 1), ()]


def test_another_machine_is_compared_with_the_longer_training_too(both: Path) -> None:
    there = elsewhere(processor="Another Processor", cores=64)
    of = replace(benchmark(both, EIGHT), environment=there)
    run(of)
    assert plan_benchmark(replace(of, settings=Settings(seeds=(0, 1)))).pending == ()
    peers = make_study((EIGHT,), Store(both).load().records, Settings(), ENVIRONMENT).peers
    assert [(peer.agrees, len(peer.compared)) for peer in peers] == [(True, 1)]


def test_records_without_a_longer_training_have_no_field_of_it(both: Path) -> None:
    shorter, longer = (json.loads(path.read_text()) for path in sorted(both.glob("records/*/*seed0*.json"))[::-1])
    assert "extends" not in shorter
    assert longer["extends"] == 5
    assert isinstance(Store(both).load().records[0], Record)
