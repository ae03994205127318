"""The section on changed images, generalization and calibration: there where they are recorded, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import fake_records as fake
import pytest

from harness.analysis.findings import Findings
from harness.analysis.robustness import evaluation_shares, gap, tolerances
from harness.evaluations.evaluation import find_evaluation
from harness.evaluations.registry import evaluation_names
from harness.evaluations.transformed import Transformed
from harness.records.record import Evaluation, Record
from harness.reporting.blocks import Table
from harness.reporting.figures.robustness import robustness_figure
from harness.reporting.page import page
from harness.reporting.sections import robustness
from harness.reporting.sections.reproduction import commands

NAMES = ("000_convnet", "dense_512")
CHANGES = [name for name in evaluation_names() if isinstance(find_evaluation(name), Transformed)]


def evaluated(record: Record, evaluations: Iterable[str]) -> Record:
    """Return the record with evaluations of its last epoch: accuracies that fall from level to level."""
    assert record.measurement is not None
    *first, last = record.measurement.epochs
    found = dict(last.evaluations)
    for name in evaluations:
        metrics = {
            metric.name: max(0.0, 0.96 - 0.1 * place - 0.01 * record.seed)
            for place, metric in enumerate(find_evaluation(name).metrics)
        }
        found[name] = Evaluation(metrics=metrics, seconds=0.1, cpu_seconds=0.1)
    longer = last.model_copy(update={"evaluations": found})
    return record.model_copy(update={"measurement": record.measurement.model_copy(update={"epochs": (*first, longer)})})


def findings(*evaluations: str) -> Findings:
    chosen = fake.architectures(*NAMES)
    trials = fake.fake_trials(chosen, [0, 1])
    return fake.findings(chosen, [replace(one, record=evaluated(one.record, evaluations)) for one in trials])


@pytest.fixture(scope="module")
def everything() -> Findings:
    return findings(*(name for name in evaluation_names() if name != "test"))


def test_without_such_evaluations_there_is_neither_section_nor_figure() -> None:
    plain = findings()
    assert robustness.section(plain) is None
    assert robustness_figure(plain) is None
    assert robustness.TITLE not in page(plain)


def test_each_change_has_a_table_of_its_levels_in_their_order(everything: Findings) -> None:
    section = robustness.section(everything)
    assert section is not None
    tables = {block.title: block for block in section.blocks if isinstance(block, Table)}
    assert list(tables) == [*(f"Test accuracy by {name}" for name in CHANGES), "Generalization and calibration"]
    shift = tables["Test accuracy by shift"]
    assert shift.header == ("Architecture", "Seeds", *(str(level) for level in range(9)))
    assert {row[0] for row in shift.rows} == set(NAMES)
    assert shift.rows[0][1:5] == ("2", "95.5", "85.5", "75.5")
    assert tables["Test accuracy by scale"].header[2:] == ("0.5", "0.7", "0.85", "1", "1.15", "1.3", "1.5")
    assert "Levels: pixels." in shift.notes[0]


def test_what_stands_apart_has_rows_and_no_line() -> None:
    first, second = fake.architectures(*NAMES)
    trials = [
        replace(one, record=evaluated(one.record, ["shift"])) for one in fake.fake_trials([first, second], [0, 1])
    ]
    found = fake.findings([first], trials, apart=[second])
    section = robustness.section(found)
    assert section is not None
    table = section.blocks[0]
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == list(NAMES)
    drawn = robustness_figure(found)
    assert drawn is not None
    assert b"dense_512" not in drawn.svg


def test_the_commands_get_what_no_spec_asks_for() -> None:
    first, second = fake.architectures(*NAMES)
    asking = second.model_copy(update={"evaluate": ("shift",)})
    trials = [
        replace(one, record=evaluated(one.record, ["shift", "tiles"] if one.record.seed else ["tiles"]))
        for one in fake.fake_trials([first, second], [0, 1, 2])
    ]
    assert commands(fake.findings([first, asking], trials).study) == (
        "bench run 000_convnet dense_512 --seeds 0-2",
        "bench run 000_convnet --seeds 1-2 --evaluate shift",
        "bench run 000_convnet dense_512 --seeds 0-2 --evaluate tiles",
    )


def test_the_gap_is_taken_seed_by_seed(everything: Findings) -> None:
    entry = everything.ranking[0]
    found = gap(entry)
    tested = [run.last.value("test", "accuracy") for run in entry.runs]
    trained = [run.last.value("train_set", "accuracy") for run in entry.runs]
    assert found is not None
    assert found.mean == pytest.approx(sum(b - a for a, b in zip(tested, trained, strict=True)) / 2)
    section = robustness.section(everything)
    assert section is not None
    single = section.blocks[-2]
    assert isinstance(single, Table)
    assert single.header[-1] == "Gap (points)"


def test_the_page_says_what_evaluations_took_of_the_training(everything: Findings) -> None:
    taken = 0.1 * len([name for name in evaluation_names() if name != "test"])
    trained = [
        sum(epoch.train_cpu_seconds for epoch in record.measurement.epochs)
        for record in everything.records
        if record.measurement
    ]
    shares = evaluation_shares(everything.records)
    assert shares == pytest.approx([taken / seconds for seconds in trained])
    section = robustness.section(everything)
    assert section is not None
    assert str(section.blocks[-1]).endswith(f"(median of {len(trained)} trials), {100 * max(shares):.1f} % at most.")
    assert evaluation_shares(findings().records) == ()


def test_only_what_is_recorded_is_shown() -> None:
    section = robustness.section(findings("inversion"))
    assert section is not None
    single, _ = section.blocks
    assert isinstance(single, Table)
    assert single.header == ("Architecture", "Inverted images (%)")
    assert tolerances(findings("inversion").ranking) == ()


def test_the_figure_has_a_panel_for_each_change_and_the_same_bytes_twice(everything: Findings) -> None:
    first, again = robustness_figure(everything), robustness_figure(everything)
    assert first is not None
    assert again is not None
    assert first.svg == again.svg
    assert "(figures/robustness.svg)" in page(everything, (first,))
