"""A kind of claim is one file: found in the folder, checked, judged and shown; without a rule it is none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from inspect import isabstract
from pathlib import Path

import fake_records as fake
import pytest
from claim_kinds.unjudged import Unjudged

import harness.spec.claims
from harness.analysis.runs import ArchitectureResults, Study
from harness.analysis.verdicts import judge
from harness.declaration.spec_error import InvalidSpec
from harness.planning.settings import Settings
from harness.reporting.sections.claims import exact_claims, narrow_claims
from harness.reporting.verdicts import FORMATS
from harness.spec.architecture import Architecture
from harness.spec.claims import CLAIMS, Unit
from harness.spec.claims.metrics import TopFiveAccuracy
from harness.spec.claims.structure import TrainableParameters
from harness.spec.claims.validation import BestEpoch
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
    for name in ("kinds", "aliases", "_found", "_homes"):  # is found out anew, and what was known comes back in the end
        monkeypatch.setitem(vars(CLAIMS), name, None)
        del vars(CLAIMS)[name]
    yield
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
    shipped = {
        *("parameters", "trainable_parameters", "layer_parameters", "output_shape"),
        *("test_accuracy", "test_loss", "train_accuracy", "validation_accuracy"),
        *("top_5_accuracy", "best_epoch"),
        *("prediction", "better_than", "statement", "largest_layer"),
        *("tolerates_shift", "gap_smaller_than", "learns_local_patterns", "needs", "halves", "sees_more"),
    }
    assert shipped <= set(CLAIMS.kinds)
    for name in set(CLAIMS.kinds) - shipped:  # one that is added is a file of its own
        assert CLAIMS.kinds[name].__module__ == f"harness.spec.claims.{name}", name
    assert not any(map(isabstract, CLAIMS.kinds.values()))


def decisions(entry: ArchitectureResults) -> list[str]:
    return [verdict.decision for verdict in judge(Study(Settings(), (entry,))).verdicts]


def test_trainable_parameters_are_those_of_the_spec_without_frozen_layers() -> None:
    (dense,) = fake.architectures("dense_512")
    claims = [TrainableParameters(value=value, where="In [1]") for value in (407_050, 5_130)]
    plain = fake.entry("dense_512", (0.98,) * 5, claims)
    assert decisions(plain) == ["reproduced", "refuted"]
    frozen = dense.model_copy(update={"training": dense.training.model_copy(update={"frozen": ("2",)})})
    assert decisions(replace(plain, architecture=frozen.model_copy(update={"claims": tuple(claims)}))) == [
        "refuted",
        "reproduced",
    ]


def test_a_best_epoch_is_one_that_runs_of_the_recipe_can_have() -> None:
    claims = [BestEpoch(value=value, where="In [1]") for value in (7, 30)]
    entry = fake.entry("dense_512", (0.98,) * 6, claims)
    runs = tuple(replace(run, counted=epoch) for run, epoch in zip(entry.runs, (6, 7, 8, 7, 6, 7), strict=True))
    assert decisions(replace(entry, runs=runs)) == ["reproduced", "refuted"]


def test_claims_about_what_is_not_measured_are_mistakes_at_their_places() -> None:
    with pytest.raises(InvalidSpec) as caught:
        read(
            "top_5_accuracy: {value: 0.99, where: table 1}",
            "validation_accuracy: {value: 0.99, where: table 1}",
            "best_epoch: {value: 3, where: table 1}",
        )
    assert [str(mistake).removeprefix("small.yaml:") for mistake in caught.value.mistakes] == [
        "6:5: top-5 accuracy is measured from 20 classes on, and mnist has 10; claim test_accuracy",
        ("7:26: the recipe holds out no images to validate on; add 'validation_split' to it, or claim test_accuracy"),
        (
            "8:17: the recipe keeps the weights of its last epoch; add 'best_epoch: {monitor: val_accuracy}' and "
            "'validation_split: 0.1' to it"
        ),
    ]


def test_top_5_accuracy_is_judged_by_its_metric() -> None:
    text = SPEC.replace("mnist", "cifar100").replace("units: 10", "units: 100")
    found = read_text(Path("small.yaml"), f"{text}  - top_5_accuracy: {{value: 0.6, where: table 1}}\n")
    (claim,) = found.claims
    assert isinstance(claim, TopFiveAccuracy)
    assert (str(claim), claim.quantity.column) == ("top 5 accuracy: 0.6", "test_top_5_accuracy")
    assert claim.unit is Unit.PERCENT
