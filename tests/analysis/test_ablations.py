"""Derived architectures beside their parents: which numbers are compared, how, and how they are shown."""

from __future__ import annotations

import re
from pathlib import Path

import fake_records as fake
import pytest

from harness.analysis.ablations import Ablation
from harness.analysis.findings import Findings
from harness.analysis.frame import runs_frame, summary_frame
from harness.analysis.runs import ArchitectureResults
from harness.reporting.blocks import Table
from harness.reporting.numbers import UNKNOWN
from harness.reporting.page import page
from harness.reporting.sections import ablations
from harness.reporting.sections.reproduction import commands
from harness.spec.architecture import Architecture
from harness.spec.claims import CLAIMS
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


CLAIM = "claims: [{better_than: {architecture: 000_convnet, where: here}}]"


def test_what_stands_apart_is_in_the_table_and_in_no_rank_or_pair(tmp_path: Path) -> None:
    ranked = fake.architectures("000_convnet", "dense_512")
    chosen = derived(tmp_path, f"{WITHOUT_POOLING}\n{CLAIM}")
    trials = (*fake.fake_trials(ranked), *fake.fake_trials([chosen]))
    found, without = fake.findings(ranked, trials, apart=[chosen]), fake.findings(ranked, trials)
    assert [only(found).entry.name, only(found).parent.name] == ["child", "000_convnet"]
    assert [entry.name for entry in found.ranking] == [entry.name for entry in without.ranking]
    assert found.comparisons == without.comparisons
    assert found.standings == without.standings
    assert list(summary_frame(found)["architecture"]) == list(summary_frame(without)["architecture"])
    assert set(runs_frame(found.study)["architecture"]) == {"000_convnet", "child", "dense_512"}


def test_claims_of_what_stands_apart_are_a_family_of_their_own(tmp_path: Path) -> None:
    ranked = fake.architectures("000_convnet", "001_convnet_8_epochs", "dense_512")
    chosen = derived(tmp_path, f"{WITHOUT_POOLING}\n{CLAIM}")
    trials = (*fake.fake_trials(ranked), *fake.fake_trials([chosen]))
    found, without = fake.findings(ranked, trials, apart=[chosen]), fake.findings(ranked, trials)
    assert found.judgement.verdicts == without.judgement.verdicts
    assert found.judgement.corrected_for == without.judgement.corrected_for > 1
    [verdict] = found.judgement.apart
    assert verdict.architecture == "child"
    assert verdict.adjusted_p == verdict.ruling.p is not None


def test_claims_of_ablations_of_no_document_stand_below_the_table(tmp_path: Path) -> None:
    file = tmp_path / "child.yaml"
    file.write_text(f"title: A child\nextends: dense_512\nchanges: [{{training: {{epochs: 4}}}}]\n{CLAIM}\n")
    ranked, child = fake.architectures("000_convnet", "dense_512"), read_architecture(file)
    trials = (*fake.fake_trials(ranked), *fake.fake_trials([child]))
    section = ablations.section(fake.findings(ranked, trials, apart=[child]))
    assert section is not None
    claims = section.blocks[-1]
    assert isinstance(claims, Table)
    assert [row[:2] for row in claims.rows] == [("child", "better than 000_convnet")]
    documented = derived(tmp_path, f"{WITHOUT_POOLING}\n{CLAIM}")
    again = fake.findings(ranked, (*trials, *fake.fake_trials([documented])), apart=[documented])
    assert len(getattr(ablations.section(again), "blocks", ())) == 1


def test_a_claim_may_be_about_what_stands_apart(tmp_path: Path) -> None:
    chosen = derived(tmp_path, WITHOUT_POOLING)
    claim = {"better_than": {"architecture": "child", "where": "here"}}
    [parent] = fake.architectures("000_convnet")
    claiming = parent.model_copy(update={"claims": (CLAIMS.parse(claim),)})
    trials = (*fake.fake_trials([claiming]), *fake.fake_trials([chosen]))
    assert fake.findings([claiming], trials, apart=[chosen]).judgement.verdicts[0].ruling.measured is not None
    assert fake.findings([claiming], trials).judgement.verdicts[0].decision == "not tested"


def test_of_what_stands_apart_only_what_was_trained_is_shown(tmp_path: Path) -> None:
    ranked, chosen = fake.architectures("000_convnet"), derived(tmp_path, WITHOUT_POOLING)
    found = fake.findings(ranked, fake.fake_trials(ranked), apart=[chosen])
    assert found.ablations == ()
    assert commands(found.study) == ("bench run 000_convnet --seeds 0-4",)


def test_the_command_for_a_whole_subfolder_names_it(tmp_path: Path) -> None:
    ranked, folder = fake.architectures("000_convnet"), tmp_path / "extra"
    folder.mkdir()
    apart = [derived(folder, WITHOUT_POOLING, "one"), derived(folder, "changes: [{training: {optimizer: SGD}}]", "two")]
    trials = (*fake.fake_trials(ranked), *fake.fake_trials(apart))
    assert commands(fake.findings(ranked, trials, apart=apart).study)[1:] == ("bench run extra --seeds 0-4",)
    mixed = (*fake.fake_trials(ranked), *fake.fake_trials(apart[:1]), *fake.fake_trials(apart[1:])[:2])
    assert commands(fake.findings(ranked, mixed, apart=apart).study)[1:] == (
        "bench run one --seeds 0-4",
        "bench run two --seeds 0-1",
    )


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
