"""Specs that say how they differ from another one: what they compute, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import fake_digits
import pytest

from harness.declaration.spec_error import InvalidSpec
from harness.planning.settings import Settings
from harness.planning.trial import trial_computation
from harness.spec.architecture import Architecture
from harness.spec.reading import read_architecture
from harness.spec.training import Training

PARENT = """\
title: A parent
dataset: mnist
layers:
  - Conv2D: {filters: 4, kernel_size: 3, activation: relu}
  - Residual:
      layers:
        - Conv2D: {filters: 4, kernel_size: 3, padding: same}
        - Dropout: {rate: 0.2}
      projection:
        - Conv2D: {filters: 4, kernel_size: 1}
  - MaxPooling2D
  - Flatten
  - Dropout: {rate: 0.5}
  - Dense: {units: 10, activation: softmax}
training:
  optimizer: {Adam: {learning_rate: 0.001}}
  loss: categorical_crossentropy
  batch_size: 64
  epochs: 2
claims:
  - test_accuracy: {value: 0.9900, where: "In [4]"}
assumptions:
  - The optimizer is assumed.
"""
HEADER = "title: A child\nextends: parent\n"

Derive = Callable[[str], Architecture]
Mistakes = Callable[[str], list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a parent."""
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "parent.yaml").write_text(PARENT)
    return folder


@pytest.fixture
def derive(folder: Path) -> Derive:
    """Return what reads a child with these changes."""

    def read(changes: str) -> Architecture:
        (folder / "child.yaml").write_text(HEADER + changes)
        return read_architecture(folder / "child.yaml")

    return read


@pytest.fixture
def mistakes(folder: Path, derive: Derive) -> Mistakes:
    """Return what lists the mistakes of a child, without the folder's name."""

    def read(text: str) -> list[str]:
        with pytest.raises(InvalidSpec) as caught:
            derive(text)
        assert caught.value.exit_code == 2
        return [str(mistake).replace(f"{folder}/", "") for mistake in caught.value.mistakes]

    return read


def kinds(architecture: Architecture) -> list[str]:
    return [layer.kind for layer in architecture.layers]


def words(architecture: Architecture) -> tuple[str, ...]:
    assert architecture.derivation is not None
    return architecture.derivation.changes


@pytest.mark.parametrize(
    ("change", "said", "expected"),
    [
        (
            "remove: {layer: MaxPooling2D}",
            "without MaxPooling2D (layer 3)",
            ["Conv2D", "Residual", "Flatten", "Dropout", "Dense"],
        ),
        (
            "replace: {number: 3, with: [{AveragePooling2D: {pool_size: 3}}, ReLU]}",
            "AveragePooling2D (pool_size 3×3, strides 3×3) + ReLU instead of MaxPooling2D (layer 3)",
            ["Conv2D", "Residual", "AveragePooling2D", "ReLU", "Flatten", "Dropout", "Dense"],
        ),
        (
            "insert: {after: Flatten, layers: [ReLU]}",
            "ReLU after Flatten (layer 4)",
            ["Conv2D", "Residual", "MaxPooling2D", "Flatten", "ReLU", "Dropout", "Dense"],
        ),
        (
            "insert: {before: 1, layers: [{Dropout: {rate: 0.1}}]}",
            "Dropout (rate 0.1) before Conv2D (layer 1)",
            ["Dropout", "Conv2D", "Residual", "MaxPooling2D", "Flatten", "Dropout", "Dense"],
        ),
    ],
)
def test_layers_are_removed_replaced_and_inserted(derive: Derive, change: str, said: str, expected: list[str]) -> None:
    child = derive(f"changes:\n  - {change}\n")
    assert (kinds(child), words(child)) == (expected, (said,))


def test_all_changes_speak_of_the_parents_numbers_whatever_their_order(derive: Derive) -> None:
    changes = [
        "  - remove: {number: 1}\n",
        "  - remove: {number: 3}\n",
        "  - set: {number: 5, rate: 0.25}\n",
        "  - insert: {after: 5, layers: [ReLU]}\n",
    ]
    one, other = derive("changes:\n" + "".join(changes)), derive("changes:\n" + "".join(reversed(changes)))
    assert kinds(one) == ["Residual", "Flatten", "Dropout", "ReLU", "Dense"]
    assert one.layers == other.layers
    assert words(one)[2] == "rate 0.25 instead of 0.5 in Dropout (layer 5)"


def test_a_layer_inside_another_has_a_number_too(derive: Derive) -> None:
    child = derive("changes:\n  - set: {number: 2.2, rate: 0.1}\n  - set: {number: 2.3, use_bias: false}\n")
    residual = child.layers[1].model_dump(mode="json")
    assert [layer.get("Dropout", {}).get("rate") for layer in residual["layers"]] == [None, 0.1]
    assert residual["projection"][0]["Conv2D"]["use_bias"] is False
    assert child.derivation is not None
    assert sorted(child.derivation.changed) == ["2.2", "2.3"]
    assert not child.derivation.added


def test_the_tenth_layer_inside_another_is_not_the_first(folder: Path, derive: Derive) -> None:
    ten = "".join(f"        - Dropout: {{rate: 0.{index}}}\n" for index in range(1, 10))
    text = PARENT.replace("        - Dropout: {rate: 0.2}\n", ten)
    (folder / "parent.yaml").write_text(text)
    child = derive("changes:\n  - remove: {number: 2.10}\n")
    assert words(child) == ("without Dropout (layer 2.10)",)


def test_the_recipe_and_the_data_set_change_and_the_rest_of_the_recipe_stays(derive: Derive) -> None:
    child = derive("dataset: fashion_mnist\nchanges:\n  - training: {epochs: 7, optimizer: {Adam: {beta_1: 0.8}}}\n")
    assert (child.training.epochs, child.training.batch_size, child.dataset) == (7, 64, "fashion_mnist")
    assert child.data.name == "fashion_mnist"
    assert words(child) == (
        "epochs 7 instead of 2, Adam's beta_1 0.8 instead of 0.9",
        "dataset fashion_mnist instead of mnist",
    )


def test_the_word_classes_means_those_of_the_childs_data_set(folder: Path, derive: Derive) -> None:
    (folder / "parent.yaml").write_text(PARENT.replace("units: 10", "units: classes"))
    child = derive("dataset: cifar100\nchanges:\n  - insert: {before: 6, layers: [{Dense: {units: classes}}]}\n")
    assert [layer.model_dump()["units"] for layer in child.layers[-2:]] == [100, 100]
    assert derive("dataset: cifar100\n").layers[-1].model_dump()["units"] == 100


def test_files_that_were_read_before_are_not_parsed_again_and_say_the_same(
    derive: Derive, mistakes: Mistakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "changes:\n  - set: {number: 5, rate: 0.25}\n"
    first = derive(text)
    with monkeypatch.context() as patch:
        patch.setattr("harness.spec.reading.parsed", None)
        assert derive(text) == first
    wrong = text.replace("0.25", "0.5")
    assert mistakes(wrong) == mistakes(wrong)


def test_another_optimizer_is_said_with_what_is_not_its_default(derive: Derive) -> None:
    child = derive("changes:\n  - training: {optimizer: {SGD: {learning_rate: 0.5}}}\n")
    assert words(child) == ("optimizer SGD (learning_rate 0.5) instead of Adam",)


def test_claims_are_not_inherited_and_assumptions_are(derive: Derive) -> None:
    child = derive("changes:\n  - remove: {layer: MaxPooling2D}\nassumptions:\n  - It is cheap.\n")
    assert (child.claims, child.document) == ((), None)
    assert child.assumptions == ("It is cheap.", "The optimizer is assumed.")


def test_what_computes_the_same_has_the_same_address(folder: Path, derive: Derive) -> None:
    written_out = PARENT.replace("  - MaxPooling2D\n", "").replace("epochs: 2", "epochs: 9")
    (folder / "whole.yaml").write_text(written_out)
    child = derive("changes:\n  - remove: {layer: MaxPooling2D}\n")
    addresses = {
        trial_computation(one, Settings()).fingerprint for one in (child, read_architecture(folder / "whole.yaml"))
    }
    assert len(addresses) == 1


def test_what_is_added_and_what_is_changed_is_known_by_its_own_number(derive: Derive) -> None:
    child = derive("changes:\n  - insert: {before: 1, layers: [ReLU]}\n  - set: {number: 5, rate: 0.1}\n")
    assert child.derivation is not None
    assert child.derivation.parent.name == "parent"
    assert (sorted(child.derivation.added), sorted(child.derivation.changed)) == (["1"], ["6"])


def test_a_parent_lies_beside_the_file_else_above_it_else_among_those_that_are_shipped(folder: Path) -> None:
    below = folder / "below"
    below.mkdir()
    (below / "a.yaml").write_text(f"{HEADER}changes: [{{remove: {{layer: MaxPooling2D}}}}]\n")
    (below / "b.yaml").write_text("title: B\nextends: dense_512\nchanges: [training: {epochs: 1}]\n")
    assert [kinds(read_architecture(below / name))[-1] for name in ("a.yaml", "b.yaml")] == ["Dense", "Dense"]
    (below / "parent.yaml").write_text(PARENT.replace("  - Flatten\n", "  - GlobalAveragePooling2D\n"))
    assert "GlobalAveragePooling2D" in kinds(read_architecture(below / "a.yaml"))


def test_every_mistake_is_told_at_once_at_its_place(mistakes: Mistakes) -> None:
    text = """\
dataset: mnist
changes:
  - remove: {layer: Dropout}
  - remvoe: {layer: Dropout}
  - set: {layer: Flatten, rte: 3}
  - set: {number: 5, rte: 3}
  - set: {number: 5, rate: 0.5}
  - set: {number: 5, rate: 1.25}
  - replace: {layer: MaxPooling2D, with: [MaxPooling2D]}
  - replace: {layer: MaxPooling2D, wth: [ReLU]}
  - insert: {after: Dens, layers: [ReLU]}
  - insert: {after: 9, before: 1, layers: [ReLU]}
  - insert: {after: 9, layers: [ReLU]}
  - training: {lerning: 3}
  - training: {epochs: 2, batch_size: 64}
  - training: {}
  - remove: {layer: 4}
  - remove: {}
  - remove: {number: last}
  - set: {number: 5}
claims:
  - test_accuracy: {value: 99}
"""
    numbers = "1, 2, 2.1, 2.2, 2.3, 3, 4, 5, 6"
    assert mistakes(text) == [
        "child.yaml:3:10: 'mnist' is the data set of 'parent' already; leave it out, or name another one",
        "child.yaml:5:21: 'parent' has 2 layers of kind Dropout: 2.2, 5; write 'number: 2.2', or another of these",
        "child.yaml:6:5: there is no change 'remvoe'; did you mean 'remove'?",
        "child.yaml:7:27: Flatten has no field 'rte'; remove it: it has no fields",
        "child.yaml:8:22: Dropout has no field 'rte'; did you mean 'rate'?",
        "child.yaml:9:22: rate of layer 5 is 0.5 already; leave it out, or write another value",
        "child.yaml:10:28: 'rate' is 1.25, which is too large; write less than 1.0",
        "child.yaml:11:14: layer 3 of 'parent' is this already; leave the change out, or put something else there",
        "child.yaml:12:5: replace needs 'with'; add it (Layers, one after another.)",
        "child.yaml:12:36: replace has no field 'wth'; did you mean 'with'?",
        "child.yaml:13:21: 'parent' has no layer 'Dens'; did you mean 'Dense'?",
        "child.yaml:14:13: 'insert' names two places; write 'after' or 'before', a kind or a number",
        f"child.yaml:15:21: 'parent' has no layer 9; choose from {numbers}, as 'bench show' counts them",
        (f"child.yaml:16:16: there is no field 'lerning' here; the fields are {', '.join(Training.model_fields)}"),
        "child.yaml:17:16: epochs is 2 already; leave it out, or write another value",
        "child.yaml:17:27: batch_size is 64 already; leave it out, or write another value",
        "child.yaml:18:15: 'training' changes no field; add 'field: value', such as 'epochs: 10'",
        "child.yaml:19:21: 'layer' is 4, not a kind; write 'number: 4'",
        (
            "child.yaml:20:13: 'remove' names no layer; "
            "add 'layer: Kind' where there is one of its kind, else 'number: N' as 'bench show' counts"
        ),
        (
            "child.yaml:21:22: 'number' is 'last'; write its number as 'bench show' counts: "
            "4, or 4.1 for the first layer inside layer 4"
        ),
        "child.yaml:22:10: 'set' sets no field; add 'field: value', with a field of the layer",
        "child.yaml:24:5: test_accuracy needs 'where'; add it (Where the document says so, e.g. In [4].)",
        "child.yaml:24:28: 'value' is 99, which is too large; write 1 or less",
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "child.yaml:2:1: this computes what 'parent' computes; say in 'changes' what differs, or name another"),
        ("changes: []\n", "child.yaml:3:1: this computes what 'parent' computes; "),
        (
            "changes:\n  - remove: {layer: Flatten}\n  - insert: {after: Flatten, layers: [Flatten]}\n",
            "child.yaml:3:1: this computes what 'parent' computes; ",
        ),
        (
            "changes:\n  - remove: {layer: Flatten}\n",
            (
                "child.yaml:3:1: with these changes, a Flatten is missing: Dense acts on each place of 13×13×4, and "
                "the end is 13×13×10 (line 14 of parent.yaml); insert a line '- Flatten' before this Dense"
            ),
        ),
        (
            "changes:\n  - insert: {before: 1, layers: [{Conv2D: {filters: 1, kernel_size: 29}}]}\n",
            "child.yaml:4:34: Conv2D's window of 29×29 is larger than its input",
        ),
        ("changes:\n  - set: {number: 1, kernel_size: 29}\n", "child.yaml:3:1: with these changes, Conv2D's window"),
        (
            "changes:\n  - remove: {number: 2.1}\n  - remove: {number: 2.2}\n",
            "child.yaml:3:1: with these changes, 'layers' is too short a list (line 7 of parent.yaml); give 1 or more",
        ),
        (
            "dataset: minst\nchanges: [{remove: {number: 5}}]\n",
            "child.yaml:3:10: there is no data set 'minst'; did you mean 'mnist'",
        ),
        (
            "changes: [{remove: {number: 5}}]\nclaims:\n  - layer_parameters: {layer: 6, value: 1, where: x}\n",
            "child.yaml:5:31: the network has 5 layers, and this is about 6; write 5 or less",
        ),
        ("changes: [{remove: {number: 5}}]\nlayers: []\n", "child.yaml:4:1: 'layers' stands beside 'extends'; say in"),
        ("changes: {remove: {number: 5}}\n", "child.yaml:3:10: 'changes' is a mapping, not a list; "),
    ],
)
def test_what_only_the_whole_can_show_has_a_place_in_the_file_to_mend(
    mistakes: Mistakes, text: str, mistake: str
) -> None:
    [found] = mistakes(text)
    assert found.startswith(mistake)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("remove: {number: 3}", "remove: {layer: MaxPooling2D}"),
        ("remove: {number: 5}", "set: {number: 5, rate: 0.1}"),
        ("set: {number: 5, rate: 0.1}", "set: {number: 5, rate: 0.3}"),
        ("remove: {number: 2}", "set: {number: 2.2, rate: 0.1}"),
        ("set: {number: 2.2, rate: 0.1}", "replace: {number: 2, with: [ReLU]}"),
        ("set: {number: 2, layers: [ReLU]}", "remove: {number: 2.2}"),
    ],
)
def test_two_changes_of_the_same_thing_are_a_mistake_at_the_second(mistakes: Mistakes, one: str, other: str) -> None:
    [found] = mistakes(f"changes:\n  - {one}\n  - {other}\n")
    assert found.startswith("child.yaml:5:")
    assert "is changed by item 1 of 'changes' too, and only one can be; leave one of the two out" in found


def test_a_field_of_the_recipe_changes_once(mistakes: Mistakes) -> None:
    [found] = mistakes("changes:\n  - training: {epochs: 3}\n  - training: {epochs: 4}\n")
    assert found == "child.yaml:5:16: epochs is changed by item 1 of 'changes' too; leave one of the two out"


@pytest.mark.parametrize(
    ("named", "mistake"),
    [
        ("parnt", "2:10: there is no architecture 'parnt'; did you mean 'parent'?"),
        ("../specs/parent", "2:10: there is no architecture '../specs/parent'; did you mean 'parent'?"),
        ("child", "2:10: this extends itself; name another architecture"),
        ("derived", "2:10: 'derived' is derived itself; extend 'parent', and repeat the changes that stay"),
        ("3", "2:10: 'extends' is 3, not text; write a word, or put quotes around it"),
    ],
)
def test_a_parent_exists_and_stands_for_itself(folder: Path, named: str, mistake: str) -> None:
    change = "changes: [{remove: {number: 5}}]\n"
    (folder / "derived.yaml").write_text(HEADER + change)
    (folder / "child.yaml").write_text(HEADER.replace("parent", named) + change)
    with pytest.raises(InvalidSpec) as caught:
        read_architecture(folder / "child.yaml")
    assert str(caught.value) == f"{folder / 'child.yaml'}:{mistake}"


def test_mistakes_of_the_parent_have_their_places_in_the_parents_file(folder: Path, mistakes: Mistakes) -> None:
    (folder / "parent.yaml").write_text(PARENT.replace("filters: 4, kernel_size: 3, act", "filtres: 4, act"))
    assert mistakes("changes:\n  - remvoe: {number: 3}\n") == [
        "child.yaml:4:5: there is no change 'remvoe'; did you mean 'remove'?",
        (
            "parent.yaml:4:5: Conv2D needs 'filters'; "
            "add it (Number of output channels; classes: one for each class of the data set.)"
        ),
        "parent.yaml:4:5: Conv2D needs 'kernel_size'; add it (Height and width of the window: one number or two.)",
        "parent.yaml:4:14: Conv2D has no field 'filtres'; did you mean 'filters'?",
    ]


def test_a_misspelt_extends_or_changes_is_recognized(folder: Path) -> None:
    (folder / "child.yaml").write_text("title: A\nextend: parent\nchnages: []\n")
    with pytest.raises(InvalidSpec) as caught:
        read_architecture(folder / "child.yaml")
    assert [mistake.what for mistake in caught.value.mistakes] == [
        "'extends' is missing",
        "there is no field 'extend' here",
        "there is no field 'chnages' here",
    ]


def test_a_parent_is_read_once_until_its_data_set_is_declared_anew(folder: Path, derive: Derive) -> None:
    toy = fake_digits.declared()
    fake_digits.declare(folder, toy)
    (folder / "parent.yaml").write_text(PARENT.replace("mnist", "toy"))

    def parent(rate: float) -> Architecture:
        derivation = derive(f"changes:\n  - set: {{number: 5, rate: {rate}}}\n").derivation
        assert derivation is not None
        return derivation.parent

    assert parent(0.1) is parent(0.2)
    fake_digits.declare(folder, toy.model_copy(update={"title": "Other digits"}))
    assert parent(0.1).data.title == "Other digits"
