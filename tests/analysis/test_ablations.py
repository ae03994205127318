"""Derived architectures beside their parents: which numbers are compared, how, and how they are shown."""

from __future__ import annotations

import re
from pathlib import Path

import fake_records as fake
import pytest

from harness.analysis.ablations import Ablation
from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.reporting.numbers import UNKNOWN
from harness.reporting.page import page
from harness.reporting.sections import ablations
from harness.spec.architecture import Architecture
from harness.spec.reading import read_architecture
from harness.statistics.comparisons import paired, welch


def derived(folder: Path, change: str, name: str = "child") -> Architecture:
    file = folder / f"{name}.yaml"
    file.write_text(f"title: A child\nextends: 000_convnet\n{change}\n")
    return read_architecture(file)


def findings(chosen: Architecture, trials: tuple[fake.FakeTrial, ...] | None = None) -> Findings:
    parent = fake.architectures("000_convnet")
    if trials is None:
        trials = (*fake.fake_trials(parent), *fake.fake_trials([chosen]))
    return fake.findings([*parent, chosen], trials)


def only(found: Findings) -> Ablation:
    [one] = found.ablations
    return one


def started_as(trial: fake.FakeTrial, other: fake.FakeTrial) -> fake.FakeTrial:
    """Return the trial as if its initial weights had been those of the other."""
    ours, theirs = trial.record.measurement, other.record.measurement
    assert ours is not None
    assert theirs is not None
    same = ours.model_copy(update={"initial_weights_sha256": theirs.initial_weights_sha256})
    return fake.FakeTrial(trial.record.model_copy(update={"measurement": same}), trial.predictions)


WITHOUT_POOLING = "changes: [{remove: {number: 4}}]"


def test_a_derived_architecture_is_beside_its_parent_by_all_quantities(tmp_path: Path) -> None:
    one = only(findings(derived(tmp_path, WITHOUT_POOLING)))
    assert (one.entry.name, one.parent.name, one.changes) == (
        "child",
        "000_convnet",
        ("without MaxPooling2D (layer 4)",),
    )
    ours, theirs = ([run.last.evaluations["test"].metrics["accuracy"] for run in who.runs] for who in _both(one))
    expected = welch(ours, theirs)
    assert expected is not None
    assert one.accuracy.difference == expected
    assert one.accuracy.tests == 4
    assert one.accuracy.adjusted_p == pytest.approx(min(1, 4 * (expected.p or 0)))
    assert one.gap.difference is not None
    gaps = [
        [run.last.train_metrics["accuracy"] - run.last.value("test", "accuracy") for run in w.runs] for w in _both(one)
    ]
    assert one.gap.difference.estimate == pytest.approx(sum(gaps[0]) / 5 - sum(gaps[1]) / 5)
    assert one.parameters == one.entry.cost.parameters - one.parent.cost.parameters != 0
    assert not one.paired


def _both(one: Ablation) -> tuple[ArchitectureResults, ArchitectureResults]:
    return one.entry, one.parent


def test_the_interval_leaves_0_out_exactly_where_p_is_small(tmp_path: Path) -> None:
    one = only(findings(derived(tmp_path, WITHOUT_POOLING)))
    for change in (one.accuracy, one.loss, one.gap, one.seconds):
        assert change.interval is not None
        assert change.adjusted_p is not None
        assert (0 in change.interval) == (change.adjusted_p >= 0.05)


def test_the_same_initial_weights_and_orders_are_compared_seed_by_seed(tmp_path: Path) -> None:
    chosen = derived(tmp_path, "changes: [{training: {optimizer: SGD}}]")
    parents, children = fake.fake_trials(fake.architectures("000_convnet")), fake.fake_trials([chosen])
    alike = tuple(started_as(child, parent) for child, parent in zip(children, parents, strict=True))
    one = only(findings(chosen, (*parents, *alike)))
    ours, theirs = ([run.last.value("test", "loss") for run in who.runs] for who in _both(one))
    assert one.paired
    assert one.loss.difference == paired(ours, theirs)
    mixed = (*parents, children[0], *alike[1:])
    assert not only(findings(chosen, mixed)).paired


def test_a_parent_is_read_from_the_records_though_it_is_not_asked_for(tmp_path: Path) -> None:
    chosen = derived(tmp_path, WITHOUT_POOLING)
    trials = (*fake.fake_trials(fake.architectures("000_convnet")), *fake.fake_trials([chosen]))
    found = fake.findings([chosen], trials)
    assert [entry.name for entry in found.study.entries] == ["child"]
    assert len(only(found).parent.runs) == 5


def test_what_is_not_recorded_is_unknown(tmp_path: Path) -> None:
    chosen = derived(tmp_path, WITHOUT_POOLING)
    one = only(findings(chosen, fake.fake_trials([chosen])))
    assert (one.accuracy.difference, one.accuracy.interval, one.accuracy.adjusted_p) == (None, None, None)
    [row] = ablations.table([one]).rows
    assert row[3:] == ("5 and 0", UNKNOWN, UNKNOWN, UNKNOWN, f"{one.parameters:+,}", UNKNOWN)


def test_another_data_set_leaves_only_the_parameters_to_compare(tmp_path: Path) -> None:
    one = only(findings(derived(tmp_path, "dataset: fashion_mnist")))
    assert (one.other_data, one.accuracy.difference, one.parameters) == (True, None, 0)
    assert "On other data than the parent" in ablations.table([one]).notes[-1]


def test_the_page_has_the_table_where_an_architecture_is_derived(tmp_path: Path) -> None:
    text = page(findings(derived(tmp_path, "changes: [{training: {epochs: 4}}]")))
    assert "## Ablations" in text
    [row] = re.findall(
        r"^\| child \\\* +\| 000_convnet +\| epochs 4 instead of 5 +\| 5 and 5 +\| (.*)", text, re.MULTILINE
    )
    assert row.count("<br>p ") == 4
    assert "not the generalization gap of the final weights" in text
    assert "## Ablations" not in page(fake.findings(fake.architectures("000_convnet"), ()))
