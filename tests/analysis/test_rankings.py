"""Whether a ranking holds on other data: what is compared, how alike rankings are, which pairs turn, what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import fake_records as fake
import pytest
from scipy import stats

from harness.analysis.findings import Findings
from harness.analysis.rankings import rankings
from harness.analysis.runs import ArchitectureResults, Study
from harness.planning.settings import Settings
from harness.reporting.markdown import render_section
from harness.reporting.sections.rankings import section

NOISE = (-0.0004, -0.0002, 0.0, 0.0002, 0.0004)


def results(dataset: str, means: Mapping[str, float], noise: Sequence[float] = NOISE) -> Findings:
    """Return findings on a data set of architectures with these means and the same scatter."""

    def on(entry: ArchitectureResults) -> ArchitectureResults:
        data = entry.architecture.data.model_copy(update={"name": dataset})
        changes = {"dataset": dataset, "data": data}
        return replace(entry, architecture=entry.architecture.model_copy(update=changes))

    entries = (on(fake.entry(name, [mean + step for step in noise])) for name, mean in means.items())
    return Findings(Study(Settings(), tuple(entries)), {})


def rendered(findings: Findings) -> str:
    found = section(findings)
    assert found is not None
    return render_section(found, {})


MEANS = {"a": 0.95, "b": 0.94, "c": 0.93, "d": 0.92, "e": 0.91}
TURNED = {"a": 0.85, "b": 0.84, "c": 0.83, "d": 0.86, "e": 0.82}


def test_the_same_order_has_a_correlation_of_one_and_no_pair_turns() -> None:
    other = results("digits", {name: mean - 0.2 for name, mean in MEANS.items()})
    found = rankings(replace(results("mnist", MEANS), other_data=(other,)))
    assert found is not None
    [agreement] = found.agreements
    assert (agreement.first, agreement.second, agreement.architectures, agreement.tau) == ("mnist", "digits", 5, 1.0)
    assert agreement.interval is not None
    assert (agreement.interval.low, agreement.interval.high) == (1.0, 1.0)
    assert (found.turns, found.tests) == ((), 10)


def test_pairs_that_are_separated_in_opposite_directions_turn() -> None:
    found = rankings(replace(results("mnist", MEANS), other_data=(results("digits", TURNED),)))
    assert found is not None
    [agreement] = found.agreements
    assert agreement.tau == pytest.approx(stats.kendalltau(list(MEANS.values()), list(TURNED.values())).statistic)
    assert {(turn.winner, turn.loser, turn.better_on, turn.worse_on) for turn in found.turns} == {
        (winner, "d", "mnist", "digits") for winner in "abc"
    }
    for turn in found.turns:
        assert turn.better_by > 0 > turn.worse_by
        assert turn.adjusted_p < 0.05
    shown = rendered(replace(results("mnist", MEANS), other_data=(results("digits", TURNED),)))
    assert "| a              | d         | mnist (+3.00 points) | digits (-1.00 points) | &lt; 0.001 |" in shown


def test_p_is_that_of_the_less_sure_side_corrected_by_holm() -> None:
    wide = tuple(10 * step for step in NOISE)
    found = rankings(replace(results("mnist", MEANS), other_data=(results("digits", TURNED, wide),)))
    assert found is not None
    (first, *_) = found.turns
    difference = [0.83 + step for step in wide], [0.86 + step for step in wide]
    assert (first.winner, first.loser) == ("c", "d")
    assert first.adjusted_p == pytest.approx(10 * stats.ttest_ind(*difference, equal_var=False).pvalue)


def test_every_two_data_sets_are_compared_over_what_both_have() -> None:
    third = results("photos", {"a": 0.5, "b": 0.6, "z": 0.7})
    one_more = replace(results("mnist", MEANS), other_data=(results("digits", TURNED), third))
    found = rankings(one_more)
    assert found is not None
    assert [(one.first, one.second, one.architectures) for one in found.agreements] == [("mnist", "digits", 5)]
    assert found.tests == 10 + 1 + 1
    assert ("b", "a", "photos") not in {(turn.winner, turn.loser, turn.better_on) for turn in found.turns}
    assert ("a", "b", "mnist", "photos") in {(t.winner, t.loser, t.better_on, t.worse_on) for t in found.turns}
    shown = rendered(one_more)
    assert "## Does the ranking hold on other data?" in shown
    for cell in ("95.00 ± 0.03 (1)", "86.00 ± 0.03 (1)", "70.00 ± 0.03 (1)"):
        assert cell in shown
    (row,) = [line for line in shown.splitlines() if line.startswith("| z ")]
    assert row.count("– |") == 2, "it was not measured on the others"  # noqa: RUF001


def test_what_computes_the_same_counts_once() -> None:
    def twice(found: Findings) -> Findings:
        (first, *others) = found.study.entries
        again = replace(first, architecture=first.architecture.model_copy(update={"name": "again"}))
        return replace(found, study=replace(found.study, entries=(first, again, *others)))

    found = rankings(replace(twice(results("mnist", MEANS)), other_data=(twice(results("digits", TURNED)),)))
    assert found is not None
    assert (found.agreements[0].architectures, found.tests) == (5, 10)
    assert "again" not in {name for turn in found.turns for name in (turn.winner, turn.loser)}


def test_without_results_on_other_data_the_page_has_no_such_section() -> None:
    assert section(results("mnist", MEANS)) is None
    nothing_in_common = replace(results("mnist", MEANS), other_data=(results("photos", {"z": 0.5}),))
    assert rankings(nothing_in_common) is None
    found = section(nothing_in_common)
    assert found is not None
    assert (found.title, found.blocks) == (
        "Other data",
        ("Results on other data have pages of their own: [photos](datasets/photos/README.md).",),
    )


def test_one_seed_has_ranks_and_a_correlation_but_no_interval_and_no_test() -> None:
    other = results("digits", TURNED, (0.0,))
    found = rankings(replace(results("mnist", MEANS, (0.0,)), other_data=(other,)))
    assert found is not None
    assert found.agreements[0].interval is None
    assert (found.turns, found.tests) == ((), 0)


def test_the_same_records_give_the_same_interval() -> None:
    close = {name: 0.95 + index / 10_000 for index, name in enumerate("abcdef")}
    mine = replace(results("mnist", close), other_data=(results("digits", close),))
    first, second = rankings(mine), rankings(mine)
    assert first is not None
    assert second is not None
    assert first.agreements == second.agreements
    assert first.agreements[0].interval is not None
    assert first.agreements[0].interval.low < 1
