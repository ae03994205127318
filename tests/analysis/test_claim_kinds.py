"""A kind of claim is one file: found in the folder, checked, judged and shown; without a rule it is none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import fake_records as fake
import pytest
from claim_kinds.unjudged import Unjudged

import harness.spec.claims
from harness.analysis.runs import Study
from harness.analysis.verdicts import judge
from harness.declaration.spec_error import InvalidSpec
from harness.planning.settings import Settings
from harness.reporting.sections.claims import exact_claims, narrow_claims
from harness.reporting.units import FORMATS
from harness.spec.architecture import Architecture
from harness.spec.claims import CLAIMS, Unit
from harness.spec.reading import read_text

ADDED = Path(__file__).parents[1] / "fakes" / "claim_kinds"
SPEC = """\
title: A small one
dataset: mnist
layers: [Flatten, Dense: {units: 10, activation: softmax}]
training: {optimizer: Adam, loss: categorical_crossentropy, batch_size: 64, epochs: 2}
claims:
"""


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the files of `tests/fakes/claim_kinds` stand in the folder of kinds."""
    monkeypatch.setattr(harness.spec.claims, "__path__", [*harness.spec.claims.__path__, str(ADDED)])
    known = vars(CLAIMS).pop("kinds", None)
    yield
    vars(CLAIMS).pop("kinds", None)
    if known is not None:
        vars(CLAIMS)["kinds"] = known
    for name in ("largest_layer", "unjudged"):
        monkeypatch.delitem(sys.modules, f"harness.spec.claims.{name}", raising=False)


def read(*claims: str) -> Architecture:
    return read_text(Path("small.yaml"), SPEC + "".join(f"  - {claim}\n" for claim in claims))


def test_a_new_file_is_read_checked_judged_and_shown() -> None:
    small = read("largest_layer: {value: 407050, where: table 1}", "largest_layer: {value: 401920, where: table 2}")
    assert str(small.claims[0]) == "largest layer: 407,050"
    judgement = judge(Study(Settings(), (fake.entry("small", (0.99,), small.claims),)))
    assert [verdict.decision for verdict in judgement.verdicts] == ["refuted", "reproduced"]
    assert exact_claims(judgement.verdicts).rows[0] == (
        *("small", "largest layer", "407,050", "401,920", "refuted", "table 1"),
    )
    assert narrow_claims(judgement.verdicts).rows[1][0] == "  largest layer"
    facts = judgement.verdicts[1].facts
    assert (facts["claim"], facts["published"], facts["verdict"]) == ("largest_layer", 401_920, "reproduced")
    with pytest.raises(InvalidSpec, match="no layer here is that large; write less"):
        read("largest_layer: {value: 9000000, where: table 1}")


def test_a_kind_without_a_rule_is_no_kind() -> None:
    with pytest.raises(TypeError, match="judge"):
        Unjudged(value=1, where="table 1")  # type: ignore[abstract]
    assert "unjudged" not in CLAIMS.kinds
    with pytest.raises(InvalidSpec, match="there is no claim 'unjudged'"):
        read("unjudged: {value: 1, where: table 1}")


def test_every_unit_has_its_format() -> None:
    assert set(FORMATS) == set(Unit)


def test_the_folder_holds_the_kinds_and_nothing_half_made() -> None:
    assert set(CLAIMS.kinds) == {
        *("parameters", "layer_parameters", "output_shape"),
        *("test_accuracy", "test_loss", "train_accuracy", "validation_accuracy"),
        *("prediction", "better_than", "statement", "largest_layer"),
        *("tolerates_shift", "gap_smaller_than", "learns_local_patterns", "needs", "halves", "sees_more"),
    }
