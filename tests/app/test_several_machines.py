"""A newcomer's first run: what another machine of the same numerics recorded counts, once its bits are found here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fake_architectures import write_spec
from fake_trials import FakeTrainer, changed_epoch, elsewhere, fake_outcome
from honest_records import dataset_arrays

from harness.app.plan import plan
from harness.app.progress import Silent
from harness.app.run import RunOptions, RunResult, run
from harness.app.training.benchmark import read_benchmark
from harness.data.cache import DatasetArrays
from harness.errors import Interrupted
from harness.execute.engine import Outcome
from harness.planning.plan import Status
from harness.planning.trial import Trial
from harness.records.environment import Environment
from harness.records.record import Failure
from harness.records.store import Store
from harness.reporting import writing

CRASH = Failure(stage="train", kind="crash", reason="the process was ended by SIGSEGV")


@dataclass
class Heard(Silent):
    """Progress that remembers its messages."""

    sentences: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)


def fetch(*_: object) -> DatasetArrays:
    return dataset_arrays()


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunOptions:
    """Two architectures that share trials and another."""
    monkeypatch.setattr(writing, "gallery", lambda *_: ())
    for name, epochs, units in (("five", 5, 16), ("eight", 8, 16), ("other", 5, 32)):
        write_spec(tmp_path / "specs", name, epochs=epochs, units=units)
    return RunOptions(seeds=(0, 1, 2), results=tmp_path / "results", architectures=tmp_path / "specs")


def trained(options: RunOptions, trainer: FakeTrainer | None = None, heard: Heard | None = None) -> RunResult:
    return run(options, engine=trainer or FakeTrainer(), progress=heard or Heard(), fetch=fetch)


def other_machine(options: RunOptions, **facts: object) -> Environment:
    """Let another machine, of the same numerics unless they are among the facts, have recorded what is asked for."""
    there = options.results.parent / "there"
    trained(replace(options, results=there))
    store, moved = Store(options.results), elsewhere(read_benchmark(options).environment, processor="There", **facts)
    for record in Store(there).load().records:
        store.save(record.model_copy(update={"environment": moved}), Store(there).predictions(record))
    return moved


def labels(trials: Sequence[Trial]) -> list[str]:
    return [f"{trial.architectures[0]} {trial.seed}" for trial in trials]


def statuses(options: RunOptions) -> dict[str, list[Status]]:
    found: dict[str, list[Status]] = {}
    for planned in plan(options).plan.trials:
        found.setdefault(planned.trial.architectures[0], []).append(planned.status)
    return found


def other_bits_in(name: str) -> FakeTrainer:
    """Return a trainer whose weights are other ones from the third epoch of one architecture on."""

    def outcome(trial: Trial) -> Outcome:
        given = fake_outcome(trial)
        if name not in trial.architectures or given.measurement is None:
            return given
        first, second, *rest = given.measurement.epochs
        changed = [changed_epoch(epoch, weights_sha256="f" * 64) for epoch in rest]
        return replace(given, measurement=given.measurement.model_copy(update={"epochs": (first, second, *changed)}))

    return FakeTrainer(outcome)


def test_the_first_seed_of_every_architecture_is_trained_and_the_others_stand_where_its_bits_are_the_same(
    options: RunOptions,
) -> None:
    there = other_machine(options)
    trainer, heard = FakeTrainer(), Heard()
    done = trained(options, trainer, heard)
    assert labels(trainer.trained) == ["eight 0", "other 0"]
    assert heard.sentences[1] == (
        f"4 trials can stand as recorded on {there.id} with the same numerics, "
        "if those 2 trained here first have the same bits."
    )
    assert heard.sentences[2].startswith("2 of 6 trials to train, one at a time: about ")
    assert (
        heard.sentences[-1] == f"4 trials stand as recorded on There ({there.id}); 2 of 2 in common have the same bits."
    )
    assert list(done.summary["seeds"]) == [3, 3, 3]
    assert {entry.timed[0].seed for entry in done.findings.study.entries} == {0}
    assert [len(entry.timed) for entry in done.findings.study.entries] == [1, 1, 1]
    machines = done.runs.groupby("seed")["environment"].unique()
    assert {seed: list(names) for seed, names in machines.items() if seed} == {1: [there.id], 2: [there.id]}
    assert there.id not in machines[0]
    assert "n = 3" in (options.results / "README.md").read_text(encoding="utf-8")


def test_the_plan_says_what_is_trained_first_and_what_stands_and_costs_nothing(options: RunOptions) -> None:
    there = other_machine(options)
    both = [Status.PENDING, Status.ELSEWHERE, Status.ELSEWHERE]
    assert statuses(options) == {"eight": both, "other": both}
    found = plan(options)
    assert {planned.environment for planned in found.plan.trials} == {there.id}
    assert found.seconds < plan(replace(options, retrain=True)).seconds
    trained(options)
    both[0] = Status.RECORDED
    assert statuses(options) == {"eight": both, "other": both}
    assert plan(options).sentences[1:] == (
        f"4 trials stand as recorded on {there.id} with the same numerics.",
        "All 6 trials are recorded: nothing to train.",
    )


def test_the_same_run_again_trains_nothing(options: RunOptions) -> None:
    other_machine(options)
    trained(options)
    trainer = FakeTrainer()
    done = trained(options, trainer)
    assert (trainer.trained, done.page.changed) == ([], ())


def test_other_bits_in_one_architecture_let_nothing_of_that_machine_stand(options: RunOptions) -> None:
    there = other_machine(options)
    trainer, heard = other_bits_in("other"), Heard()
    done = trained(options, trainer, heard)
    assert labels(trainer.trained) == ["eight 0", "other 0", "eight 1", "other 1", "eight 2", "other 2"]
    assert heard.sentences[3] == (
        f"There ({there.id}) has other bits though the numerics are the same: other seed 0, epoch 3; nothing recorded "
        f"there counts here. 'bench verify --environment {there.id}' looks for the cause."
    )
    assert heard.sentences[4].startswith("4 trials more to train: about ")
    assert not any("stand as recorded" in sentence for sentence in heard.sentences[4:])
    assert [len(entry.timed) for entry in done.findings.study.entries] == [3, 3, 3]
    [beside] = done.findings.elsewhere
    assert (beside.taken, beside.in_common, beside.same_bits) == (0, 6, 3)
    assert plan(options).plan.pending == ()


def test_retraining_trains_every_seed_here(options: RunOptions) -> None:
    other_machine(options)
    trainer, heard = FakeTrainer(), Heard()
    trained(replace(options, retrain=True), trainer, heard)
    assert len(trainer.trained) == 6
    assert not any("stand as recorded" in sentence for sentence in heard.sentences)


def test_seeds_that_are_recorded_nowhere_are_trained_and_the_first_recorded_one_is_the_proof(
    options: RunOptions,
) -> None:
    other_machine(options)
    trainer = FakeTrainer()
    trained(replace(options, seeds=(7, 2, 1, 9)), trainer)
    assert sorted(labels(trainer.trained)) == [f"{name} {seed}" for name in ("eight", "other") for seed in (2, 7, 9)]


def test_a_new_architecture_beside_those_of_the_other_machine_is_trained_with_all_its_seeds(
    options: RunOptions,
) -> None:
    other_machine(options)
    assert options.architectures is not None
    write_spec(options.architectures, "another", units=48)
    trainer = FakeTrainer()
    trained(options, trainer)
    assert sorted(labels(trainer.trained)) == ["another 0", "another 1", "another 2", "eight 0", "other 0"]


def test_other_numerics_count_for_nothing(options: RunOptions) -> None:
    other_machine(options, instruction_set="avx")
    trainer = FakeTrainer()
    trained(options, trainer)
    assert len(trainer.trained) == 6


def test_where_the_proof_fails_the_next_seed_is_trained_for_it(options: RunOptions) -> None:
    other_machine(options)

    def crash(trial: Trial) -> Outcome:
        first = "other" in trial.architectures and trial.seed == 0
        return Outcome(None, failure=CRASH) if first else fake_outcome(trial)

    trainer = FakeTrainer(crash)
    done = trained(options, trainer)
    assert labels(trainer.trained) == ["eight 0", "other 0", "other 1"]
    assert [(event.trial.seed, event.trial.architectures) for event in done.failed] == [(0, ("other",))]
    assert statuses(options)["other"] == [Status.RETRY, Status.RECORDED, Status.ELSEWHERE]


def test_ctrl_c_before_the_proof_is_complete_leaves_the_rest_of_it_to_the_next_run(options: RunOptions) -> None:
    other_machine(options)

    def interrupted(trial: Trial) -> Outcome:
        if "other" in trial.architectures:
            raise KeyboardInterrupt
        return fake_outcome(trial)

    with pytest.raises(Interrupted, match="1 trial recorded in this run, 1 still to train"):
        trained(options, FakeTrainer(interrupted))
    trainer = FakeTrainer()
    trained(options, trainer)
    assert labels(trainer.trained) == ["other 0"]


def test_a_proof_over_fewer_epochs_is_trained_on_to_the_last(options: RunOptions) -> None:
    other_machine(options)
    trained(replace(options, names=("five",)))
    trainer = FakeTrainer()
    trained(replace(options, names=("eight",)), trainer)
    assert [(trial.seed, trial.epochs) for trial in trainer.trained] == [(0, 8)]


def test_no_record_of_the_other_machine_is_touched(options: RunOptions) -> None:
    there = other_machine(options)
    folder = options.results / "records" / there.id
    before = {path: path.read_bytes() for path in folder.iterdir()}
    trained(options, other_bits_in("five"))
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
