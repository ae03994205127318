"""The fields of a recipe that few specs have: what they mean in a fingerprint, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_architectures import PLAIN

from harness.declaration.spec_error import InvalidSpec
from harness.planning.settings import Settings
from harness.planning.trial import Computation, trial_computation
from harness.spec.architecture import Architecture
from harness.spec.reading import read_text
from harness.spec.training import Recipe
from harness.spec.training.class_weight import weights_by_class


def read(*lines: str, optimizer: str = "Adam") -> Architecture:
    text = PLAIN.replace("optimizer: Adam", f"optimizer: {optimizer}")
    return read_text(Path("small.yaml"), text + "".join(f"  {line}\n" for line in lines))


def fingerprint(*lines: str, optimizer: str = "Adam") -> str:
    return trial_computation(read(*lines, optimizer=optimizer), Settings()).fingerprint


SAME = ["shuffle: true", "steps_per_epoch:", "schedule_steps: batches", "class_weight:"]
OTHER = ["shuffle: false", "steps_per_epoch: 938", "class_weight: balanced", "class_weight: {3: 2}"]


@pytest.mark.parametrize("line", SAME)
def test_a_default_written_out_is_the_same_computation(line: str) -> None:
    assert fingerprint(line) == fingerprint()


def test_what_changes_the_numbers_changes_the_fingerprint() -> None:
    assert len({fingerprint(), *(fingerprint(line) for line in OTHER)}) == len(OTHER) + 1


def test_the_order_and_the_form_of_class_weights_change_nothing() -> None:
    one, other = "class_weight: {3: 2, 0: 0.5}", "class_weight: {'0': 0.5, '3': 2.0}"
    assert fingerprint(one) == fingerprint(other)
    assert read(one).training.class_weight == (("0", 0.5), ("3", 2.0))


def test_a_recipe_survives_its_own_json() -> None:
    recipe = read("class_weight: {3: 2}", "steps_per_epoch: 7", "shuffle: false").training
    assert type(recipe).model_validate_json(recipe.model_dump_json()) == recipe


def test_a_class_goes_by_its_name_before_its_number() -> None:
    assert weights_by_class((("1", 3.0),), ["2", "1"], [1, 1]) == [1.0, 3.0]
    assert weights_by_class((("1", 3.0),), ["cat", "dog"], [1, 1]) == [1.0, 3.0]
    assert weights_by_class("balanced", ["cat", "dog", "cow"], [6, 2, 0]) == [8 / 12, 8 / 4, 1.0]


def test_steps_are_those_of_the_recipe_whatever_is_held_out() -> None:
    recipe: Recipe = read("steps_per_epoch: 5", "validation_split: 0.5").training
    assert (recipe.steps_in_epoch(60_000), recipe.examples_per_epoch(60_000)) == (5, 320)
    assert recipe.training_examples(60_000) == 30_000


HELD_OUT = "validation_split: 0.1"
DECISIONS = ["early_stopping: {}", "best_epoch: {monitor: val_accuracy}", "reduce_on_plateau: {factor: 0.5}"]


def test_every_decision_changes_the_fingerprint() -> None:
    found = {fingerprint(HELD_OUT), *(fingerprint(HELD_OUT, line) for line in DECISIONS)}
    assert len(found) == len(DECISIONS) + 1


@pytest.mark.parametrize("name", ["early_stopping", "best_epoch", "reduce_on_plateau"])
def test_a_decision_without_a_word_has_its_defaults(name: str) -> None:
    assert fingerprint(HELD_OUT, f"{name}:") == fingerprint(HELD_OUT, f"{name}: {{}}")


@pytest.mark.parametrize("name", ["early_stopping", "best_epoch", "reduce_on_plateau"])
def test_any_phase_decides_and_by_images_only_that_it_holds_out(name: str) -> None:
    start, _, recipe = PLAIN.partition("training:\n")
    phase = ", ".join(line.strip() for line in recipe.splitlines())
    text = f"{start}phases:\n  - {{{phase}, {name}: {{monitor: loss}}}}\n  - {{{phase}}}\n"
    assert len(read_text(Path("small.yaml"), text).phases) == 2
    with pytest.raises(InvalidSpec, match=f"'{name}' monitors val_loss, and the recipe holds out no images"):
        read_text(Path("small.yaml"), text.replace("monitor: loss", "monitor: val_loss"))


def test_only_after_a_phase_that_may_stop_the_last_ones_epochs_are_computed_with() -> None:
    start, _, recipe = PLAIN.partition("training:\n")
    phase = ", ".join(line.strip() for line in recipe.splitlines())

    def computation(decision: str) -> Computation:
        text = f"{start}phases:\n  - {{{phase}{decision}}}\n  - {{{phase}}}\n"
        return trial_computation(read_text(Path("small.yaml"), text), Settings())

    decisions = ["", ", early_stopping: {monitor: loss}", ", best_epoch: {monitor: loss}"]
    plain, stopping, best = map(computation, decisions)
    assert plain.schedule_epochs is best.schedule_epochs is None
    assert stopping.schedule_epochs == 2
    assert len({one.fingerprint for one in (plain, stopping, best)}) == 3


def test_frozen_layers_are_the_same_in_any_order() -> None:
    assert fingerprint("frozen: []") == fingerprint()
    wide = PLAIN.replace("  - Flatten\n", "  - Flatten\n  - Dense: {units: 4}\n  - Dense: {units: 4}\n")
    found = [read_text(Path("small.yaml"), f"{wide}  frozen: {numbers}\n") for numbers in ("[2, 3]", "[3, 2, 3]")]
    one, other = (trial_computation(architecture, Settings()) for architecture in found)
    assert one.fingerprint == other.fingerprint != trial_computation(read(), Settings()).fingerprint
    assert type(one).model_validate_json(one.model_dump_json()).fingerprint == one.fingerprint


def test_mixup_without_a_word_has_its_defaults() -> None:
    assert fingerprint("mixup:") == fingerprint("mixup: {alpha: 0.2}") != fingerprint()


WRONG = {
    "mixup: {alpha: 0}": (11, "'alpha' is 0, which is too small; write more than 0.0"),
    "mixup: {}\n  class_weight: balanced": (
        11,
        "'mixup' makes examples of two classes, and 'class_weight' weighs those of one; keep one of the two",
    ),
    "frozen: 1": (11, "'frozen' is 1; write a list of whole numbers, such as [1, 3]"),
    "frozen: [0]": (11, "'frozen' is a list; write a list of whole numbers, such as [1, 3]"),
    "frozen: [3]": (11, "the network has no layer 3; write numbers up to 2, as 'bench show' counts them"),
    "frozen: [1]": (11, "layer 1 (Flatten) has no weights to train; leave it out"),
    "frozen: [2]": (11, "no weights are left to train; leave one of the layers out"),
    "early_stopping: {monitor: test_accuracy}": (
        11,
        (
            "'monitor' is 'test_accuracy', and what decides by the test images leaves none to test on; "
            "write val_loss or val_accuracy, and hold images out: validation_split: 0.1"
        ),
    ),
    "early_stopping: {patience: 3}": (
        11,
        (
            "'early_stopping' monitors val_loss, and the recipe holds out no images; "
            "add 'validation_split: 0.1' to it, or monitor loss or accuracy"
        ),
    ),
    "early_stopping: {monitor: loss, patience: -1}": (11, "'patience' is -1, which is too small; write 0 or more"),
    "early_stopping: {monitor: loss, pacience: 1}": (11, "there is no field 'pacience' here; did you mean 'patience'?"),
    "best_epoch: true": (11, "'best_epoch' is true, not a mapping; write 'name: value' lines below it, indented"),
    "reduce_on_plateau: {monitor: loss, factor: 1}": (11, "'factor' is 1, which is too large; write less than 1.0"),
    "class_weight: even": (
        11,
        "'class_weight' is 'even'; write 'balanced', or a weight for each class: {0: 1.0, 1: 5.0}",
    ),
    "class_weight: {}": (
        11,
        "'class_weight' is a mapping; write 'balanced', or a weight for each class: {0: 1.0, 1: 5.0}",
    ),
    "class_weight: {1: -1}": (11, "the weight of class '1' is -1; write a number from 0"),
    "class_weight: {1: true}": (11, "the weight of class '1' is true; write a number from 0"),
    "class_weight: {ten: 1}": (
        11,
        "mnist has no class 'ten'; its classes are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, or numbers from 0",
    ),
    "schedule_steps: epochs": (
        7,
        (
            "'schedule_steps' is 'epochs', and the learning rate is not a schedule; "
            "leave it out, or write a schedule such as ExponentialDecay"
        ),
    ),
    "steps_per_epoch: 0": (11, "'steps_per_epoch' is 0, which is too small; write 1 or more"),
    "shuffle: no": (11, "'shuffle' is 'no', not true or false; write true or false"),
}


@pytest.mark.parametrize("line", WRONG)
def test_a_mistake_in_a_recipe_is_one_sentence_at_its_line(line: str) -> None:
    number, sentence = WRONG[line]
    with pytest.raises(InvalidSpec) as caught:
        read(line)
    (found,) = map(str, caught.value.mistakes)
    place, _, said = found.partition(": ")
    assert (place.split(":")[1], said) == (str(number), sentence)


def test_a_plateau_can_not_lower_a_schedule() -> None:
    schedule = "{SGD: {decay: 0.1}}"
    with pytest.raises(InvalidSpec, match="'reduce_on_plateau' can't lower a learning rate that a schedule gives"):
        read("reduce_on_plateau: {monitor: loss}", optimizer=schedule)


def test_a_claim_about_validation_needs_images_that_are_held_out() -> None:
    claim = "claims:\n  - validation_accuracy: {value: 0.98, where: here}\n"
    with pytest.raises(InvalidSpec, match=r"small\.yaml:12:\d+: the recipe holds out no images to validate on"):
        read_text(Path("small.yaml"), PLAIN + claim)
    (found,) = read_text(Path("small.yaml"), f"{PLAIN}  {HELD_OUT}\n{claim}").claims
    assert str(found) == "validation accuracy: 0.98"


@pytest.mark.parametrize(
    ("optimizer", "sentence"),
    [
        ("{SGD: {decay: -1}}", "'decay' is -1; write a number from 0, or leave it out"),
        ("{SGD: {decay: fast}}", "'decay' is 'fast'; write a number from 0, or leave it out"),
        (
            "{SGD: {decay: 0.1, learning_rate: {CosineDecay: {initial_learning_rate: 0.1}}}}",
            (
                "'decay' stands beside a learning rate that is not a number; keep one: decay is InverseTimeDecay with "
                "decay_steps 1"
            ),
        ),
    ],
)
def test_a_decay_that_is_none_is_refused(optimizer: str, sentence: str) -> None:
    with pytest.raises(InvalidSpec, match=r"^small\.yaml:7:\d+: ") as caught:
        read(optimizer=optimizer)
    assert str(caught.value).endswith(sentence)


def test_a_decay_of_0_is_none() -> None:
    assert fingerprint(optimizer="{Adam: {decay: 0}}") == fingerprint()


@pytest.mark.parametrize(
    ("lines", "reported"),
    [
        (("folds: 5", "validation_split: 0.1"), "'folds' stands beside 'validation_split', and each holds images out"),
        (("folds: 1",), "'folds' is 1, which is too small; write 2 or more"),
        (("folds: 2000",), "'folds' is 2000, which is too large; write 1000 or less"),
    ],
)
def test_folds_that_make_no_sense_are_refused(lines: tuple[str, ...], reported: str) -> None:
    with pytest.raises(InvalidSpec, match=reported):
        read(*lines)


def test_the_part_left_out_can_be_monitored_and_changes_the_address() -> None:
    known = read("folds: 5", "early_stopping: {monitor: val_loss}").training
    assert known.training_examples(11, seed=0) == 8
    assert known.training_examples(11, seed=6) == 9
    assert len({fingerprint(), fingerprint("folds: 5"), fingerprint("folds: 4")}) == 3
    assert fingerprint("folds:") == fingerprint()
