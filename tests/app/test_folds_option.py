"""`--folds`: the same trials as with `folds` in a recipe, in a folder of results of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import harness
from harness.app.inputs import on_dataset, read_specs
from harness.app.plan import plan
from harness.app.progress import SILENT
from harness.app.training.benchmark import PlanOptions, read_benchmark
from harness.errors import BenchError, Exclusive, InvalidArgument, NothingFits

RECIPE = "{optimizer: Adam, loss: categorical_crossentropy, batch_size: 32, epochs: 2%s}"
SPEC = """
title: t
dataset: digits
layers: [Flatten, Dense: {units: 10, activation: softmax}]
%s
claims: [test_accuracy: {value: 0.9, where: "1"}]
"""


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    recipes = {
        "plain": f"training: {RECIPE % ''}",
        "held_out": f"training: {RECIPE % ', validation_split: 0.1'}",
        "written": f"training: {RECIPE % ', folds: 3'}",
        "phases": f"phases: [{RECIPE % ''}, {RECIPE % ', shuffle: false'}]",
    }
    for name, recipe in recipes.items():
        (tmp_path / "specs" / f"{name}.yaml").write_text(SPEC % recipe, encoding="utf-8")
    return tmp_path / "specs"


def options(specs: Path, **more: object) -> PlanOptions:
    return replace(PlanOptions(architectures=specs, results=specs.parent / "results"), **more)  # type: ignore[arg-type]


def test_the_trials_are_those_of_a_recipe_that_says_so_with_a_seed_for_each_fold(specs: Path) -> None:
    asked, said = (
        plan(options(specs, names=names, folds=folds, seeds=seeds)).plan.trials
        for names, folds, seeds in ((("plain", "held_out", "written"), 3, None), (("written",), None, (0, 1, 2)))
    )
    assert [one.trial.seed for one in asked] == [0, 1, 2]
    assert {one.trial.architectures for one in asked} == {("held_out", "plain", "written")}
    assert [one.trial.name for one in asked] == [one.trial.name for one in said]
    assert [one.trial.facts["fold"] for one in asked] == [1, 2, 3]
    phases = plan(options(specs, names=("phases",), folds=3)).plan.trials[0].trial.computation
    assert [recipe.folds for recipe in phases.recipes] == [3, 3]


def test_without_the_option_nothing_changes(specs: Path) -> None:
    plain = read_benchmark(options(specs, names=("plain",)))
    assert plain.architectures[0].recipe.folds is None
    assert plain.settings.seeds == (0, 1, 2, 3, 4)


def test_results_are_apart_and_the_page_reads_the_same_architectures(specs: Path) -> None:
    asked = options(specs, folds=3)
    assert asked.folder == asked.results / "folds" / "3"
    assert replace(asked, dataset="digits").folder == asked.results / "folds" / "3" / "datasets" / "digits"
    trained = read_benchmark(asked).architectures
    assert on_dataset(asked, read_specs(asked.specs, (), SILENT))[0] == trained
    assert {(one.recipe.folds, one.asked_folds, one.claims) for one in trained} == {(3, 3, ())}


def test_folds_that_can_not_be_are_refused(specs: Path) -> None:
    for folds in (1, 0, -3, 1001, True):
        with pytest.raises(InvalidArgument, match="give a whole number from 2 to 1,000"):
            plan(options(specs, folds=folds))
    with pytest.raises(Exclusive, match="--until-decided and --folds"):
        plan(options(specs, folds=3, until_decided=True))
    (specs / "datasets").mkdir()
    digest = "0" * 64
    images, labels = (f'{{shape: {shape}, sha256: "{digest}"}}' for shape in ("[9, 8, 8]", "[9]"))
    (specs / "datasets" / "nine.yaml").write_text(
        f"title: t\nsource: nobody\ninputs: [8, 8, 1]\nclasses: [a, b]\narrays: {{train_images: {images}, "
        f"train_labels: {labels}, test_images: {images}, test_labels: {labels}}}\n"
    )
    with pytest.raises(NothingFits, match="these are 10 folds of 9 images"):
        plan(options(specs, folds=10, dataset="nine"))


def test_notebooks_take_it_too(specs: Path) -> None:
    found = harness.plan("plain", folds=4, architectures=specs, results=specs.parent / "results")
    assert [one.trial.facts["folds"] for one in found.plan.trials] == [4] * 4
    with pytest.raises(BenchError, match="folds is 1; give a whole number"):
        harness.run("plain", folds=1, architectures=specs, results=specs.parent / "results")
