"""The section on what documents say: every sentence with its words, its verdict and what it rests on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import fake_records as fake
import pytest

from harness.analysis.alternatives import OtherRecipe, other_recipes, own_recipe
from harness.analysis.findings import Findings
from harness.analysis.verdicts import Verdict
from harness.reporting.blocks import Illustrations, Table
from harness.reporting.numbers import UNKNOWN
from harness.reporting.page import page
from harness.reporting.sections import documents
from harness.reporting.sections.alternatives import alternatives
from harness.spec.folder import files_apart
from harness.spec.reading import read_architecture

FOLDER = Path(__file__).parents[2] / "architectures"


@pytest.fixture(scope="module")
def found() -> Findings:
    chosen = fake.architectures()
    return fake.findings(chosen, fake.fake_trials(chosen))


def verdicts_of(found: Findings, name: str) -> list[Verdict]:
    return [verdict for verdict in found.judgement.verdicts if verdict.architecture == name]


def test_every_document_has_a_table_and_every_quotation_a_row(found: Findings) -> None:
    section = documents.section(found)
    assert section is not None
    text = page(found)
    assert text.index("## Claims") < text.index(f"## {documents.TITLE}")
    tables = [block for block in section.blocks if isinstance(block, Table)]
    of_documents = [entry for entry in found.study.entries if entry.architecture.document]
    assert len(tables) == len(of_documents) == 5
    for table, entry in zip(tables, of_documents, strict=True):
        quoted = {claim.quote for claim in entry.architecture.claims if claim.quote}
        shown = {
            row[0].partition("\n")[0].strip("\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}")
            for row in table.rows
        }
        assert quoted <= shown
        assert f"### {entry.architecture.document}" in text


def test_claims_about_one_sentence_stand_below_each_other(found: Findings) -> None:
    rows = documents.sentences(verdicts_of(found, "000_convnet")).rows
    halves = [row for row in rows if "halves" in row[1]]
    assert [(bool(row[0]), row[2], row[3]) for row in halves] == [
        (True, "reproduced", "by arithmetic"),
        (False, "refuted", "by arithmetic"),
    ]
    assert rows[-1][:3] == (documents.EXACT, "equality", "reproduced")


def test_thin_evidence_is_marked_and_what_is_not_tested_rests_on_no_seed(found: Findings) -> None:
    rows = {row[1]: row for row in documents.sentences(verdicts_of(found, "001_convnet_8_epochs")).rows}
    assert rows["better than dense_512"][3] == "5 (few)"
    assert "(95 % interval +1." in rows["better than dense_512"][4]
    rows = {row[1]: row for row in documents.sentences(verdicts_of(found, "000_convnet")).rows}
    assert rows["tolerates a shift by 3 pixels (≤ 0.30 points)"][2:4] == ("not tested", UNKNOWN)
    many = [replace(one, ruling=replace(one.ruling, seeds=10)) for one in verdicts_of(found, "001_convnet_8_epochs")]
    assert not any("few" in row[3] for row in documents.sentences(many).rows)


def test_shapes_that_differ_have_rows_of_their_own(found: Findings) -> None:
    own = verdicts_of(found, "004_convnet")
    wrong = [
        replace(one, ruling=replace(one.ruling, decision="refuted", reason="not equal"))
        if one.claim.kind == "parameters"
        else one
        for one in own
    ]
    rows = documents.sentences(wrong).rows
    assert [row[2] for row in rows[-2:]] == ["refuted", "refuted"]
    assert rows[-1][0].startswith("55,744")


def test_other_recipes_of_a_document_stand_below_it_once_they_are_trained(found: Findings) -> None:
    chosen = fake.architectures("002_two_conv_dropout")
    apart = [read_architecture(file) for file in files_apart(FOLDER) if file.stem in {"002_rmsprop", "002_sgd"}]
    trials = (*fake.fake_trials(chosen), *fake.fake_trials(apart[:1]))
    section = documents.section(fake.findings(chosen, trials, apart=apart))
    assert section is not None
    other, drawn, conclusion = section.blocks[-3:]
    assert isinstance(other, Table)
    assert drawn == Illustrations(("002_two_conv_dropout-recipes",))
    assert [row[:2] for row in other.rows] == [("002_rmsprop", "test loss"), ("002_rmsprop", "test accuracy")]
    fits = all(row[3] == "reproduced" for row in other.rows)
    own = [row[2] for row in documents.sentences(verdicts_of(found, "002_two_conv_dropout")).rows[:2]]
    fitting = [*(["002_rmsprop"] if fits else []), *(["002_two_conv_dropout"] if set(own) == {"reproduced"} else [])]
    assert f" are reproduced: {' and '.join(fitting) or 'none of them'}." in str(conclusion)


def test_recipes_are_ordered_by_the_number_that_fits_each_least() -> None:
    chosen = fake.architectures("002_two_conv_dropout")
    apart = [read_architecture(file) for file in files_apart(FOLDER) if file.stem in {"002_rmsprop", "002_sgd"}]
    found = fake.findings(chosen, (*fake.fake_trials(chosen), *fake.fake_trials(apart)), apart=apart)
    entry = found.study.named("002_two_conv_dropout")
    assert entry is not None
    others = other_recipes(entry, found)
    assert [other.name for other in others] == ["002_rmsprop", "002_sgd"]
    own = own_recipe(entry, others, found)
    assert own is not None
    assert [verdict.claim.kind for verdict in own.verdicts] == ["test_loss", "test_accuracy"]
    assert own.least_p == min(verdict.ruling.p for verdict in own.verdicts if verdict.ruling.p is not None)
    (other,) = alternatives(entry, found)
    recipes = (*others, own)
    expected = sorted(recipes, key=lambda recipe: -(recipe.least_p or 0))
    places = [other.conclusion.index(f"{recipe.name} (p") for recipe in expected]
    assert places == sorted(places)


def test_a_recipe_that_lacks_a_number_is_in_no_order() -> None:
    chosen = fake.architectures("001_convnet_8_epochs")
    apart = [read_architecture(file) for file in files_apart(FOLDER) if file.stem == "001_after_1_epoch"]
    found = fake.findings(chosen, (*fake.fake_trials(chosen), *fake.fake_trials(apart)), apart=apart)
    entry = found.study.named("001_convnet_8_epochs")
    assert entry is not None
    others = other_recipes(entry, found)
    assert len(others[0].verdicts) == 3
    assert own_recipe(entry, others, found) is None, "the document has no number for the first epoch of its log"
    untold = OtherRecipe("few", tuple(replace(one, ruling=replace(one.ruling, p=None)) for one in others[0].verdicts))
    assert untold.least_p is None


def test_without_results_or_documents_there_is_no_section() -> None:
    assert documents.section(fake.findings(fake.architectures("000_convnet"), ())) is None
    plain = fake.architectures("dense_512")
    assert documents.section(fake.findings(plain, fake.fake_trials(plain))) is None


def test_each_kind_of_claim_about_sentences_says_what_it_measures(found: Findings) -> None:
    section = documents.section(found)
    assert section is not None
    for kind in ("tolerates shift", "gap smaller than", "learns local patterns", "needs", "halves", "sees more"):
        assert f"- *{kind}*: " in str(section.blocks[2])
