"""Machines of the same numerics side by side: trials in common, bits, values, speed, and whose seeds count."""

from __future__ import annotations

from collections.abc import Sequence

import fake_records as fake
import pytest
from fake_records import FakeTrial, timed, with_other_weights
from fake_trials import elsewhere

from harness.analysis.findings import Findings
from harness.reporting.page import page
from harness.reporting.sections.elsewhere import machines_table, seeds_table
from harness.reporting.sections.headline import headline

CHOSEN = fake.architectures("000_convnet", "004_convnet", "dense_512")
HERE, THERE, THIRD = (fake.environment(name) for name in ("Here", "There", "Third"))


def trials(*seeds: int) -> tuple[FakeTrial, ...]:
    return fake.fake_trials(CHOSEN, seeds, where=HERE)


def there(*seeds: int) -> tuple[FakeTrial, ...]:
    return fake.fake_trials(CHOSEN, seeds, where=THERE)


def found(*machines: Sequence[FakeTrial]) -> Findings:
    return fake.findings(CHOSEN, [trial for machine in machines for trial in machine], where=HERE)


def test_trials_in_common_are_compared_and_the_others_are_taken() -> None:
    [beside] = found(trials(0, 1), there(0, 2, 3)).elsewhere
    assert (beside.environment, beside.pooled, beside.records) == (THERE, True, 6)
    assert (beside.taken, beside.in_common, beside.same_bits, beside.difference) == (4, 2, 2, 0.0)


def test_speed_is_that_of_an_epoch_there_relative_to_here_architecture_by_architecture() -> None:
    twice = [timed(trial, 1.0) for trial in trials(0)], [timed(trial, 0.5) for trial in there(1)]
    assert found(*twice).elsewhere[0].speed == pytest.approx(2.0)
    ours, (convnet, dense) = [timed(trial, 1.0) for trial in trials(0)], there(1)
    mixed = [timed(convnet, 4.0), timed(dense, 1 / 9)]
    assert found(ours, mixed).elsewhere[0].speed == pytest.approx(1.5)
    assert found(ours, mixed[:1]).elsewhere[0].speed == pytest.approx(0.25)


def test_trials_that_waited_for_other_programs_say_nothing_of_a_machines_speed() -> None:
    ours = [timed(trial, 1.0) for trial in trials(0)]
    convnet, dense = (timed(trial, 4.0, processor_share=0.5) for trial in there(1))
    assert found(ours, (convnet, dense)).elsewhere[0].speed is None
    assert found(ours, (convnet, timed(dense, 2.0))).elsewhere[0].speed == pytest.approx(0.5)


def test_other_bits_are_named_with_the_architecture_the_seed_and_the_epoch_and_nothing_is_taken() -> None:
    shared, *rest = there(0, 1)
    findings = found(trials(0), [with_other_weights(shared, epoch=2), *rest])
    [beside] = findings.elsewhere
    assert (beside.pooled, beside.taken, beside.in_common, beside.same_bits) == (False, 0, 2, 1)
    [row] = machines_table(findings).rows
    assert row[3:6] == ("none", "2", "1 of 2")
    assert machines_table(findings).notes[-1] == (
        f"Nothing of {THERE.id} is pooled, whose bits differ: 000_convnet seed 0, epoch 2."
    )
    assert seeds_table(findings).rows == ()
    assert "n counts a seed once" not in page(findings)


def test_the_page_names_whose_seeds_count_and_whose_times_are_shown() -> None:
    findings = found(trials(0, 1), there(0, 2, 3), fake.fake_trials(CHOSEN, [4], where=elsewhere(THIRD)))
    assert headline(findings).notes[-1] == (
        f"n counts a seed once, whichever machine of the same numerics recorded it: {HERE.id}, which all times are of, "
        f"else {THERE.id} (4) and {THIRD.id} (2)."
    )
    assert seeds_table(findings).header == ("Architecture", HERE.id, THERE.id, THIRD.id)
    assert {row[1:] for row in seeds_table(findings).rows} == {("0-1", "2-3", "4")}
    text = page(findings)
    assert "## Here and elsewhere" in text
    assert "Seeds by machine" in text


def test_seeds_that_no_rank_uses_are_named_with_their_machine_and_counted_by_no_n() -> None:
    more = fake.fake_trials(CHOSEN[:2], [2, 3], where=THERE)
    findings = found(trials(0, 1), more)
    assert {row[1:] for row in seeds_table(findings).rows} == {("0-1", "2-3"), ("0-1", "\N{EN DASH}")}
    assert not any(note.startswith("n counts") for note in headline(findings).notes)


def test_a_machine_without_a_trial_in_common_is_shown_as_not_compared() -> None:
    table = machines_table(found(trials(0), there(1)))
    [row] = table.rows
    assert table.notes[-1] == f"Pooled for its numerics alone, with no trial in common to compare: {THERE.id}."
    assert row == ("There", THERE.id, "2", "2", "0", "\N{EN DASH}", "\N{EN DASH}", row[-1])


def test_one_machine_needs_no_table() -> None:
    assert "Here and elsewhere" not in page(found(trials(0, 1)))
