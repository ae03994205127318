"""Figures beside the sentences of documents: there for what was tested, of the same seeds, and each in its place."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import fake_records as fake
import pytest

from harness.analysis.findings import Findings
from harness.evaluations.evaluation import find_evaluation
from harness.evaluations.metric import ACCURACY
from harness.records.record import Evaluation, Record
from harness.reporting.evidence.levels import Levels
from harness.reporting.evidence.recipes import NumberPanel, Recipes
from harness.reporting.evidence.seeds import Rows, SeedRow, SeedValues
from harness.reporting.evidence.sentences import evidence
from harness.reporting.evidence.sizes import Changes, Resized, Sights
from harness.reporting.figures.evidence_levels import levels_drawing
from harness.reporting.figures.evidence_seeds import PANEL_LETTERS, recipes_drawing, rows_drawing
from harness.reporting.figures.evidence_sizes import changes_drawing, sights_drawing
from harness.reporting.figures.gallery import evidence_figures
from harness.reporting.page import page
from harness.reporting.sections.alternatives import alternatives
from harness.spec.architecture import Architecture
from harness.spec.folder import files_apart
from harness.spec.reading import read_architecture

FOLDER = Path(__file__).parents[2] / "architectures"
SEEDS = range(6)
DOCUMENTS = ("000_convnet", "002_two_conv_dropout", "dense_512")


def apart(*names: str) -> list[Architecture]:
    return [read_architecture(file) for file in files_apart(FOLDER) if file.stem in names]


def evaluated(record: Record, names: Iterable[str], seeds: range = SEEDS) -> Record:
    """Return the record with evaluations after its last epoch: accuracies that fall from level to level."""
    if record.measurement is None or record.seed not in seeds:
        return record
    *first, last = record.measurement.epochs
    found = dict(last.evaluations)
    for name in names:
        metrics = {
            metric.name: max(0.0, 0.97 - 0.04 * place - 0.001 * record.seed)
            for place, metric in enumerate(find_evaluation(name).metrics)
        }
        found[name] = Evaluation(metrics=metrics, seconds=0.1, cpu_seconds=0.1)
    longer = last.model_copy(update={"evaluations": found})
    return record.model_copy(update={"measurement": record.measurement.model_copy(update={"epochs": (*first, longer)})})


def study(
    *derived: str,
    evaluations: Iterable[str] = (),
    change: Callable[[fake.FakeTrial], fake.FakeTrial] = lambda trial: trial,
) -> Findings:
    chosen, beside = fake.architectures(*DOCUMENTS), apart(*derived)
    trials = [replace(one, record=evaluated(one.record, evaluations)) for one in fake.fake_trials(chosen, SEEDS)]
    own = [replace(one, record=evaluated(one.record, evaluations)) for one in fake.fake_trials(beside, SEEDS)]
    return fake.findings(chosen, (*trials, *map(change, own)), apart=beside)


def shown(found: Findings) -> dict[str, object]:
    return {one.name: one.data for one in evidence(found)}


@pytest.fixture(scope="module")
def everything() -> Findings:
    of_002 = (f"002_{name}" for name in ("raw_bytes", "strides", "without_dropout", "rmsprop", "sgd"))
    return study(*of_002, "dense_512_shifted_training", evaluations=("shift", "tiles", "train_set"))


def test_only_what_follows_from_the_spec_is_drawn_before_anything_else_is_measured() -> None:
    assert {name: type(data) for name, data in shown(study()).items()} == {
        "000_convnet-halves": Changes,
        "000_convnet-sees-more": Sights,
        "002_two_conv_dropout-sees-more": Sights,
    }


def test_each_sentence_that_was_tested_has_its_figure(everything: Findings) -> None:
    own = {name.partition("-")[2]: type(data) for name, data in shown(everything).items() if name.startswith("002")}
    assert own == {
        "tolerates-shift": Levels,
        "needs": Rows,
        "better-than": Rows,
        "sees-more": Sights,
        "gap-smaller-than": Rows,
        "recipes": Recipes,
    }


def test_figures_stand_below_the_sentences_they_are_about(everything: Findings) -> None:
    figures = list(evidence_figures(everything, lambda *_: b"<svg/>"))
    text = page(everything, figures)
    first, second = text.index("### 000_"), text.index("### 002_")
    assert first < text.index("(figures/000_convnet-halves.svg)") < second
    assert second < text.index("(figures/002_two_conv_dropout-needs.svg)") < text.index("Its numbers by other recipes")
    recipes = text.index("(figures/002_two_conv_dropout-recipes.svg)")
    assert text.index("Its numbers by other recipes") < recipes < text.index("Recipes by which all of these numbers")
    for figure in figures:
        assert f"![{figure.description}]" in text.replace("\\", "")


def test_claims_of_derived_networks_about_no_number_have_a_table_of_their_own() -> None:
    found = study("000_shifted_training", "dense_512_shifted_training", evaluations=("shift",))
    entry = found.study.named("000_convnet")
    assert entry is not None
    (other,) = alternatives(entry, found)
    assert [row[0] for row in other.table.rows] == ["000_shifted_training"] * 2
    assert other.introduction.startswith("What is asked of networks derived from it")
    assert (other.conclusion, other.figure) == ("", "")
    assert "Recipes by which" not in page(found, ())


def test_claims_of_networks_derived_from_others_change_no_correction() -> None:
    alone, beside = study("002_sgd"), study("002_sgd", "001_after_1_epoch")
    p = [[one.adjusted_p for one in found.judgement.apart if "002" in one.architecture] for found in (alone, beside)]
    assert p[0] == p[1]
    assert len(beside.judgement.apart) > len(alone.judgement.apart)
    assert any(one.adjusted_p is not None for one in beside.judgement.apart if "001" in one.architecture)


def test_curves_have_every_level_and_who_turns_the_claim_round(everything: Findings) -> None:
    curves = shown(everything)["000_convnet-tolerates-shift"]
    assert isinstance(curves, Levels)
    assert [curve.name for curve in curves.curves] == ["000_convnet", "dense_512", "dense_512_shifted_training"]
    assert (curves.levels, curves.judged, curves.guessing) == (tuple("012345678"), 3, 0.1)
    assert all(len(curve.means) == 9 for curve in curves.curves)
    first = curves.curves[0]
    assert first.lows[0] < first.means[0] < first.highs[0]
    assert "000_convnet 96.7 % at 0" in curves.description
    tiles = shown(everything)["000_convnet-learns-local-patterns"]
    assert isinstance(tiles, Levels)
    assert (tiles.levels, tiles.judged) == (("1", "2", "4", "7", "14"), 1)


def test_seeds_that_fail_to_train_are_shown_where_they_are_judged() -> None:
    def diverged(trial: fake.FakeTrial) -> fake.FakeTrial:
        return fake.failed(trial) if trial.record.seed in {1, 2} else trial

    rows = shown(study("002_raw_bytes", change=diverged))["002_two_conv_dropout-needs"]
    assert isinstance(rows, Rows)
    assert [row.label for row in rows.rows] == ["002_two_conv_dropout", "002_raw_bytes"]
    assert rows.rows[1].untrained == (0.1, 0.1)
    assert len(rows.rows[1].measured[0].seeds) == len(SEEDS)
    assert "2 of 6 seeds fail to train" in rows.description


def test_a_gap_is_shown_of_the_seeds_that_both_are_known_of() -> None:
    chosen, beside = fake.architectures("002_two_conv_dropout"), apart("002_without_dropout")
    trials = (*fake.fake_trials(chosen, SEEDS), *fake.fake_trials(beside, SEEDS))
    some = [replace(one, record=evaluated(one.record, ("train_set",), range(5))) for one in trials]
    rows = shown(fake.findings(chosen, some, apart=beside))["002_two_conv_dropout-gap-smaller-than"]
    assert isinstance(rows, Rows)
    for row in rows.rows:
        assert [len(seeds.seeds) for seeds in row.measured] == [5, 5]
        training, test = row.measured
        assert f"gap {100 * (training.mean - test.mean):+.2f} points" in row.label


def test_recipes_stand_in_panels_of_the_numbers_with_the_values_that_were_judged(everything: Findings) -> None:
    found = shown(everything)["002_two_conv_dropout-recipes"]
    assert isinstance(found, Recipes)
    assert found.names == ("002_two_conv_dropout", "002_rmsprop", "002_sgd")
    numbers = [(number.title, number.text) for number in found.numbers]
    assert numbers == [("Test loss", "0.0314"), ("Test accuracy", "99.02 %")]
    entry = everything.study.named("002_sgd")
    assert entry is not None
    of_sgd = found.numbers[1].rows[2]
    assert of_sgd is not None
    assert of_sgd.seeds == tuple(run.last.value("test", "accuracy") for run in entry.runs)


def test_earlier_epochs_are_shown_by_the_epoch_that_each_was_judged_at() -> None:
    chosen, beside = fake.architectures("001_convnet_8_epochs"), apart("001_after_1_epoch", "001_after_5_epochs")
    found = fake.findings(chosen, (*fake.fake_trials(chosen, SEEDS), *fake.fake_trials(beside, SEEDS)), apart=beside)
    drawn = shown(found)["001_convnet_8_epochs-recipes"]
    assert isinstance(drawn, Recipes)
    assert drawn.names == ("001_after_1_epoch", "001_after_5_epochs")
    log, last, test = drawn.numbers
    assert (log.text, last.text, test.text) == ("99.61 %", "99.87 %", "99.22 %")
    for name, epoch, rows in (("001_after_1_epoch", 2, 0), ("001_after_5_epochs", 6, 1)):
        entry = found.study.named(name)
        assert entry is not None
        values = log.rows[rows]
        assert values is not None
        assert values.seeds == tuple(run.epochs[epoch - 1].value("train", "accuracy") for run in entry.runs)
        assert len(entry.runs[0].epochs) == epoch + 7


def test_the_place_of_a_published_number_is_wrapped_to_its_panel_and_not_cut_off() -> None:
    rows = (SeedValues("one", (0.99, 0.98), 0.985, None),)
    places = ("the log in its public notebook, epoch 1 of 8", "In [10]", " ".join(["longer"] * 20))
    titled = [NumberPanel("Train accuracy", "99 %", where, 0.99, ACCURACY, rows) for where in places]
    texts = re.findall("<!-- (.*?) -->", recipes_drawing(Recipes(("one",), tuple(titled))).decode())
    assert {"the log in its public notebook,", "epoch 1 of 8", "In [10]"} <= set(texts)
    assert [text for text in texts if "longer" in text][-1].endswith("longer …")
    assert max(map(len, texts)) <= PANEL_LETTERS // len(places)


def test_a_layer_that_halves_to_the_pixel_is_told_from_one_that_does_not() -> None:
    found = shown(study())
    assert found["000_convnet-halves"] == Changes(
        (
            Resized((26, 26), (13, 13), "layer 2: 26 × 26 → 13 × 13", "exactly half"),
            Resized((11, 11), (5, 5), "layer 4: 11 × 11 → 5 × 5", "half would be 5.5 × 5.5"),
        )
    )
    sights = found["000_convnet-sees-more"]
    assert isinstance(sights, Sights)
    assert [layer.size for layer in sights.layers] == [(3, 3), (8, 8), (18, 18)]


def test_all_kinds_of_figures_are_whole_svgs(everything: Findings) -> None:
    found = shown(everything)
    same = SeedValues("same", (0.99, 0.99), 0.99, None)
    odd = Rows(
        "Better?", "Test accuracy", (SeedRow("one seed", (replace(same, seeds=(0.5,)),)), SeedRow("perfect", (same,)))
    )
    larger = Changes((Resized((11, 11), (6, 6), "layer 1: 11 × 11 → 6 × 6", "half would be 5.5 × 5.5"),))
    drawings = [
        levels_drawing(found["000_convnet-tolerates-shift"]),  # type: ignore[arg-type]
        rows_drawing(found["002_two_conv_dropout-gap-smaller-than"]),  # type: ignore[arg-type]
        recipes_drawing(found["002_two_conv_dropout-recipes"]),  # type: ignore[arg-type]
        sights_drawing(found["000_convnet-sees-more"]),  # type: ignore[arg-type]
        rows_drawing(odd),
        changes_drawing(larger),
    ]
    assert all(ET.fromstring(drawing).tag.endswith("svg") for drawing in drawings)  # noqa: S314 - our own


def test_results_on_other_data_have_no_figure_of_a_document() -> None:
    found = study()
    foreign = [replace(verdict, made_on="mnist") for verdict in found.judgement.verdicts]
    found.__dict__["judgement"] = replace(found.judgement, verdicts=tuple(foreign))
    assert list(evidence(found)) == []
