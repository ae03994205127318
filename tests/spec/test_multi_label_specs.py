"""How a network must end, and what its recipe may say, where an example may have several labels; and moving to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.data.dataset import Dataset
from harness.data.declarations import find_dataset
from harness.declaration.spec_error import InvalidSpec
from harness.spec.architecture import Architecture
from harness.spec.moving import Misfit, moved
from harness.spec.reading import read_text

DATASET = """
title: Signs
source: nobody
inputs: [8, 8, 1]
classes: [round, red, old]
arrays:
  train_images: {shape: [100, 8, 8], sha256: "%(digest)s"}
  train_labels: {shape: [100, 3], sha256: "%(digest)s"}
  test_images: {shape: [20, 8, 8], sha256: "%(digest)s"}
  test_labels: {shape: [20, 3], sha256: "%(digest)s"}
"""
SPEC = """
title: t
dataset: signs
layers:
  - Flatten
  - Dense: {units: %s}
training: {optimizer: SGD, loss: %s, batch_size: 9, epochs: 1%s}
"""


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "signs.yaml").write_text(DATASET % {"digest": "0" * 64}, encoding="utf-8")
    return tmp_path


def read(specs: Path, units: str, loss: str, recipe: str = "", more: str = "") -> Architecture:
    return read_text(specs / "t.yaml", SPEC % (units, loss, recipe) + more)


def mistakes(specs: Path, units: str, loss: str, recipe: str = "", more: str = "") -> list[str]:
    with pytest.raises(InvalidSpec) as caught:
        read(specs, units, loss, recipe, more)
    return [f"{mistake.what}; {mistake.remedy}" for mistake in caught.value.mistakes]


END = "end with 'Dense: {units: classes, activation: sigmoid}' and loss: binary_crossentropy"
SIGMOIDS = "classes, activation: sigmoid"


def test_a_sigmoid_for_each_label_and_a_loss_of_each_output_are_trained(specs: Path) -> None:
    assert read(specs, SIGMOIDS, "binary_crossentropy").data.multi_label
    for units, loss in (
        ("3", "{binary_crossentropy: {from_logits: true}}"),
        (SIGMOIDS, "{binary_crossentropy: {label_smoothing: 0.1}}"),
        (SIGMOIDS, "mse"),
    ):
        assert read(specs, units, loss, ", mixup: {}, folds: 5").epochs == 1


def test_a_softmax_and_its_loss_are_refused_with_the_reason(specs: Path) -> None:
    softmax, loss = mistakes(specs, "classes, activation: softmax", "categorical_crossentropy")
    of_data = "an example of signs may have several of 3 labels"
    assert softmax == f"softmax shares one probability out among the classes, and {of_data}; {END}"
    assert loss == (
        f"categorical_crossentropy is of one class for each example, and {of_data}; "
        "write loss: binary_crossentropy, and end in a sigmoid"
    )
    [logits] = mistakes(specs, "classes", "{categorical_crossentropy: {from_logits: true}}")
    assert "categorical_crossentropy is of one class" in logits
    [softmax] = mistakes(specs, "classes, activation: softmax", "binary_crossentropy")
    assert "softmax shares one probability out" in softmax


def test_another_number_of_outputs_and_scores_without_a_sigmoid_are_refused(specs: Path) -> None:
    [one] = mistakes(specs, "1, activation: sigmoid", "binary_crossentropy")
    assert one == f"the network ends in 1 output, and an example of signs may have several of 3 labels; {END}"
    [scores] = mistakes(specs, "classes", "binary_crossentropy")
    assert scores.startswith("the network ends in scores, without sigmoid")


def test_what_goes_by_the_one_class_of_an_example_is_refused(specs: Path) -> None:
    for recipe, more, expected in (
        (", class_weight: balanced", "", "'class_weight' weighs an example by its one class"),
        ("", "evaluate: [calibration]\n", "calibration is of the probabilities of one class"),
        ("", 'claims: [top_5_accuracy: {value: 0.9, where: "1"}]\n', "top-5 accuracy is of one class"),
        ("", 'claims: [prediction: {image: 0, value: 1, where: "1"}]\n', "the claim is of the one class of an image"),
    ):
        [found] = mistakes(specs, SIGMOIDS, "binary_crossentropy", recipe, more)
        assert expected in found


def signs(specs: Path) -> Dataset:
    return find_dataset("signs", specs)


def of_digits(layers: str, loss: str = "categorical_crossentropy", phases: str = "") -> Architecture:
    recipe = f"{{optimizer: SGD, loss: {loss}, batch_size: 9, epochs: 1}}"
    trained = f"phases: [{recipe}, {recipe}]" if phases else f"training: {recipe}"
    return read_text(Path("t.yaml"), f"title: t\ndataset: digits\nlayers: [Flatten, {layers}]\n{trained}\n")


@pytest.mark.parametrize(
    "layers",
    [
        "Dense: {units: 10, activation: softmax}",
        "Dense: {units: 10}, Softmax",
        "Dense: {units: 10}, Activation: softmax",
    ],
)
def test_on_several_labels_a_softmax_becomes_a_sigmoid_of_each_and_the_loss_follows(specs: Path, layers: str) -> None:
    layers = layers.replace("Activation: softmax", "Activation: {activation: softmax}")
    loss = "{categorical_crossentropy: {label_smoothing: 0.1}}"
    for phases in ("", "two"):
        found = moved(of_digits(layers, loss, phases), signs(specs))
        assert isinstance(found, Architecture)
        for recipe in found.recipes:
            assert recipe.loss.model_dump() == {"from_logits": False, "label_smoothing": 0.1}
            assert recipe.loss.kind == "binary_crossentropy"
        written = SPEC.replace("  - Dense: {units: %s}\n", "%s") % (
            "".join(f"  - {layer}\n" for layer in ("Dense: {units: 3}", "Activation: {activation: sigmoid}")),
            "binary_crossentropy",
            "",
        )
        assert found.layers[-1] in {
            read_text(specs / "t.yaml", written).layers[-1],
            read(specs, SIGMOIDS, "binary_crossentropy").layers[-1],
        }


def test_what_can_not_follow_is_left_out_with_its_reason(specs: Path) -> None:
    found = moved(of_digits("Dense: {units: 10, activation: softmax}", "kl_divergence"), signs(specs))
    assert isinstance(found, Misfit)
    assert "kl_divergence is of one class" in found.reason


def test_sigmoids_go_back_to_one_class_as_they_are(specs: Path) -> None:
    found = moved(read(specs, SIGMOIDS, "binary_crossentropy"), find_dataset("digits"))
    assert isinstance(found, Architecture)
    assert found.layers[-1].output_shape((64,)) == (10,)
