"""Ranks and verdicts keep to the seeds that a design declares, else to those that all have."""

from __future__ import annotations

import fake_records as fake

from harness.analysis.findings import Findings
from harness.planning.settings import Settings, smoke
from harness.records.design import ClaimSeeds, Design

FIVE = (0, 1, 2, 3, 4)


def compared_seeds(found: Findings) -> list[tuple[int, ...]]:
    return [entry.tried for entry in found.study.compared]


def test_what_is_compared_has_the_preset_seeds_and_claims_have_theirs() -> None:
    chosen = fake.architectures("001_convnet_8_epochs", "dense_512")
    trials = fake.fake_trials(chosen, range(10))
    design = Design(seeds=FIVE, claims=ClaimSeeds(seeds=tuple(range(8))))
    found = fake.findings(chosen, trials, design=design)
    assert compared_seeds(found) == [FIVE] * 2
    assert [[one.seeds for one in rivals] for rivals in found.study.rivals] == [[FIVE] * 2]
    assert [entry.seeds for entry in found.study.entries] == [tuple(range(10))] * 2
    seeds = {verdict.ruling.seeds for verdict in found.judgement.verdicts if verdict.claim.basis == "training"}
    assert seeds == {8}
    alone = fake.findings(chosen, fake.fake_trials(chosen, FIVE))
    assert found.summaries["dense_512"] == alone.summaries["dense_512"]


def test_adding_seeds_changes_no_rank_and_no_verdict_of_a_declared_design() -> None:
    chosen = fake.architectures("001_convnet_8_epochs", "dense_512")
    design = Design(seeds=FIVE)
    few = fake.findings(chosen, fake.fake_trials(chosen, range(5)), design=design)
    more = fake.findings(chosen, fake.fake_trials(chosen, range(9)), design=design)
    assert few.judgement == more.judgement
    assert few.standings == more.standings
    assert few.comparisons == more.comparisons


def test_without_a_design_the_seeds_that_all_have_are_compared_failed_ones_among_them() -> None:
    chosen = fake.architectures("002*", "dense_512")
    first, *rest = fake.fake_trials(chosen[1:], range(4))
    found = fake.findings(chosen, [*fake.fake_trials(chosen[:1], range(7)), fake.failed(first), *rest])
    assert compared_seeds(found) == [(0, 1, 2, 3)] * 2
    assert [entry.seeds for entry in found.study.compared] == [(0, 1, 2, 3), (1, 2, 3)]
    apart = fake.findings(chosen, [*fake.fake_trials(chosen[:1], range(3)), *fake.fake_trials(chosen[1:], range(2, 9))])
    assert compared_seeds(apart) == [(0, 1, 2), tuple(range(2, 9))]


def test_smoke_results_are_used_as_they_are() -> None:
    chosen, cut = fake.architectures("002*", "dense_512"), smoke(Settings())
    trials = [*fake.fake_trials(chosen[:1], range(5), cut), *fake.fake_trials(chosen[1:], range(2), cut)]
    assert compared_seeds(fake.findings(chosen, trials, cut)) == [tuple(range(5)), (0, 1)]
