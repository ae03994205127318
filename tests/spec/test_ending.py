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
            "layers.1: the network ends in 1 output, but mnist has 10 classes; "
            "end with 'Dense: {units: classes, activation: softmax}': one sigmoid is for two classes"
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


CROSSENTROPY = "categorical_crossentropy"
SCORES = {"categorical_crossentropy": {"from_logits": True}}
SILENT = {
    "scores where probabilities are taken": (
        [dense(10, None)],
        CROSSENTROPY,
        (
            "layers.1: the network ends in scores, without softmax, and categorical_crossentropy takes probabilities; "
            "end with 'activation: softmax', or write 'loss: {categorical_crossentropy: {from_logits: true}}'"
        ),
    ),
    "scores where there is no word for them": (
        [dense(10, None)],
        "kld",
        (
            "layers.1: the network ends in scores, without softmax, and kl_divergence takes probabilities; "
            "end with 'activation: softmax'"
        ),
    ),
    "normalized scores": (
        [dense(10, "softmax"), "BatchNormalization"],
        "binary_crossentropy",
        (
            "layers.2: the network ends in scores, without sigmoid, and binary_crossentropy takes probabilities; "
            "end with 'activation: sigmoid', or write 'loss: {binary_crossentropy: {from_logits: true}}'"
        ),
    ),
    "another activation": (
        [dense(10, "relu")],
        CROSSENTROPY,
        (
            "layers.1: the network ends in relu, and categorical_crossentropy takes probabilities; end with "
            "'activation: softmax'"
        ),
    ),
    "another activation as a layer": (
        [dense(10, None), "LeakyReLU", {"Reshape": {"target_shape": [10]}}],
        CROSSENTROPY,
        (
            "layers.3: the network ends in LeakyReLU, and categorical_crossentropy takes probabilities; "
            "end with 'activation: softmax'"
        ),
    ),
    "probabilities where scores are taken": (
        [dense(10, "softmax")],
        SCORES,
        (
            "training.loss: from_logits says that the network ends in scores, and it ends in a softmax; leave out "
            "from_logits, or the softmax"
        ),
    ),
    "probabilities of a layer": (
        [dense(10, None), "Softmax"],
        SCORES,
        (
            "training.loss: from_logits says that the network ends in scores, and it ends in a softmax; leave out "
            "from_logits, or the softmax"
        ),
    ),
    "dropout at the end": (
        [dense(10, "softmax"), {"Dropout": {"rate": 0.5}}],
        CROSSENTROPY,
        (
            "layers.2: Dropout stands behind the last activation, where it changes the outputs themselves; "
            "move it before the last layer"
        ),
    ),
}


@pytest.mark.parametrize(("last", "loss", "mistake"), SILENT.values(), ids=SILENT)
def test_what_keras_trains_without_a_word_is_reported(last: list[object], loss: object, mistake: str) -> None:
    assert mistakes(spec(last, loss), MNIST) == [mistake]


MEANT = {
    "scores": ([dense(10, None)], SCORES),
    "scores, and a loss of numbers": ([dense(10, None)], "mse"),
    "scores, and a hinge": ([dense(10, None)], "categorical_hinge"),
    "scores as the document has them": ([dense(10, None), {"Activation": {"activation": "linear"}}], CROSSENTROPY),
    "sigmoids": ([dense(10)], CROSSENTROPY),
    "positive numbers": ([dense(10, "exponential")], CROSSENTROPY),
    "a softmax of its own": ([dense(10, None), "Softmax"], CROSSENTROPY),
    "a repeated layer": ([{"Repeat": {"times": 2, "layers": [dense(10, "softmax")]}}], CROSSENTROPY),
    "branches, which may be anything": (
        [{"Parallel": {"branches": [[dense(10, None)], [dense(10, None)]], "merge": "add"}}],
        CROSSENTROPY,
    ),
    "dropout before the softmax": ([dense(10, None), {"Dropout": {"rate": 0.5}}, "Softmax"], CROSSENTROPY),
}


@pytest.mark.parametrize(("last", "loss"), MEANT.values(), ids=MEANT)
def test_what_may_be_meant_is_not_reported(last: list[object], loss: object) -> None:
    assert mistakes(spec(last, loss), MNIST) == []


def test_each_phase_is_held_against_the_end_and_named() -> None:
    phase = {"optimizer": "Adam", "batch_size": 32, "epochs": 1}
    phases = [{**phase, "loss": SCORES}, {**phase, "loss": CROSSENTROPY}, {**phase, "loss": "categorical_hinge"}]
    content = {"title": "t", "dataset": "mnist", "phases": phases}
    [found] = mistakes(SpecFile.model_validate({**content, "layers": ["Flatten", dense(10, "softmax")]}), MNIST)
    assert found.startswith("phases.0.loss: from_logits says that the network ends in scores")
    one = SpecFile.model_validate({**content, "layers": ["Flatten", dense(1)]})
    assert [found.partition(":")[0] for found in mistakes(one)] == [
        "phases.0.loss",
        "phases.1.loss",
        "phases.2.loss",
        "phases.0.loss",
    ]


def test_a_missing_flatten_is_called_that() -> None:
    training = {"optimizer": "Adam", "loss": CROSSENTROPY, "batch_size": 32, "epochs": 1}
    content = {"title": "t", "dataset": "mnist", "training": training}
    convolution = {"Conv2D": {"filters": 4, "kernel_size": 3}}
    flat_later = [convolution, dense(8, "relu"), {"Dropout": {"rate": 0.5}}, dense(10, "softmax")]
    assert mistakes(SpecFile.model_validate({**content, "layers": flat_later}), MNIST) == [
        (
            "layers.1: a Flatten is missing: Dense acts on each place of 26×26×4, and the end is 26×26×10; insert a "
            "line '- Flatten' before this Dense"
        )
    ]
    without_dense = {"Conv2D": {"filters": 10, "kernel_size": 1, "activation": "softmax"}}
    assert mistakes(SpecFile.model_validate({**content, "layers": [without_dense]}), MNIST) == [
        (
            "layers.0: the network ends in 28×28×10, but mnist has 10 classes; end with 'Flatten' or a global pooling, "
            "and 'Dense: {units: classes, activation: softmax}'"
        )
    ]


RATES = ["softplus", "exponential", "relu", "relu6", "sparse_plus", "squareplus", "softmax", "sigmoid"]


@pytest.mark.parametrize("activation", RATES)
def test_poisson_takes_outputs_that_are_not_negative(activation: str) -> None:
    assert mistakes(spec(dense(10, activation), "poisson"), MNIST) == []


@pytest.mark.parametrize(
    ("end", "named"), [(dense(10, None), "scores"), (dense(10, "tanh"), "tanh"), ([dense(10, None), "ELU"], "ELU")]
)
def test_poisson_of_outputs_that_may_be_negative_is_reported(end: object, named: str) -> None:
    [mistake] = mistakes(spec(end, "poisson"), MNIST)
    assert mistake.endswith(
        f": the network ends in {named}, which may be negative, and poisson takes their logarithms; "
        "end with 'activation: softplus', or softmax"
    )


def test_poisson_of_outputs_that_are_said_to_be_linear_is_taken() -> None:
    said = [dense(10, None), {"Activation": {"activation": "linear"}}]
    assert mistakes(spec(said, "poisson"), MNIST) == []
