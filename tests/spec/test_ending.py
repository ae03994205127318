"""How a network may end: an output for each class, or one for two classes."""

from __future__ import annotations

import pytest

from harness.data.declarations import find_dataset
from harness.spec.architecture import SpecFile
from harness.spec.cost import network_cost
from harness.spec.ending import end_mistakes, gives_probabilities

TWO_CLASSES = find_dataset("mnist").model_copy(update={"classes": ("cat", "dog")})
MNIST = find_dataset("mnist")


def spec(last: object, loss: object = "binary_crossentropy") -> SpecFile:
    training = {"optimizer": "Adam", "loss": loss, "batch_size": 32, "epochs": 1}
    layers = ["Flatten", *last] if isinstance(last, list) else ["Flatten", last]
    return SpecFile.model_validate({"title": "t", "dataset": "mnist", "layers": layers, "training": training})


def dense(units: int, activation: str | None = "sigmoid") -> object:
    return {"Dense": {"units": units, "activation": activation}}


def mistakes(found: SpecFile, data: object = TWO_CLASSES) -> list[str]:
    assert isinstance(data, type(MNIST))
    shape = network_cost(found.layers, found.recipes, data).output_shape
    return [f"{'.'.join(map(str, mistake.path))}: {mistake}" for mistake in end_mistakes(found, data, shape)]


LOGITS = {"binary_crossentropy": {"from_logits": True}}
FITTING = [
    (dense(1), "binary_crossentropy"),
    (dense(1, None), LOGITS),
    (dense(1), "mse"),
    (dense(2), "binary_crossentropy"),
    (dense(2, "softmax"), "categorical_crossentropy"),
    ([dense(1, None), {"Activation": {"activation": "sigmoid"}}], "bce"),
]


@pytest.mark.parametrize(("last", "loss"), FITTING)
def test_two_classes_take_one_output_or_two(last: object, loss: object) -> None:
    assert mistakes(spec(last, loss)) == []


def test_ten_classes_take_ten_sigmoids_and_not_one() -> None:
    assert mistakes(spec(dense(10)), MNIST) == []
    assert mistakes(spec(dense(1)), MNIST) == [
        (
            "layers.1: the network ends in 1 outputs, but mnist has 10 classes; "
            "end with 'Dense: {units: classes, activation: softmax}'"
        )
    ]


def test_what_one_output_cannot_be_trained_with_is_reported() -> None:
    assert mistakes(spec(dense(1), "categorical_crossentropy")) == [
        (
            "training.loss: categorical_crossentropy compares outputs with one another, and the network has one; "
            "write 'units: classes', or 'Dense: {units: 1, activation: sigmoid}' and loss: binary_crossentropy"
        )
    ]
    assert mistakes(spec(dense(1, "softmax"))) == [
        (
            "layers.1: the softmax of one output is always 1; "
            "end with 'Dense: {units: 1, activation: sigmoid}' and loss: binary_crossentropy"
        )
    ]
    (found,) = mistakes(spec(dense(3)))
    assert found.endswith("softmax}', or with 'Dense: {units: 1, activation: sigmoid}' and loss: binary_crossentropy")


def test_one_sigmoid_gives_probabilities_and_several_do_not() -> None:
    assert gives_probabilities(spec(dense(1)))
    assert gives_probabilities(spec([dense(1, None), {"Activation": {"activation": "sigmoid"}}]))
    assert not gives_probabilities(spec(dense(2)))
    assert not gives_probabilities(spec(dense(1, None)))
    assert gives_probabilities(spec(dense(1, None), LOGITS))
