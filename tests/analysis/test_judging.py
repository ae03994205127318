"""Verdicts until they are decided: three looks at a third of the level, in order, and the first decision stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import fake_records as fake
import numpy as np
import pytest
from fake_judge import FakeJudge

from harness.analysis import judging
from harness.analysis.findings import Findings
from harness.analysis.judging import LEVEL, Looked, judge_by_design, look
from harness.analysis.runs import ArchitectureResults, Study
from harness.declaration.values import WrittenFloat
from harness.planning.settings import Settings
from harness.records.design import ClaimSeeds, Design, UntilDecided
from harness.spec.claims import Claim
from harness.spec.claims.better_than import BetterThan
from harness.spec.claims.metrics import TestAccuracy
from harness.spec.claims.structure import Parameters
from harness.statistics.multiplicity import ALPHA

TEN = tuple(range(10))


def accuracy(value: str = "0.99") -> TestAccuracy:
    return TestAccuracy(value=WrittenFloat(value), where="here")


def beats(other: str) -> BetterThan:
    return BetterThan(architecture=other, where="here")


def entry(name: str, seeds: int, *claims: Claim, fingerprint: str | None = None) -> ArchitectureResults:
    return fake.entry(name, [0.99] * seeds, claims, fingerprint)


def study(*entries: ArchitectureResults, names: Sequence[str] = ("one",), most_seeds: int = 40) -> Study:
    until = UntilDecided(architectures=tuple(names), most_seeds=most_seeds)
    return Study(Settings(), entries, design=Design(seeds=TEN, until_decided=until))


def due(looked: Looked) -> dict[str, int]:
    """Return how many seeds architectures need for the next looks."""
    return {name: claim.seeds for claim in looked.open for name in claim.missing}


@pytest.fixture
def decides(monkeypatch: pytest.MonkeyPatch) -> FakeJudge:
    """A claim of ``one`` is decided at 20 seeds."""
    faked = FakeJudge({"one": 20})
    monkeypatch.setattr(judging, "judge", faked)
    return faked


def test_a_claim_is_judged_at_each_look_at_a_third_of_the_level_until_it_is_decided(decides: FakeJudge) -> None:
    [verdict] = look(study(entry("one", 40, accuracy()))).verdicts.values()
    assert decides.asked == [({"one": 10}, LEVEL), ({"one": 20}, LEVEL), ({"one": 40}, LEVEL)]
    assert pytest.approx(ALPHA / 3) == LEVEL
    assert (verdict.decision, verdict.look, verdict.ruling.seeds) == ("reproduced", 20, 20)
    assert verdict.ruling.reason == "as it is; decided at 20 seeds"


@pytest.mark.parametrize(
    ("seeds", "needed", "reason"),
    [
        (0, {"one": 10}, "as it is"),
        (7, {"one": 10}, "open: the first look is at 10 seeds"),
        (10, {"one": 20}, "as it is; open after 10 seeds; the next look is at 20"),
        (19, {"one": 20}, "as it is; open after 10 seeds; the next look is at 20"),
        (20, {}, "as it is; decided at 20 seeds"),
    ],
)
@pytest.mark.usefixtures("decides")
def test_seeds_are_due_for_the_next_look_and_none_between_looks_counts(
    seeds: int, needed: Mapping[str, int], reason: str
) -> None:
    found = look(study(entry("one", seeds, accuracy())))
    assert due(found) == needed
    assert found.verdicts[0].ruling.reason == reason


@pytest.mark.usefixtures("decides")
def test_a_claim_that_is_open_at_the_last_look_stays_inconclusive() -> None:
    found = look(study(entry("one", 19, accuracy()), most_seeds=19))
    assert due(found) == {}
    assert found.verdicts[0].decision == "inconclusive"
    assert found.verdicts[0].ruling.reason == "as it is; open after 10 seeds, the last look"


def test_what_is_compared_with_needs_the_seeds_too_and_is_judged_by_its_own(decides: FakeJudge) -> None:
    rival, bystander = entry("two", 10, accuracy()), entry("three", 40, accuracy())
    found = look(study(entry("one", 10, beats("two")), rival, bystander))
    assert due(found) == {"one": 20, "two": 20}
    assert list(found.verdicts) == [0]
    assert decides.asked[0][0] == {"one": 10, "two": 10, "three": 10}
    ready = look(study(entry("one", 20, beats("two")), entry("two", 20), bystander))
    assert (due(ready), ready.verdicts[0].look) == ({}, 20)


def test_a_difference_that_is_0_by_construction_or_a_rival_that_is_not_there_is_not_trained_for() -> None:
    same = [entry(name, 10, fingerprint="both") for name in ("one", "two")]
    first = fake.entry("one", [0.99] * 10, [beats("two")], "both")
    assert due(look(study(first, same[1]))) == {}
    assert due(look(study(entry("one", 10, beats("nobody"))))) == {}


def test_claims_that_need_no_training_have_no_look(decides: FakeJudge) -> None:
    exact = Parameters(value=407_050, where="here")
    found = look(study(entry("one", 10, exact)))
    assert (found.verdicts, due(found)) == ({}, {})
    assert decides.asked


@pytest.mark.usefixtures("decides")
def test_seeds_that_failed_are_tried_and_where_all_did_no_more_are() -> None:
    some = fake.entry("one", [0.99] * 9, [accuracy()])
    assert due(look(study(fake.with_failures(some, [9])))) == {"one": 20}
    none = fake.with_failures(fake.entry("one", [], [accuracy()]), TEN)
    assert due(look(study(none))) == {}


def test_other_architectures_keep_their_verdicts_on_the_preset_seeds(decides: FakeJudge) -> None:
    decides.decides = {"one": 20, "two": 5}
    both = study(entry("one", 40, accuracy()), entry("two", 40, accuracy()))
    first, second = judge_by_design(both).verdicts
    assert decides.asked[0] == ({"one": 10, "two": 10}, ALPHA)
    assert (first.look, second.look, second.ruling.seeds) == (20, None, 10)
    assert second.ruling.reason == "as it is"


def test_fresh_seeds_give_a_second_verdict_by_themselves(decides: FakeJudge) -> None:
    decides.decides = {"one": 6}
    design = Design(seeds=TEN, claims=ClaimSeeds(seeds=tuple(range(30)), fresh=tuple(range(25, 30))))
    found = judge_by_design(
        Study(Settings(), (entry("one", 30, accuracy()), entry("two", 10, accuracy())), design=design)
    )
    one, two = found.verdicts
    assert (one.decision, one.ruling.seeds) == ("reproduced", 30)
    assert one.fresh is not None
    assert (one.fresh.decision, one.fresh.ruling.seeds) == ("inconclusive", 5)
    assert two.fresh is None
    facts = one.facts
    assert (facts["fresh_verdict"], facts["fresh_seeds"], facts["look"]) == ("inconclusive", 5, None)
    assert two.facts["fresh_verdict"] is None


def test_a_clear_claim_takes_ten_seeds_and_a_hopeless_one_all_of_them() -> None:
    generator = np.random.default_rng(5)
    clear = fake.entry("one", generator.normal(0.99, 0.0003, 40).tolist(), [accuracy("0.9900")])
    unclear = fake.entry("two", generator.normal(0.95, 0.02, 40).tolist(), [accuracy("0.9500")])
    found = look(study(clear, unclear, names=("one", "two")))
    assert [(one.decision, one.look) for one in found.verdicts.values()] == [("reproduced", 10), ("inconclusive", None)]
    assert due(found) == {}


def test_the_interval_of_a_look_is_named_by_its_own_level() -> None:
    values = np.random.default_rng(7).normal(0.99, 0.0003, 10).tolist()
    runs = TestAccuracy(values=tuple(map(WrittenFloat, ("0.9900", "0.9903", "0.9898", "0.9901"))), where="here")
    [verdict] = look(study(fake.entry("one", values, [runs]))).verdicts.values()
    assert "(97 % interval " in verdict.ruling.reason
    [fixed] = judge_by_design(Study(Settings(), (fake.entry("one", values, [runs]),))).verdicts
    assert "(90 % interval " in fixed.ruling.reason


def test_more_records_change_no_verdict_that_is_decided() -> None:
    generator = np.random.default_rng(6)
    values = [*generator.normal(0.99, 0.0003, 10).tolist(), *generator.normal(0.5, 0.1, 30).tolist()]
    claims = [accuracy("0.9900")]
    few, more = (study(fake.entry("one", values[:count], claims)) for count in (10, 40))
    assert Findings(few, {}).judgement.verdicts == Findings(more, {}).judgement.verdicts
