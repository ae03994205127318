"""A published number judged in a notebook: as the report does, and what is wrong with what it is given."""

from __future__ import annotations

from typing import Any

import fake_records as fake
import numpy as np
import pytest

import harness
from harness.analysis.runs import Study
from harness.analysis.verdicts import judge
from harness.declaration.values import WrittenFloat
from harness.planning.settings import Settings
from harness.spec.claims.metrics import SHARE_MARGIN, TestAccuracy

RUNS = (0.9908, 0.9913, 0.9923, 0.9920, 0.9922, 0.9908, 0.9891)


@pytest.mark.parametrize("text", ["0.9920", "0.99", "0.9963", "0.9945", "0.9800"])
def test_a_notebook_gets_what_the_report_says(text: str) -> None:
    claim = TestAccuracy(value=WrittenFloat(text), where="x")
    reported = judge(Study(Settings(), (fake.entry("one", RUNS, [claim]),))).verdicts[0].ruling
    assert harness.judge_number(RUNS, text) == reported
    assert harness.judge_number(RUNS, WrittenFloat(text), margin=SHARE_MARGIN) == reported


def test_a_judgement_has_verdict_p_values_interval_and_reason() -> None:
    found = harness.judge_number(np.array(RUNS), "0.9920")
    assert found.verdict == "reproduced"
    assert (found.typical_low, found.typical_high) == pytest.approx((0.99070, 0.99220), abs=3e-5)
    assert None not in {found.p, found.p_high, found.p_low, found.p_margin}
    assert repr(found) == (
        "reproduced: the typical run, 99.07 to 99.22 %, is within ± 0.305 points, and the number could be one run "
        "(p = 0.545) (typical_low=0.9907, typical_high=0.9922, p=0.5446, p_margin=0.007813)"
    )


def test_the_digits_of_a_number_are_those_it_is_written_with_unless_they_are_given() -> None:
    assert "± 0.35 points" in harness.judge_number(RUNS, "0.992").reason
    assert harness.judge_number(RUNS, 0.992, decimals=4) == harness.judge_number(RUNS, "0.9920")
    assert "± 0.80 points" in harness.judge_number(RUNS, 0.99).reason


def test_a_refutation_is_corrected_for_the_number_of_claims() -> None:
    assert harness.judge_number(RUNS, "0.9963").verdict == "refuted"
    among = harness.judge_number(RUNS, "0.9963", claims=20)
    assert (among.verdict, "corrected for 20 claims" in among.reason) == ("inconclusive", True)


def test_losses_are_judged_upside_down_and_in_their_own_unit() -> None:
    accuracy = harness.judge_number(RUNS, "0.9840")
    loss = harness.judge_number([1 - value for value in RUNS], "0.0160", metric="loss")
    assert (accuracy.p, accuracy.p_low) == pytest.approx((loss.p, loss.p_high))
    assert "from 0.0078 to" not in loss.reason
    assert "0.0078 to 0.0093, is" in harness.judge_number([1 - x for x in RUNS], "0.0080", metric="loss").reason


@pytest.mark.parametrize(
    ("values", "published", "sentence"),
    [
        ([], 0.99, r"values is \(\); give a list of numbers, one per run"),
        (0.99, 0.99, "values is 0.99; give a list of numbers"),
        ("0.99", 0.99, "values is '0.99'; give a list of numbers"),
        ([0.99, 99.2], 0.99, "values, item 2, is 99.2; give a share from 0 to 1: 0.9912 for 99.12 %"),
        ([0.99, float("nan")], 0.99, "values, item 2, is nan; give a share"),
        ([0.99, None], 0.99, "values, item 2, is None; give a share"),
        ([0.99, "0.99"], 0.99, "values, item 2, is '0.99'; give a share"),
        (RUNS, "99,2", "published is '99,2'; give a number as it was printed"),
        (RUNS, None, "published is None; give a number as it was printed"),
        (RUNS, True, "published is True; give a number as it was printed"),
        (RUNS, "1e999", "published is '1e999'; give a number as it was printed"),
        (RUNS, 99.2, "published is 99.2; give a share from 0 to 1"),
        (RUNS, "x" * 100, "published is 'x{59}…; give a number"),
    ],
)
def test_what_is_no_number_of_the_metric_is_a_sentence(values: Any, published: Any, sentence: str) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match=sentence):
        harness.judge_number(values, published)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"decimals": -1}, "decimals is -1; give a whole number from 0"),
        ({"decimals": 4.0}, "decimals is 4.0; give a whole number from 0"),
        ({"claims": 0}, "claims is 0; give a whole number from 1"),
        ({"claims": True}, "claims is True; give a whole number from 1"),
        ({"margin": 0}, "margin is 0; give a number above 0, such as 0.003"),
        ({"margin": "wide"}, "margin is 'wide'; give a number above 0"),
        ({"alpha": 0.5}, "alpha is 0.5; give a level between 0 and 0.5"),
        ({"metric": "acuracy"}, "there is no metric 'acuracy'; did you mean 'accuracy'"),
    ],
)
def test_an_option_out_of_range_is_a_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(harness.BenchError, match=sentence):
        harness.judge_number(RUNS, 0.99, **options)


def test_too_few_values_are_inconclusive() -> None:
    found = harness.judge_number(RUNS[:4], 0.99)
    assert repr(found) == "inconclusive: 4 seeds; at least 5 are needed"
