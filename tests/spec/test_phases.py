"""Recipes one after another: how a spec writes them, what is wrong with them, and how a derived one changes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_architectures import PLAIN

from harness.declaration.spec_error import InvalidSpec
from harness.planning.plan import needed_trials
from harness.planning.settings import Settings, smoke
from harness.planning.trial import trial_computation, trial_epochs
from harness.spec.architecture import Architecture
from harness.spec.cost import cost
from harness.spec.reading import read_architecture, read_text

FIRST = "{optimizer: RMSprop, loss: categorical_crossentropy, batch_size: 64, epochs: 3}"
SECOND = "{optimizer: Adam, loss: categorical_crossentropy, batch_size: 128, epochs: 8}"


def phased(*phases: str) -> str:
    """Return the valid spec with phases instead of its recipe."""
    listed = "".join(f"  - {phase}\n" for phase in phases)
    return f"{PLAIN.partition('training:')[0]}phases:\n{listed}"


def derived(text: str) -> str:
    return f"title: another\nextends: parent\n{text}\n"


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    (tmp_path / "parent.yaml").write_text(phased(FIRST, SECOND))
    (tmp_path / "plain.yaml").write_text(PLAIN)
    return tmp_path


def read(folder: Path, text: str) -> Architecture:
    return read_text(folder / "child.yaml", text)


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(InvalidSpec) as caught:
        read(folder, text)
    return [str(mistake).removeprefix(str(folder / "child.yaml")) for mistake in caught.value.mistakes]


def test_the_last_phase_is_the_recipe_that_counts_and_all_epochs_are_counted(parent: Path) -> None:
    architecture = read_architecture(parent / "parent.yaml")
    assert architecture.epochs == 11
    assert [recipe.epochs for recipe in architecture.recipes] == [3, 8]
    assert architecture.recipe == architecture.training == architecture.phases[-1]
    computation = trial_computation(architecture, Settings())
    assert (computation.phase_starts, trial_epochs(architecture, Settings())) == ((1, 4), 11)


def test_a_single_phase_computes_what_the_recipe_alone_does(parent: Path) -> None:
    plain = read_architecture(parent / "plain.yaml")
    recipe = PLAIN.partition("training:\n")[2]
    lines = [line.strip() for line in recipe.splitlines() if line.strip()]
    single = read(parent, phased("{" + ", ".join(lines) + "}"))
    found, known = (trial_computation(one, Settings()) for one in (single, plain))
    assert (found, found.fingerprint) == (known, known.fingerprint)


def test_a_last_phase_that_is_longer_shares_its_trials(parent: Path) -> None:
    longer = read(parent, derived("changes:\n  - training: {phase: 2, epochs: 9}"))
    (trial,) = needed_trials([read_architecture(parent / "parent.yaml"), longer], Settings(), seed=0)
    assert (trial.epochs, trial.architectures) == (12, ("parent", "child"))
    assert trial.computation.recipes[0].batch_size == 64


def test_a_schedule_spans_its_own_phase(parent: Path) -> None:
    cosine = SECOND.replace("Adam", "{Adam: {learning_rate: {CosineDecay: {initial_learning_rate: 0.01}}}}")
    assert trial_computation(read(parent, phased(FIRST, cosine)), Settings()).schedule_epochs == 8
    assert trial_computation(read(parent, phased(cosine, FIRST)), Settings()).schedule_epochs is None


def test_a_smoke_run_has_an_epoch_of_every_phase(parent: Path) -> None:
    architecture = read_architecture(parent / "parent.yaml")
    computation = trial_computation(architecture, smoke(Settings()))
    assert (computation.phase_starts, trial_epochs(architecture, smoke(Settings()))) == ((1, 2), 2)


def test_memory_is_that_of_the_largest_batch_and_of_all_optimizers(parent: Path) -> None:
    both, first = cost(read_architecture(parent / "parent.yaml")), cost(read(parent, phased(FIRST)))
    assert (both.batch_size, first.batch_size) == (128, 64)
    assert both.optimizer_bytes == 3 * first.optimizer_bytes  # RMSprop keeps one number per weight, Adam two


def test_a_phase_without_a_loss_has_that_of_the_one_before(parent: Path) -> None:
    focal = FIRST.replace("categorical_crossentropy", "{CategoricalFocalCrossentropy: {gamma: 1.0}}")
    silent = SECOND.replace("loss: categorical_crossentropy, ", "")
    (parent / "focal.yaml").write_text(phased(focal))
    assert [recipe.loss.kind for recipe in read(parent, phased(silent, focal, silent)).recipes] == [
        "categorical_crossentropy",
        "categorical_focal_crossentropy",
        "categorical_focal_crossentropy",
    ]
    of_parent = read(parent, derived(f"phases:\n  - {silent}").replace("parent", "focal"))
    assert of_parent.training.loss == read_architecture(parent / "focal.yaml").training.loss


WRONG = {
    "both": (
        f"{PLAIN}\nphases:\n  - {FIRST}\n",
        "'training' stands beside 'phases'; keep one of the two",
    ),
    "no phase": (phased().replace("phases:", "phases: []"), "'phases' is too short a list; give 1 or more"),
    "a bad one": (phased(FIRST, SECOND.replace("8", "0")), "'epochs' is 0, which is too small; write 1 or more"),
    "other images held out": (
        phased(FIRST, SECOND.replace("epochs", "validation_split: 0.1, epochs")),
        "this phase holds out 0.1 of the training images, the first one 0; hold out the same share in all phases",
    ),
    "no phase named": (
        derived("changes:\n  - training: {epochs: 9}"),
        "'parent' has 2 phases; write 'phase: 2', or another number from 1",
    ),
    "a phase beyond": (
        derived("changes:\n  - training: {phase: 3, epochs: 9}"),
        "'parent' has 2 phases; write 'phase: 2', or another number from 1",
    ),
    "a phase of none": (
        derived("changes:\n  - training: {phase: 1, epochs: 9}").replace("parent", "plain"),
        "'plain' has no phases; leave 'phase' out",
    ),
    "no effect": (
        derived("changes:\n  - training: {phase: 2, epochs: 8}"),
        "epochs is 8 already; leave it out, or write another value",
    ),
    "twice": (
        derived("changes:\n  - training: {phase: 2, epochs: 7}\n  - training: {phase: 2, epochs: 6}"),
        "epochs is changed by item 1 of 'changes' too; leave one of the two out",
    ),
    "phases and a change of one": (
        derived(f"phases:\n  - {FIRST}\nchanges:\n  - training: {{phase: 2, epochs: 7}}"),
        "a recipe is changed, and 'phases' stand in this file; write the change there",
    ),
    "the parent's phases": (
        derived(f"phases:\n  - {FIRST}\n  - {SECOND}"),
        "this computes what 'parent' computes; say in 'changes' what differs, or name another data set",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.values(), ids=WRONG)
def test_a_mistake_in_phases_is_one_sentence_at_its_place(parent: Path, text: str, sentence: str) -> None:
    (found,) = mistakes(parent, text)
    place, _, said = found.partition(": ")
    assert said == sentence
    assert place.count(":") == 2, "a line and a column"


def test_a_mistake_of_both_a_phase_and_a_layer_is_told_at_once(parent: Path) -> None:
    text = phased(FIRST.replace("64", "0")).replace("dataset: mnist", "dataset: 3")
    assert len(mistakes(parent, text)) == 2


def test_a_derived_spec_says_its_phases_in_words(parent: Path) -> None:
    warm = read(parent, derived(f"phases:\n  - {FIRST}\n  - {FIRST}\n  - {SECOND}"))
    assert warm.derivation is not None
    (words,) = warm.derivation.changes
    assert words.startswith("3 phases of 3 + 3 + 8 epochs instead of 3 + 8")
    changed = read(parent, derived("changes:\n  - training: {phase: 1, epochs: 5}"))
    assert changed.derivation is not None
    assert changed.derivation.changes == ("epochs 5 instead of 3 in phase 1",)
    assert changed.epochs == 13
