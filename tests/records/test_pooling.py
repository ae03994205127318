"""Machines of the same numerics belong together until a trial that they share has other bits."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import fake_records as fake
import numpy as np
import pytest
from fake_records import with_other_weights
from fake_trials import elsewhere, fake_evaluation

from harness.errors import UnknownEnvironment
from harness.records.design import Design, Terms, read_design
from harness.records.environment import Environment
from harness.records.later import LaterEvaluation, completed
from harness.records.pooling import Pool, choose_environment, pool
from harness.records.record import Record
from harness.records.store import Store

OFFICIAL = Path(__file__).parents[2] / "results"
DENSE = fake.architectures("dense_512")
HERE = fake.environment("Here")
THERE, THIRD = fake.environment("There"), fake.environment("Third")


def trials(where: Environment, *seeds: int) -> list[fake.FakeTrial]:
    return list(fake.fake_trials(DENSE, seeds, where=where))


def pooled(*machines: list[fake.FakeTrial]) -> Pool:
    return pool([trial.record for machine in machines for trial in machine], HERE)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"processor": "Another"}, True),
        ({"processor_features": ("avx2",), "cores": 64, "memory_bytes": 1, "python": "3.13"}, True),
        ({"commit": "b" * 40, "harness": "0.2.0"}, True),
        ({"instruction_set": "avx512_core_vnni"}, False),
        ({"tensorflow": "2.20.0"}, False),
        ({"keras": "3.14.0"}, False),
        ({"numpy": "2.2.0"}, False),
        ({"onednn": False}, False),
        ({"onednn_max_isa": "AVX2"}, False),
        ({"threads": 2}, False),
        ({"deterministic": False}, False),
        ({"backend": "torch"}, False),
        ({"accelerator": "a device"}, False),
        ({"system": "Darwin x86_64"}, False),
    ],
)
def test_bits_are_expected_to_be_the_same_on_every_machine_of_the_same_numerics(
    facts: dict[str, object], *, expected: bool
) -> None:
    there = elsewhere(HERE, **facts)
    assert (HERE.has_bits_of(there), there.has_bits_of(HERE)) == (expected, expected)


@pytest.mark.parametrize("facts", [{"instruction_set": None}, {"deterministic": False}])
def test_no_bits_are_expected_where_instructions_are_unknown_or_determinism_is_off(facts: dict[str, object]) -> None:
    here = elsewhere(HERE, **facts)
    assert not here.has_bits_of(elsewhere(here, processor="Another"))


def test_a_machine_that_agrees_is_pooled_after_this_ones_own() -> None:
    found = pooled(trials(THERE, 0, 1), trials(HERE, 1, 2))
    assert [(record.environment.id, record.seed) for record in found.records] == [
        *[(HERE.id, 1), (HERE.id, 2)],
        *[(THERE.id, 0), (THERE.id, 1)],
    ]
    assert found.machines == (HERE.id, THERE.id)
    assert found.elsewhere.proven == {record.fingerprint: 5 for record in found.own}
    assert {known.environment for known in found.elsewhere.recorded.values()} == {THERE.id}


def test_without_a_trial_in_common_the_claim_counts_and_proves_nothing() -> None:
    found = pooled(trials(HERE, 0), trials(THERE, 1))
    assert ([peer.agrees for peer in found.peers], len(found.records)) == ([True], 2)
    assert set(found.elsewhere.proven.values()) == {0}


def test_one_trial_with_other_bits_leaves_out_all_of_that_machine_and_names_the_epoch() -> None:
    [same, other, alone] = trials(THERE, 0, 1, 7)
    found = pooled(trials(HERE, 0, 1), [same, with_other_weights(other, epoch=2), alone])
    [peer] = found.peers
    assert (peer.agrees, len(peer.compared), found.records) == (False, 2, found.own)
    assert (found.elsewhere.recorded, found.elsewhere.proven) == ({}, {})
    [divergence] = peer.divergences
    assert (divergence.record.seed, divergence.mismatch.epoch) == (1, 2)
    assert divergence.other.environment == HERE


def test_machines_are_held_against_those_that_were_pooled_before_them() -> None:
    odd = [with_other_weights(trial, epoch=1) for trial in trials(THIRD, 5)]
    found = pooled(trials(HERE, 0), odd, trials(THERE, 0, 5))
    assert [(peer.environment, peer.agrees) for peer in found.peers] == [(THERE, True), (THIRD, False)]
    assert found.peers[1].divergences[0].other.environment == THERE


def test_epochs_that_both_finished_are_compared_and_failures_without_one_are_not() -> None:
    [long], [short] = trials(HERE, 0), trials(THERE, 0)
    assert set(pooled([long], [fake.failed(short, epochs=2)]).elsewhere.proven.values()) == {2}
    assert pooled([long], [fake.failed(short)]).peers[0].compared == ()


def test_of_what_several_machines_recorded_the_longest_record_stands_for_a_trial() -> None:
    [short], [long], [other] = (trials(where, 3) for where in (THERE, THIRD, HERE))
    found = pooled([fake.failed(short, epochs=2)], [long, *trials(THIRD, 4)], trials(HERE, 0)).elsewhere
    assert found.recorded[other.record.name].environment == THIRD.id
    assert found.recorded[other.record.name].epochs == 5


def test_the_order_of_the_files_does_not_matter() -> None:
    machines = [trials(HERE, 0), trials(THERE, 0, 1), trials(THIRD, 1)]
    assert pooled(*machines) == pooled(*reversed(machines))


def official() -> tuple[Record, ...]:
    return Store(OFFICIAL).load().records


def moved(record: Record, **facts: object) -> Record:
    return record.model_copy(update={"environment": elsewhere(record.environment, **facts)})


def test_official_records_pool_with_another_machine_of_their_numerics_and_with_no_other_setting() -> None:
    records = official()
    here = choose_environment(records, design=read_design(OFFICIAL))
    assert here is not None
    firsts = [record for record in records if record.environment.id == here.id and record.seed == 0]
    there = elsewhere(here, processor="Another")
    found = pool([*records, *(moved(record, processor="Another") for record in firsts)], there)
    assert len(found.own) == len({record.fingerprint for record in firsts})
    proven = {fingerprint: epochs for fingerprint, epochs in found.elsewhere.proven.items() if epochs}
    assert proven == {record.fingerprint: record.epochs for record in firsts}
    assert here.id in found.machines
    others = {record.environment.id for record in records if not record.environment.has_bits_of(here)}
    assert others
    assert not others & set(found.machines)


def evaluated(record: Record, **changes: object) -> Record:
    """Return the record with another evaluation of its last epoch, and other fields of that."""
    assert record.measurement is not None
    last = record.measurement.epochs[-1]
    slow = last.evaluations["test"].model_copy(update={"seconds": 9.0})
    longer = last.model_copy(update={"evaluations": {"test": slow, "shift": slow}, **changes})
    epochs = (*record.measurement.epochs[:-1], longer)
    return record.model_copy(update={"measurement": record.measurement.model_copy(update={"epochs": epochs})})


def test_what_another_machine_evaluated_of_the_same_weights_counts_too() -> None:
    [own], [other] = trials(HERE, 0), trials(THERE, 0)
    ours, theirs = own.record, evaluated(other.record)
    assert ours.measurement is not None
    assert theirs.measurement is not None
    first, _ = pool([ours, theirs], HERE).records
    assert first.measurement is not None
    shift = theirs.measurement.epochs[-1].evaluations["shift"]
    assert first.measurement.epochs[-1].evaluations == {**ours.measurement.epochs[-1].evaluations, "shift": shift}
    assert completed(ours, [evaluated(other.record, weights_sha256="0" * 64)]) == ours


def test_what_another_machine_predicted_in_it_is_read_from_its_folder(tmp_path: Path) -> None:
    store, [own], [other] = Store(tmp_path), trials(HERE, 0), trials(THERE, 0)
    last, classes = own.record.finished_epochs[-1], np.arange(10, dtype=np.uint8)
    later = LaterEvaluation(
        fingerprint=other.record.fingerprint,
        seed=0,
        epoch=last.epoch,
        evaluation="shift",
        weights_sha256=last.weights_sha256,
        environment=THERE,
        finished=datetime(2026, 1, 1, tzinfo=UTC),
        measured=fake_evaluation(0.5, 1.0, classes),
    )
    for trial in (own, other):
        store.save(trial.record, trial.predictions)
    store.save_later(later, classes)
    (first,) = (record for record in pool(store.load().records, HERE).records if record.environment == HERE)
    found = store.predicted(first, last.epoch, "shift")
    assert found is not None
    assert found.tolist() == classes.tolist()
    assert store.predictions(first)[last.epoch].keys() == {"test", "shift"}
    store.save_later(later, classes[::-1])
    assert store.predicted(first, last.epoch, "shift") is None


def chosen(*machines: list[fake.FakeTrial], wanted: str | None = None, here: Environment | None = None) -> Environment:
    records = [trial.record for machine in machines for trial in machine]
    found = choose_environment(records, wanted, here.id if here else None)
    assert found is not None
    return found


def test_a_report_is_about_the_machine_with_most_records_of_the_usual_seeds_wherever_it_is_written() -> None:
    few, many = trials(HERE, 0, 10, 11, 12, 13), trials(THERE, 0, 1)
    for where in (HERE, THERE, THIRD, None):
        assert chosen(few, many, here=where) == THERE


def test_of_two_that_recorded_as_much_it_is_this_machine_else_the_one_with_most_records_else_the_first() -> None:
    one, other = trials(HERE, 0, 1), trials(THERE, 0, 1)
    assert chosen(one, other, here=THERE) == THERE
    assert chosen(one, trials(THERE, 0, 1, 10)) == THERE
    assert chosen(other, one) == min(HERE, THERE, key=lambda where: where.id)


def test_the_environment_that_the_design_names_comes_first_where_it_has_a_record() -> None:
    records = [trial.record for trial in (*trials(HERE, 0), *trials(THERE, 0, 1))]
    named, unknown = (Design(seeds=(0, 1), environment=name) for name in (HERE.id, "gone"))
    assert choose_environment(records, design=named) == HERE
    assert choose_environment(records, wanted=THERE.id, design=named) == THERE
    assert choose_environment(records, design=unknown) == THERE
    assert named.changed(Terms(seeds=(0,))).environment == HERE.id


def test_default_threads_and_determinism_come_before_any_number_of_records() -> None:
    two, loose = (elsewhere(THERE, **facts) for facts in ({"threads": 2}, {"deterministic": False}))
    assert chosen(trials(HERE, 9), trials(two, 0, 1, 2), trials(loose, 0, 1), here=two) == HERE
    assert chosen(trials(two, 0, 1, 2), trials(loose, 0, 1)) == two


def test_an_environment_is_named_by_its_id_its_beginning_or_as_here() -> None:
    machines = trials(HERE, 0), trials(THERE, 0, 1)
    assert chosen(*machines, wanted=HERE.id) == HERE
    assert chosen(*machines, wanted=HERE.id[:4]) == HERE
    assert chosen(*machines, wanted="here", here=HERE) == HERE
    assert choose_environment([]) is None


def test_an_unknown_environment_is_named_with_the_known_ones() -> None:
    records = [trial.record for trial in trials(HERE, 0)]
    for wanted, here in (("real-processor", None), ("here", THERE.id)):
        with pytest.raises(UnknownEnvironment, match=f"recorded: {HERE.id}"):
            choose_environment(records, wanted, here)
