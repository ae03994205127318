"""Every rule of the verdicts, and by simulation how often they are wrong."""

from __future__ import annotations

import dataclasses

import fake_records as fake
import numpy as np
import pytest

from harness.analysis.rules import ShareRuling, judge_difference
from harness.analysis.runs import ArchitectureResults, Study
from harness.analysis.verdicts import RecordedCase, judge
from harness.declaration.values import WrittenFloat
from harness.evaluations.metric import ACCURACY, LOSS, TEST_ACCURACY, Quantity
from harness.planning.settings import Settings, smoke
from harness.spec.claims import Claim, Ruling
from harness.spec.claims.better_than import BetterThan
from harness.spec.claims.metrics import TestAccuracy, TestLoss, published_value
from harness.spec.claims.prediction import Prediction
from harness.spec.claims.statement import Statement
from harness.spec.claims.structure import LayerParameters, OutputShape, Parameters

CLOSE = (0.9912, 0.9918, 0.9921, 0.9925, 0.9915)


def accuracy(text: str) -> TestAccuracy:
    return TestAccuracy(value=WrittenFloat(text), where="In [4]")


def ruling(claim: Claim, *accuracies: float, settings: Settings | None = None) -> Ruling:
    study = Study(settings or Settings(), (fake.entry("one", accuracies or CLOSE, [claim]),))
    return judge(study).verdicts[0].ruling


def test_a_published_accuracy_among_our_runs_is_reproduced() -> None:
    found = ruling(accuracy("0.9919999837875366"))
    assert found.decision == "reproduced"
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.992 < found.high
    assert found.measured == pytest.approx(0.9918)
    assert (found.typical_low, found.typical_high) == pytest.approx((0.991306, 0.992359), abs=1e-6)
    assert found.seeds == 5
    assert found.reason.startswith("the typical run, 99.13 to 99.24 %, is within ± 0.30 points")


@pytest.mark.parametrize(("text", "side"), [("0.9962", "too high"), ("0.9763", "too low")])
def test_a_published_accuracy_far_from_our_runs_is_refuted_on_its_side(text: str, side: str) -> None:
    found = ruling(accuracy(text))
    assert found.decision == "refuted"
    assert side in found.reason


def test_fewer_than_five_seeds_are_inconclusive_even_if_they_look_clear() -> None:
    found = ruling(accuracy("0.90"), *CLOSE[:4])
    assert (found.decision, found.p) == ("inconclusive", None)
    assert "4 seeds" in found.reason


def test_a_typical_run_that_is_known_too_loosely_confirms_nothing_and_says_how_many_seeds_would() -> None:
    found = ruling(accuracy("0.9925"), 0.990, 0.992, 0.994, 0.988, 0.996)
    assert found.decision == "inconclusive"
    assert "is not surely within ± 0.305 points, though the number could be one run" in found.reason
    assert "about 4 more seeds would decide it if like these" in found.reason


def test_a_typical_run_outside_the_margin_is_not_mended_by_more_seeds() -> None:
    found = ruling(accuracy("0.9950"), 0.990, 0.9911, 0.994, 0.988, 0.996)
    assert found.decision == "inconclusive"
    assert "is not within" in found.reason
    assert found.reason.endswith("more seeds like these would not decide it")


def test_the_spread_of_the_runs_widens_what_could_be_one_of_them() -> None:
    wide = 0.81, 0.83, 0.79, 0.80, 0.82
    assert ruling(accuracy("0.9863"), *wide).decision == "refuted"
    assert ruling(accuracy("0.85"), *wide).decision == "inconclusive"


DIPPED = (*CLOSE, 0.9911, 0.9917, 0.9922, 0.9920, 0.9821)


def test_one_dip_neither_stops_a_number_from_being_reproduced_nor_saves_one_that_is_too_high() -> None:
    assert ruling(accuracy("0.9921"), *DIPPED).decision == "reproduced"
    assert ruling(accuracy("0.9962"), *DIPPED).decision == "refuted"


def test_a_loss_dips_upwards() -> None:
    losses = {text: ruling(TestLoss(value=WrittenFloat(text), where="x"), *DIPPED) for text in ("0.0454", "0.0064")}
    low, high = losses["0.0064"].p, losses["0.0454"].p
    assert low is not None
    assert high is not None
    assert low < high / 10


@pytest.mark.parametrize(("alpha", "decision"), [(0.05, "reproduced"), (0.05 / 3, "inconclusive")])
def test_one_of_several_looks_is_stricter(alpha: float, decision: str) -> None:
    study = Study(Settings(), (fake.entry("one", CLOSE, [accuracy("0.9920")]),))
    found = judge(study, alpha).verdicts[0].ruling
    assert found.decision == decision
    assert decision == "reproduced" or "5 seeds are too few for an interval of the typical run" in found.reason


def test_a_rounded_number_is_given_the_room_of_its_rounding() -> None:
    values = (0.9931, 0.9933, 0.9932, 0.9930, 0.9934)
    assert ruling(accuracy("0.99"), *values).decision == "reproduced"
    assert ruling(accuracy("0.9900"), *values).decision == "refuted"


def test_equal_values_tell_nothing_of_the_spread() -> None:
    found = ruling(accuracy("0.9"), *[0.99] * 5)
    assert found.decision == "inconclusive"
    assert "same value" in found.reason


def test_one_seed_no_seed_and_smoke_results_say_so() -> None:
    assert "1 seed;" in ruling(accuracy("0.99"), 0.99).reason
    none = judge(Study(Settings(), (fake.entry("one", (), [accuracy("0.99")]),))).verdicts[0].ruling
    assert (none.decision, none.reason) == ("not tested", "no trial is recorded")
    cut = ruling(accuracy("0.99"), settings=smoke(Settings()))
    assert cut.decision == "not tested"
    assert "smoke" in cut.reason


def test_a_loss_is_judged_by_its_own_spread() -> None:
    losses = TestLoss(value=WrittenFloat("0.0314"), where="In [7]")
    reproduced = ruling(losses, 0.9895, 0.9897, 0.9894, 0.9896, 0.9895)
    assert (reproduced.decision, "is within ± 0.01052" in reproduced.reason) == ("reproduced", True)
    assert ruling(losses, *(x + 0.004 for x in CLOSE)).decision == "refuted"
    assert ruling(TestLoss(value=WrittenFloat("0.0114"), where="x"), *CLOSE).decision == "refuted"


def test_a_refutation_that_does_not_outlast_the_correction_is_inconclusive() -> None:
    values = (0.9912, 0.9918, 0.9921, 0.9925, 0.9915)
    alone = judge(Study(Settings(), (fake.entry("one", values, [accuracy("0.9946")]),)))
    claims = [accuracy("0.9946"), *[accuracy("0.9918")] * 9]
    among = judge(Study(Settings(), (fake.entry("one", values, claims),)))
    assert alone.verdicts[0].decision == "refuted"
    assert among.verdicts[0].decision == "inconclusive"
    assert among.corrected_for == 10
    assert "corrected for 10 claims" in among.verdicts[0].ruling.reason
    assert "more seeds would decide it" in among.verdicts[0].ruling.reason


@pytest.mark.parametrize(
    ("claim", "decision"),
    [
        (Parameters(value=407_050, where="x"), "reproduced"),
        (Parameters(value=407_051, where="x"), "refuted"),
        (Parameters(value=401_920, layers=2, where="x"), "reproduced"),
        (Parameters(value=1, layers=9, where="x"), "refuted"),
        (LayerParameters(layer=2, value=401_920, where="x"), "reproduced"),
        (LayerParameters(layer=1, value=1, where="x"), "refuted"),
        (LayerParameters(layer=4, value=1, where="x"), "refuted"),
        (OutputShape(layer=1, value=(784,), where="x"), "reproduced"),
        (OutputShape(layer=1, value=(785,), where="x"), "refuted"),
    ],
)
def test_exact_claims_are_judged_by_equality(claim: Claim, decision: str) -> None:
    found = ruling(claim)
    assert (found.decision, found.p, found.low) == (decision, None, None)


def test_parameters_are_those_of_the_trained_network_where_there_is_one() -> None:
    one = fake.entry("one", CLOSE, [Parameters(value=407_050, where="x")])
    odd = dataclasses.replace(one, runs=tuple(fake.remeasured(run, parameters=7) for run in one.runs))
    found = judge(Study(Settings(), (odd,))).verdicts[0].ruling
    assert (found.decision, found.measured) == ("refuted", 7)


def with_predictions(predicted: list[int], claim: Claim) -> Ruling:
    one = fake.entry("one", [0.99] * len(predicted), [claim])
    runs = tuple(
        dataclasses.replace(run, read_predictions={"test": np.array([digit], dtype=np.uint8)}.get)
        for run, digit in zip(one.runs, predicted, strict=True)
    )
    return judge(Study(Settings(), (dataclasses.replace(one, runs=runs),))).verdicts[0].ruling


@pytest.mark.parametrize(
    ("predicted", "decision", "share"),
    [
        ([7, 7, 7, 7, 7], "reproduced", 1.0),
        ([7, 7, 7, 7, 1], "inconclusive", 0.8),
        ([7, 7, 7, 7, 7, 7, 7, 7, 1], "reproduced", 8 / 9),
        ([7, 1, 1, 1, 1], "inconclusive", 0.2),
        ([1, 1, 1, 1, 1], "refuted", 0.0),
        ([1, 1, 1, 1], "inconclusive", 0.0),
        ([7, 7], "inconclusive", 1.0),
    ],
)
def test_a_prediction_is_judged_by_the_share_of_seeds(predicted: list[int], decision: str, share: float) -> None:
    found = with_predictions(predicted, Prediction(image=0, value=7, where="x"))
    assert (found.decision, found.measured) == (decision, share)


def test_a_prediction_that_is_open_says_what_would_decide_it() -> None:
    claim = Prediction(image=0, value=7, where="x")
    assert with_predictions([7] * 4 + [1], claim).reason == (
        "4 of 5 seeds predict 7, not clearly more than half; about 8 more seeds would decide it if like these"
    )
    assert with_predictions([7] * 5 + [1] * 5, claim).reason.endswith("more seeds like these would not decide it")
    refuted = with_predictions([1] * 5, claim)
    assert refuted.reason == "0 of 5 seeds predict 7, fewer than half; p = 0.031"
    assert refuted.p == pytest.approx(1 / 32)


def test_a_refuted_prediction_has_to_outlast_the_correction() -> None:
    assert ShareRuling("inconclusive", "0 of 5", 5, 0.0, p=1 / 32).corrected(0.4, 13, 0.05).decision == "inconclusive"


def test_a_prediction_that_was_not_kept_is_not_tested() -> None:
    assert with_predictions([7] * 5, Prediction(image=99, value=7, where="x")).decision == "not tested"


def better(ours: tuple[float, ...], theirs: tuple[float, ...], **changes: str) -> Ruling:
    claim = BetterThan(architecture=changes.get("rival", "other"), where="x")
    pair = (
        fake.entry("one", ours, [claim], changes.get("fingerprint")),
        fake.entry("other", theirs, (), changes.get("fingerprint")),
    )
    return judge(Study(Settings(), pair)).verdicts[0].ruling


WORSE = (0.978, 0.979, 0.977, 0.9785, 0.978)


def test_better_than_is_a_one_sided_test_with_the_interval_of_the_difference() -> None:
    found = better(CLOSE, WORSE)
    assert found.decision == "reproduced"
    assert found.low is not None
    assert found.low > 0
    assert "P(one > other) = 1.00" in found.reason
    assert better(WORSE, CLOSE).decision == "refuted"
    assert better(CLOSE, tuple(x + 0.0001 for x in CLOSE)).decision == "inconclusive"


def test_better_than_needs_a_rival_with_seeds() -> None:
    assert better(CLOSE, ()).decision == "not tested"
    assert better(CLOSE, WORSE, rival="nobody").decision == "not tested"
    assert better(CLOSE[:3], WORSE).decision == "inconclusive"


def test_of_two_losses_the_lower_one_is_better() -> None:
    pair = (fake.entry("one", CLOSE), fake.entry("other", WORSE))
    case = RecordedCase(pair[0], Study(Settings(), pair))
    for quantity, amount in ((TEST_ACCURACY, "+1.37 points"), (Quantity("test", LOSS), "-0.0412")):
        found = case.better_than("other", quantity)
        assert found.reason == f"{amount}, P(one {quantity.metric.sign} other) = 1.00"
        assert found.corrected(0.001, 1, 0.05).decision == "reproduced"
        assert found.corrected(0.2, 1, 0.05).decision == "inconclusive"


def test_what_is_not_recorded_is_not_tested() -> None:
    entry = fake.entry("one", CLOSE)
    case = RecordedCase(entry, Study(Settings(), (entry,)))
    shifted, number = Quantity("shifted", ACCURACY), WrittenFloat("0.99")
    for found in (
        case.published_number(number, shifted, 0.003),
        case.published_runs([number, number], shifted, 0.003),
    ):
        assert (found.decision, found.reason) == ("not tested", "what it is about is not recorded")


def test_an_architecture_is_never_better_than_the_same_computation() -> None:
    found = better(CLOSE, CLOSE, fingerprint="one and the same")
    assert (found.decision, found.p) == ("inconclusive", None)


def test_of_shared_trials_a_run_is_better_than_the_one_of_its_own_seed() -> None:
    rising, lower = (0.980, 0.983, 0.986, 0.989, 0.992), (0.979, 0.982, 0.984, 0.988, 0.991)
    ours = fake.entry("one", (*rising, 0.9), fingerprint="both")
    theirs = fake.entry("other", lower, fingerprint="both")
    found = judge_difference(dataclasses.replace(ours, epochs=4), theirs, TEST_ACCURACY)
    assert "P(one > other) by seed = 1.00" in found.reason
    assert found.seeds == len(rising)


def test_a_statement_is_not_tested_and_keeps_its_reason() -> None:
    found = ruling(Statement(text="Pooling helps", reason="there is no network without", where="text"))
    assert (found.decision, found.reason) == ("not tested", "there is no network without")


def runs(*texts: str) -> TestAccuracy:
    return TestAccuracy(values=tuple(map(WrittenFloat, texts)), where="seven notebooks")


def test_several_published_runs_are_compared_with_ours_as_two_samples() -> None:
    theirs = ("0.9908", "0.9913", "0.9923", "0.9920", "0.9922", "0.9908", "0.9891")
    found = ruling(runs(*theirs), *DIPPED)
    assert found.decision == "reproduced"
    assert found.measured == pytest.approx(0.00025)
    assert found.low is not None
    assert found.high is not None
    assert -0.003 < found.low < 0 < found.high < 0.003
    assert found.reason.startswith("+0.03 points from 7 published runs (90 % interval -0.05 to +0.12 points), within")
    worse = ruling(runs(*(f"{float(text) - 0.02:.4f}" for text in theirs)), *DIPPED)
    assert worse.decision == "refuted"
    assert worse.reason.endswith("+2.12 points), not within ± 0.305 points; p < 0.001")
    assert ruling(runs(*(f"{float(text) - 0.003:.4f}" for text in theirs)), *DIPPED).decision == "inconclusive"


def test_two_published_runs_and_few_seeds_may_be_too_few() -> None:
    claim = runs("0.9918", "0.9920")
    study = Study(Settings(), (fake.entry("one", CLOSE, [claim]),))
    assert judge(study).verdicts[0].ruling.decision == "reproduced"
    stricter = judge(study, 0.05 / 3).verdicts[0].ruling
    assert (stricter.decision, stricter.reason) == ("inconclusive", "5 seeds and 2 published runs are too few")
    assert "at least 5" in ruling(claim, *CLOSE[:4]).reason


def test_more_seeds_help_against_several_runs_only_as_far_as_those_are_enough() -> None:
    near = runs("0.9890", "0.9894", "0.9900")
    assert "more seeds would decide it" in ruling(near, *CLOSE).reason
    wide = runs("0.9880", "0.9918", "0.9950")
    assert ruling(wide, *CLOSE).reason.endswith("more seeds like these would not decide it")


def test_the_published_accuracy_is_the_one_with_most_digits() -> None:
    assert published_value([accuracy("0.99"), accuracy("0.9902")], TEST_ACCURACY) == 0.9902
    assert published_value([runs("0.99021", "0.99022"), accuracy("0.99")], TEST_ACCURACY) == 0.99
    assert published_value([], TEST_ACCURACY) is None


def true_family(generator: np.random.Generator, shift: float = 0.0) -> tuple[ArchitectureResults, ...]:
    """Eight architectures whose claim is one more draw from where their own seeds come from, moved by ``shift``."""
    drawn = generator.normal(0.992, 0.0007, size=(8, 6))
    return tuple(fake.entry(f"c{i}", row[:5].tolist(), [accuracy(str(row[5] - shift))]) for i, row in enumerate(drawn))


def test_true_claims_are_refuted_no_more_often_than_the_level_promises() -> None:
    generator = np.random.default_rng(3)
    families = [judge(Study(Settings(), true_family(generator))) for _ in range(2_000)]
    # 5 % of 2,000 are 100; 129 is three standard errors above.
    assert sum(bool(family.refuted) for family in families) <= 129


def test_a_claim_two_points_off_is_refuted_almost_always() -> None:
    generator = np.random.default_rng(4)
    verdicts = [one for _ in range(25) for one in judge(Study(Settings(), true_family(generator, 0.02))).verdicts]
    assert np.mean([one.decision == "refuted" for one in verdicts]) > 0.99
