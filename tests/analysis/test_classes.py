"""Accuracy by class and its means: in summaries, frames and JSON, on the page, under the classes' own names."""

from __future__ import annotations

import math
from dataclasses import replace

import fake_records as fake
import numpy as np
import pytest

from harness.analysis import frame
from harness.analysis.classes import TEST_BALANCED, TEST_MACRO_F1, shares_by_class
from harness.analysis.findings import Findings
from harness.analysis.metric_facts import known_further, measured_facts
from harness.analysis.runs import ArchitectureResults
from harness.data.dataset import Dataset
from harness.data.declarations import find_dataset
from harness.evaluations.evaluation import Scored, find_evaluation
from harness.evaluations.metric import HEADLINE, ROC_AUC, TEST, TOP_5, Quantity
from harness.records.record import Measurement
from harness.reporting.figures.drawing import MISSING, legible
from harness.reporting.figures.images import MOST_CLASSES, Matrix, _readable, confusion_figure, hardest_figure, shades
from harness.reporting.page import page
from harness.reporting.sections.classes import class_table
from harness.reporting.sections.images import hardest_table

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "ni|ne $x$ 鳥")


@pytest.fixture(scope="module")
def found() -> Findings:
    chosen = fake.architectures("000_convnet", "dense_512")
    return fake.findings(chosen, fake.fake_trials(chosen))


def on(found: Findings, data: Dataset) -> Findings:
    """Return the same results as if they were on other data, whose labels are the same."""

    def moved(entry: ArchitectureResults) -> ArchitectureResults:
        changes = {"data": data, "dataset": data.name, "claims": ()}
        return replace(entry, architecture=entry.architecture.model_copy(update=changes))

    study = replace(found.study, entries=tuple(map(moved, found.study.entries)), parents=())
    return Findings(study, {data.name: found.labels["mnist"]}, found.records)


def named(found: Findings, *classes: str) -> Findings:
    return on(found, find_dataset("mnist").model_copy(update={"name": "words", "classes": classes, "contested": None}))


def test_accuracies_of_classes_add_up_to_the_recorded_accuracy(found: Findings) -> None:
    for entry in found.study.compared:
        shares = shares_by_class(entry, found.labels)
        assert shares is not None
        assert shares.accuracy.shape == (5, 10)
        overall = (shares.accuracy * shares.examples).sum(axis=1) / shares.examples.sum()
        assert overall == pytest.approx(entry.values(HEADLINE))
        summary = found.summaries[entry.name].of(TEST_BALANCED)
        assert summary is not None
        assert summary.count == 5
        assert summary.mean == pytest.approx(shares.accuracy.mean())


def test_without_labels_classes_are_unknown(found: Findings) -> None:
    blind = Findings(found.study, {}, found.records)
    (first, *_) = blind.study.compared
    assert shares_by_class(first, {}) is None
    assert blind.summaries[first.name].of(TEST_MACRO_F1) is None
    assert measured_facts(blind, first)["classes"] == []
    assert known_further(blind) == ()
    assert "Accuracy by class" not in page(blind)
    assert frame.classes_frame(blind).empty
    assert "test_macro_f1_mean" not in frame.summary_frame(blind)


def test_frames_have_the_means_and_a_row_for_each_class(found: Findings) -> None:
    rows = frame.summary_frame(found).to_dict(orient="records")
    (summary,) = [row for row in rows if row["architecture"] == "dense_512"]
    assert 0.9 < summary["test_macro_f1_mean"] < 1
    assert summary["test_balanced_accuracy_sd"] > 0
    assert not [name for name in summary if "top_5" in str(name) or "roc_auc" in str(name)]
    classes = frame.classes_frame(found)
    assert list(classes.columns) == list(frame.CLASS_COLUMNS)
    assert len(classes) == 2 * 5 * 10
    seeds = classes[classes["architecture"] == "dense_512"].groupby("seed")["accuracy"].mean()
    assert seeds.mean() == pytest.approx(summary["test_balanced_accuracy_mean"])


def test_what_was_measured_is_there_by_name_for_programs(found: Findings) -> None:
    facts = measured_facts(found, found.study.compared[0])
    assert {"test_accuracy", "test_loss", "train_accuracy", "test_balanced_accuracy"} <= set(facts["metrics"])
    assert facts["metrics"]["test_accuracy"]["seeds"] == 5
    assert [(one["class"], one["name"]) for one in facts["classes"]] == [(n, str(n)) for n in range(10)]
    assert sum(one["examples"] for one in facts["classes"]) == 10_000


def test_the_page_has_a_column_for_each_class_by_its_name(found: Findings) -> None:
    shown = page(named(found, *WORDS))
    (header,) = [line for line in shown.splitlines() if "Balanced accuracy (%)" in line]
    assert "| three |" in header.replace("  ", " ").replace("  ", " ")
    assert "ni\\|ne \\$x\\$ 鳥" in header


def test_of_many_classes_the_page_has_the_hardest(found: Findings) -> None:
    many = named(found, *WORDS, *(f"more {number}" for number in range(10)))
    table = class_table(many, many.study.measured)
    assert table is not None
    assert table.header[3:] == WORDS, "those without an example are no hard ones"
    sixty = replace(many, labels={"words": (many.labels["words"] * 2).astype(np.uint8)})
    found_hardest = class_table(sixty, sixty.study.measured)
    assert found_hardest is not None
    assert all(float(cell) < 5 for cell in found_hardest.rows[0][4:]), "0 is 0 still, and nothing else is right"


def test_hardest_images_and_confusions_have_the_names(found: Findings) -> None:
    words = named(found, *WORDS)
    rows = hardest_table(words.hardest, words.classes).rows
    assert {row[1] for row in rows} <= set(WORDS)
    assert all(row[3].split(" (")[0] in WORDS for row in rows)
    for figure in (hardest_figure(words, {"words": fake.images()}), confusion_figure(words)):
        assert figure is not None
        assert figure.svg.startswith(b"<?xml")


def test_pictures_in_colour_and_of_any_shape_are_drawn_and_tables_have_none(found: Findings) -> None:
    words = named(found, *WORDS)
    drawn = [
        hardest_figure(words, {"words": np.random.default_rng(1).integers(0, 256, (10_000, *shape), np.uint8)})
        for shape in ((6, 9, 3), (9, 6), (8, 8, 3))
    ]
    assert all(figure is not None for figure in drawn)
    assert len({figure.svg for figure in drawn if figure}) == 3
    assert hardest_figure(words, {}) is None


def test_what_is_bright_on_black_is_drawn_as_ink_and_photographs_as_they_are() -> None:
    assert shades(fake.images()[:5]) == "gray_r"
    assert shades(np.full((2, 4, 4), 120, np.uint8)) == "gray"


def test_a_character_that_the_font_lacks_is_a_box() -> None:
    assert legible("a$é鳥") == f"a$é{MISSING}"


def test_a_matrix_of_many_classes_keeps_those_with_most_errors() -> None:
    counts = np.zeros((30, 30))
    counts[7, 9] = 5
    (kept,) = _readable([Matrix("best", counts, tuple(map(str, range(30))))])
    assert kept.counts.shape == (MOST_CLASSES, MOST_CLASSES)
    assert {"7", "9"} <= set(kept.names)
    assert kept.counts[kept.names.index("7"), kept.names.index("9")] == 5


def test_the_top_five_are_measured_from_twenty_classes_on() -> None:
    rng = np.random.default_rng(2)
    test, labels = find_evaluation(TEST), rng.integers(0, 19, 50).astype(np.uint8)
    scores = (rng.random((50, classes), np.float32) for classes in (19, 20))
    nineteen, twenty = (test.measure(Scored(of_each, labels, 0.1)) for of_each in scores)
    assert list(nineteen) == ["loss", "accuracy"]
    assert list(twenty) == ["loss", "accuracy", TOP_5.name]
    assert twenty["accuracy"] <= twenty[TOP_5.name] <= 1


def test_the_area_under_the_curve_is_measured_of_two_classes_that_both_have_examples() -> None:
    test = find_evaluation(TEST)
    scores = np.array([[0.9, 0.1], [0.4, 0.6], [0.7, 0.3], [0.2, 0.8]], np.float32)
    found = test.measure(Scored(scores, np.array([0, 0, 1, 1], np.uint8), 0.1))
    assert found[ROC_AUC.name] == pytest.approx(3 / 4)
    one_class = test.measure(Scored(scores, np.array([0, 0, 0, 0], np.uint8), 0.1))
    assert list(one_class) == ["loss", "accuracy"]
    near_one = np.array([[1e-9, 1.0], [1e-12, 1.0]], np.float32)
    assert test.measure(Scored(near_one, np.array([0, 1], np.uint8), 0.1))[ROC_AUC.name] == 1.0


def test_recorded_scores_have_a_column_and_a_note_where_any_are_recorded(found: Findings) -> None:
    assert Quantity(TEST, TOP_5).heading == "Test top-5 accuracy"
    assert Quantity(TEST, ROC_AUC).heading == "Test ROC AUC"
    shown = page(_with_metric(named(found, "no", "yes", *WORDS[2:]), ROC_AUC.name, 0.875))
    assert "ROC AUC: how often an example of yes has a higher score for it than one of no, ties half." in shown
    assert "0.8750 ± 0.0000" in shown


def _with_metric(found: Findings, name: str, value: float) -> Findings:
    """Return the findings as if every epoch of every run had one more metric of its test images."""

    def changed(entry: ArchitectureResults) -> ArchitectureResults:
        return replace(entry, runs=tuple(replace(run, measurement=_more(run.measurement)) for run in entry.runs))

    def _more(measurement: Measurement) -> Measurement:
        epochs = []
        for epoch in measurement.epochs:
            test = epoch.evaluations[TEST]
            test = test.model_copy(update={"metrics": {**test.metrics, name: value}})
            epochs.append(epoch.model_copy(update={"evaluations": {**epoch.evaluations, TEST: test}}))
        return measurement.model_copy(update={"epochs": tuple(epochs)})

    study = replace(found.study, entries=tuple(map(changed, found.study.entries)))
    return Findings(study, found.labels, found.records)


def test_a_class_without_an_example_has_no_accuracy(found: Findings) -> None:
    more = named(found, *WORDS, "never")
    facts = measured_facts(more, more.study.compared[0])
    assert facts["classes"][-1] == {"class": 10, "name": "never", "examples": 0, "accuracy": None}
    assert math.isnan(frame.classes_frame(more)["accuracy"].iloc[10])


def test_features_are_called_examples_and_no_images(found: Findings) -> None:
    table = find_dataset("mnist").model_copy(update={"name": "table", "inputs": (784,), "contested": None})
    shown = page(on(found, table))
    assert "## Hardest examples" in shown
    assert "Test example |" in shown
    assert "## Hardest images" in page(found)
