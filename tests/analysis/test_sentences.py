"""Claims about what a network loses, needs, halves and sees: their verdicts, and what is missing for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import fake_records as fake
import numpy as np
import pytest
from scipy import stats

from harness.analysis.runs import ArchitectureResults, Study
from harness.analysis.verdicts import Verdict, judge
from harness.app.adding_options import AddOptions
from harness.app.datasets import add_dataset
from harness.declaration.spec_error import InvalidSpec
from harness.declaration.values import WrittenFloat
from harness.evaluations.evaluation import find_evaluation
from harness.evaluations.shift import Shift
from harness.evaluations.tiles import Tiles
from harness.planning.settings import Settings, smoke
from harness.records.design import Design
from harness.records.record import Evaluation
from harness.spec.claims import CLAIMS, Claim
from harness.spec.claims.drops import DropClaim, GapSmallerThan
from harness.spec.reading import read_architecture, read_text

FOLDER = Path(__file__).parents[2] / "architectures"
SHIFT = {"tolerates_shift": {"pixels": 3, "than": "other", "where": "point 3"}}
WITHIN = {"tolerates_shift": {"pixels": 3, "within": 0.003, "where": "point 3"}}
GAP = {"gap_smaller_than": {"architecture": "other", "where": "text"}}
LOCAL = {"learns_local_patterns": {"than": "other", "tiles": 4, "where": "point 2"}}
NEEDS = {"needs": {"what": "rescaled inputs", "without": "other", "where": "text"}}
TEST = (0.99, 0.991, 0.992, 0.989, 0.99)


def claim(written: Mapping[str, object]) -> Claim:
    found = CLAIMS.parse(written)
    assert isinstance(found, Claim)
    return found


def entry(
    name: str, *claims: Mapping[str, object], tested: Sequence[float] = TEST, **measured: Mapping[str, float]
) -> ArchitectureResults:
    """Return an architecture whose runs all have these evaluations, each metric a little lower from seed to seed."""
    plain = fake.entry(name, tested, map(claim, claims))
    runs = []
    for run in plain.runs:
        lower = 0.001 * (run.seed % 3)
        further = {
            one: Evaluation(
                metrics={metric: value - lower for metric, value in found.items()}, seconds=0, cpu_seconds=0
            )
            for one, found in measured.items()
        }
        last = run.last.model_copy(update={"evaluations": {**run.last.evaluations, **further}})
        runs.append(fake.remeasured(run, epochs=(last,)))
    return replace(plain, runs=tuple(runs))


def only(*entries: ArchitectureResults, **study: object) -> Verdict:
    [verdict] = judge(replace(Study(Settings(), entries), **study)).verdicts  # type: ignore[arg-type]
    return verdict


def shifted(loss: float) -> dict[str, Mapping[str, float]]:
    return {"shift": {"accuracy@0": 0.99, "whole_accuracy@3": 0.99 - loss, "accuracy@3": 0.1}}


def with_runs(results: ArchitectureResults, losses: Sequence[float]) -> ArchitectureResults:
    """Return runs that lose so much at a shift by three pixels."""
    runs = []
    for run, loss in zip(results.runs, losses, strict=True):
        metrics = {"accuracy@0": 0.99, "whole_accuracy@3": 0.99 - loss}
        found = {**run.last.evaluations, "shift": Evaluation(metrics=metrics, seconds=0, cpu_seconds=0)}
        runs.append(fake.remeasured(run, epochs=(run.last.model_copy(update={"evaluations": found}),)))
    return replace(results, runs=tuple(runs))


OURS, THEIRS = (0.05, 0.052, 0.051, 0.05, 0.049), (0.2, 0.21, 0.19, 0.2, 0.21)


def test_losing_less_than_another_is_welchs_test_of_what_each_run_loses() -> None:
    ours, theirs = with_runs(entry("own", SHIFT), OURS), with_runs(entry("other"), THEIRS)
    verdict = only(ours, theirs)
    expected = stats.ttest_ind(OURS, THEIRS, equal_var=False, alternative="less").pvalue
    assert verdict.decision == "reproduced"
    assert verdict.adjusted_p == pytest.approx(expected)
    assert verdict.ruling.measured == pytest.approx(np.mean(OURS) - np.mean(THEIRS))
    assert verdict.ruling.reason.startswith(
        "accuracy lost at a shift by 3 pixels 5.04 points on average, of other 20.20; "
        "-15.16 points, P(own < other) = 1.00"
    )
    other_way = only(with_runs(ours, THEIRS), with_runs(theirs, OURS))
    assert other_way.decision == "refuted"
    assert other_way.adjusted_p == pytest.approx(expected)


def test_tolerant_is_not_invariant() -> None:
    """A network may lose less than another and still far more than .30 points."""
    ours, theirs = with_runs(entry("own", SHIFT, WITHIN), OURS), with_runs(entry("other"), THEIRS)
    tolerant, invariant = judge(Study(Settings(), (ours, theirs))).verdicts
    assert (tolerant.decision, invariant.decision) == ("reproduced", "refuted")
    assert invariant.ruling.p == pytest.approx(stats.ttest_1samp(OURS, 0.003, alternative="greater").pvalue)
    lost = "accuracy lost at a shift by 3 pixels 5.04 points on average"
    assert invariant.ruling.reason.startswith(f"{lost}; one-sided p")


def test_losing_at_most_so_much_is_students_test_of_the_mean() -> None:
    losses = (0.001, 0.0012, 0.0009, 0.001, 0.0011)
    verdict = only(with_runs(entry("own", WITHIN), losses))
    assert verdict.decision == "reproduced"
    assert verdict.adjusted_p == pytest.approx(stats.ttest_1samp(losses, 0.003, alternative="less").pvalue)
    assert only(with_runs(entry("own", WITHIN), (0.001, 0.006, 0.003, 0.002, 0.005))).decision == "inconclusive"
    assert only(with_runs(entry("own", WITHIN), [0.001] * 5)).decision == "inconclusive", "no spread is known"


def test_the_gap_is_of_the_final_weights_and_judged_run_by_run() -> None:
    ours = entry("own", GAP, train_set={"accuracy": 0.993})
    theirs = entry("other", train_set={"accuracy": 0.9999})
    verdict = only(ours, theirs)
    gaps = [[value - 0.001 * (seed % 3) - test for seed, test in enumerate(TEST)] for value in (0.993, 0.9999)]
    expected = stats.ttest_ind(*gaps, equal_var=False, alternative="less").pvalue
    assert verdict.decision == "reproduced"
    assert verdict.adjusted_p == pytest.approx(expected)
    assert verdict.claim.label == "gap smaller than other"


def test_shuffled_tiles_are_judged_by_what_they_cost() -> None:
    ours = entry("own", LOCAL, tiles={"accuracy@1": 0.99, "accuracy@4": 0.5})
    theirs = entry("other", tiles={"accuracy@1": 0.98, "accuracy@4": 0.2})
    ruling = only(ours, theirs).ruling
    assert ruling.measured == pytest.approx(-0.29)
    assert "accuracy lost where 4 × 4 tiles change places 49.00 points on average, of other 78.00" in ruling.reason


def test_where_both_only_guess_neither_tolerates_more() -> None:
    """The better network loses more there, since it had more to lose."""
    ours = entry("own", LOCAL, tiles={"accuracy@1": 0.99, "accuracy@4": 0.12})
    theirs = entry("other", tiles={"accuracy@1": 0.97, "accuracy@4": 0.11})
    verdict = only(ours, theirs)
    assert (verdict.decision, verdict.adjusted_p) == ("inconclusive", None)
    assert verdict.ruling.reason.endswith("both only guess there, and so each loses what it had")
    assert verdict.ruling.measured == pytest.approx(0.01)


def test_need_is_a_loss_of_more_than_the_margin_without_it() -> None:
    worse, alike, between = ([value - loss for value in TEST] for loss in (0.02, 0.0, 0.003))
    needed = only(entry("own", NEEDS), entry("other", tested=worse))
    difference = np.array(TEST) - 0.003
    expected = stats.ttest_ind(difference, worse, equal_var=False, alternative="greater").pvalue
    assert needed.decision == "reproduced"
    assert needed.adjusted_p == pytest.approx(expected)
    assert needed.ruling.reason.startswith(
        "99.04 % with it, 97.04 % without on average; 0 of 5 seeds without it fail to train; one-sided p"
    )
    assert only(entry("own", NEEDS), entry("other", tested=alike)).decision == "refuted"
    assert only(entry("own", NEEDS), entry("other", tested=between)).decision == "inconclusive"


def test_a_trial_without_numbers_counts_as_guessing_and_as_failing_to_train() -> None:
    without = fake.with_failures(entry("other", tested=[0.98, 0.981, 0.0980]), [3, 4])
    ruling = only(entry("own", NEEDS), without).ruling
    assert "3 of 5 seeds without it fail to train" in ruling.reason
    assert ruling.measured == pytest.approx(np.mean(TEST) - np.mean([0.98, 0.981, 0.098, 0.1, 0.1]))
    assert ruling.seeds == 5


@pytest.mark.parametrize(
    ("written", "command"),
    [
        (SHIFT, "bench run own other --evaluate shift --seeds 0-9"),
        (WITHIN, "bench run own --evaluate shift --seeds 0-9"),
        (GAP, "bench run own other --evaluate train_set --seeds 0-9"),
        (LOCAL, "bench run own other --evaluate tiles --seeds 0-9"),
    ],
)
def test_without_records_a_claim_is_not_tested_yet_and_says_what_measures_it(
    written: Mapping[str, object], command: str
) -> None:
    design = Design(seeds=tuple(range(10)))
    verdict = only(entry("own", written), entry("other"), design=design)
    assert (verdict.decision, verdict.adjusted_p) == ("not tested", None)
    assert verdict.ruling.reason == f"not measured yet; '{command}' does"


def test_what_is_not_there_or_cut_is_not_tested() -> None:
    assert "other is not in this report" in only(entry("own", NEEDS)).ruling.reason
    assert "smoke results" in only(entry("own", NEEDS), entry("other"), settings=smoke(Settings())).ruling.reason
    few = only(entry("own", NEEDS, tested=TEST[:3]), entry("other", tested=(0.5, 0.6, 0.7)))
    assert few.decision == "inconclusive"
    assert "at least 5 are needed" in few.ruling.reason
    untrained = only(entry("own", NEEDS), entry("other", tested=()))
    assert untrained.ruling.reason == "not measured yet; 'bench run other' does"


def test_26_halves_exactly_and_11_does_not() -> None:
    architecture = read_architecture(FOLDER / "000_convnet.yaml")
    verdicts = judge(fake.findings([architecture], ()).study).verdicts
    halves = {one.claim.subject: one for one in verdicts if one.claim.kind == "halves"}
    assert (halves["layer 2"].decision, halves["layer 4"].decision) == ("reproduced", "refuted")
    assert halves["layer 4"].ruling.measured == (5, 5)
    assert halves["layer 4"].ruling.reason == "11 × 11 becomes 5 × 5; half would be 5.5 × 5.5; follows from the spec"
    sees = [one for one in verdicts if one.claim.kind == "sees_more"]
    assert [(one.decision, one.ruling.measured) for one in sees] == [
        ("reproduced", (8, 8)),
        ("reproduced", (18, 18)),
    ]


def test_what_sees_no_more_is_refuted() -> None:
    text = (FOLDER / "000_convnet.yaml").read_text().partition("claims:")[0]
    claims = 'claims: [sees_more: {layer: 1, than: 3, where: "a"}, sees_more: {layer: 6, than: 5, where: "b"}]\n'
    verdicts = judge(fake.findings([read_text(FOLDER / "x.yaml", text + claims)], ()).study).verdicts
    assert [one.decision for one in verdicts] == ["refuted", "refuted"]


def test_a_train_accuracy_may_be_that_of_an_earlier_epoch() -> None:
    [parent] = fake.architectures("000_convnet")
    numbers = [{"value": WrittenFloat("0.5"), "where": "log", "epoch": epoch} for epoch in (1, 3, None)]
    claims = tuple(claim({"train_accuracy": {k: v for k, v in one.items() if v}}) for one in numbers)
    found = fake.findings([parent.model_copy(update={"claims": claims})], fake.fake_trials([parent]))
    measured = [one.ruling.measured for one in found.judgement.verdicts]
    [entry_] = found.study.entries
    by_epoch = np.array([[epoch.train_metrics["accuracy"] for epoch in run.epochs] for run in entry_.runs])
    assert measured == pytest.approx(list(np.median(by_epoch[:, [0, 2, -1]], axis=0)))
    assert found.judgement.verdicts[0].claim.label == "train accuracy, epoch 1"


def test_levels_are_those_of_the_evaluations() -> None:
    shifts = [("shift", {"tolerates_shift": {"pixels": int(at), "than": "a", "where": "b"}}) for at in Shift.levels]
    tiles = [("tiles", {"learns_local_patterns": {"than": "a", "tiles": int(at), "where": "b"}}) for at in Tiles.levels]
    drops = [(evaluation, claim(written)) for evaluation, written in (*shifts, *tiles)]
    for evaluation, found in drops:
        assert isinstance(found, DropClaim)
        drop = found.drop
        names = {metric.name for metric in find_evaluation(evaluation).metrics}
        assert {drop.before.metric.name, drop.after.metric.name} <= names
        assert drop.evaluations == {evaluation}
    assert GapSmallerThan(architecture="a", where="b").drop.evaluations == {"train_set"}


REFUSED = {
    "tolerates_shift: {pixels: 9, than: a, where: b}": "'pixels' is 9, which is too large; write 8 or less",
    "tolerates_shift: {pixels: 3, where: b}": "tolerates_shift has neither 'than' nor 'within'; write 'than: NAME'",
    "tolerates_shift: {pixels: 3, than: a, within: 0.1, where: b}": "has both 'than' and 'within'",
    "tolerates_shift: {pixels: 3, within: 0, where: b}": "'within' is 0, which is too small; write more than 0",
    "learns_local_patterns: {than: a, tiles: 3, where: b}": "'tiles' is 3, not 2, 4, 7 or 14",
    "halves: {layer: 9, where: b}": "the network has 8 layers, and this is about 9; write 8 or less",
    "halves: {layer: 6, where: b}": "halves is about images, and layer 6 makes 576",
    "sees_more: {layer: 3, than: 9, where: b}": "the network has 8 layers, and this is about 9",
    "needs: {without: a, where: b}": "needs needs 'what'",
    "train_accuracy: {value: 0.9, epoch: 6, where: b}": "5 epochs are trained, and this is about epoch 6",
}


@pytest.mark.parametrize(("written", "message"), REFUSED.items(), ids=list(REFUSED))
def test_what_makes_no_claim_is_refused_at_its_place(written: str, message: str) -> None:
    text = (FOLDER / "000_convnet.yaml").read_text().partition("claims:")[0]
    with pytest.raises(InvalidSpec) as caught:
        read_text(FOLDER / "x.yaml", f"{text}claims:\n  - {written}\n")
    [mistake] = caught.value.mistakes
    assert message in str(mistake)
    assert mistake.place is not None
    assert mistake.place.line == text.count("\n") + 2


def test_rows_of_a_table_can_not_be_shifted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    arrays = {"x_train": np.zeros((8, 3)), "x_test": np.zeros((4, 3))}
    labels = {"y_train": np.arange(8) % 2, "y_test": np.arange(4) % 2}
    np.savez(tmp_path / "rows.npz", allow_pickle=False, **arrays, **labels)
    add_dataset(AddOptions(path=tmp_path / "rows.npz", architectures=tmp_path / "specs"))
    text = """\
title: Rows
dataset: rows
layers: [Dense: {units: 2, activation: softmax}]
training: {optimizer: Adam, loss: categorical_crossentropy, batch_size: 64, epochs: 2}
claims:
  - tolerates_shift: {pixels: 1, within: 0.1, where: b}
"""
    with pytest.raises(InvalidSpec, match=r"6:5: tolerates_shift changes pictures, and .* remove this claim"):
        read_text(tmp_path / "specs" / "x.yaml", text)
