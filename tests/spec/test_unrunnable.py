"""Networks that Keras builds and TensorFlow can't train are refused when they are read, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.declaration.spec_error import InvalidSpec
from harness.spec.reading import read_text

CONVOLUTION = "Conv2D: {filters: 4, kernel_size: 3}"
DEFAULT = "training: {optimizer: adam, loss: mse, batch_size: 64, epochs: 1}"


def reason(*layers: str, training: str = DEFAULT) -> str:
    """Return the first mistake of a network that ends in ten classes; nothing for none."""
    listed = "".join(f"  - {layer}\n" for layer in (*layers, "Flatten", "Dense: {units: 10}"))
    try:
        read_text(Path("network.yaml"), f"title: x\ndataset: mnist\nlayers:\n{listed}{training}\n")
    except InvalidSpec as error:
        return str(error.mistakes[0])
    return ""


def transposed(fields: str) -> str:
    return f"Conv2DTranspose: {{filters: 3, {fields}}}"


# Each was tried in TensorFlow 2.21 and failed there, by an exception, by SIGSEGV or by a loss that is not a number.
REFUSED = {
    "an even kernel, same, no output padding": (
        transposed("kernel_size: 2, strides: 2, padding: same, output_padding: 0"),
        "does not give 26×26; leave output_padding out",
    ),
    "an even kernel, same, strides of 1": (
        transposed("kernel_size: 4, padding: same, output_padding: 0"),
        "does not give 26×26",
    ),
    "a kernel of 1 with strides": (transposed("kernel_size: 1, strides: 3"), "set kernel_size to the strides or more"),
    "strides that end TensorFlow's own library": (
        "Conv2D: {filters: 4, kernel_size: 3, strides: 2147483647}",
        "Conv2D's window goes 2,147,483,647 pixels at a step; write strides and dilation_rate of 1,000 at most",
    ),
    "strides of pooling": ("MaxPooling2D: {pool_size: 2, strides: 70000}", "goes 70,000 pixels at a step"),
    "strides of a transposed convolution": (transposed("kernel_size: 2, strides: 2000"), "2,000 pixels at a step"),
    "a dilation that takes minutes": (
        "DepthwiseConv2D: {kernel_size: 1, dilation_rate: 70000}",
        "goes 70,000 pixels at a step",
    ),
    "a window far beyond the border": (
        "Conv2D: {filters: 4, kernel_size: 500, padding: same}",
        "most of Conv2D's window of 500×500 never meets its input of 26×26×4; use a smaller window",
    ),
    "a window that makes more of a pixel than there are pixels": (
        transposed("kernel_size: 500, padding: valid"),
        "most of Conv2DTranspose's window of 500×500 never meets its input of 26×26; use a smaller window",
    ),
    "a blur far beyond the border": (
        "RandomGaussianBlur: {kernel_size: 2147483647}",
        "never meets its input of 26×26×4; use a smaller window",
    ),
    "a dilated window far beyond the border": (
        "SeparableConv2D: {filters: 4, kernel_size: 3, padding: same, dilation_rate: 100}",
        "never meets its input",
    ),
    "images of one value": (
        "RandomContrast: {factor: 0.1, value_range: [1, 1]}",
        "'value_range' goes from 1 to 1; write [0, 1]",
    ),
    "a range of values beyond float32": (
        "RandomBrightness: {factor: 0.1, value_range: [-3.0e+38, 3.0e+38]}",
        "'value_range' goes from -3e+38 to 3e+38",
    ),
    "variances below 0": (
        "BatchNormalization: {moving_variance_initializer: {Constant: {value: -0.3}}}",
        "Constant may give a variance below 0, which has no square root; write ones",
    ),
    "variances drawn around 0": (
        "BatchNormalization: {moving_variance_initializer: he_normal}",
        "HeNormal may give a variance below 0",
    ),
    "noise above 1": ("GaussianNoise: {stddev: 2.0}", "'stddev' is 2.0"),
    "one axis that is not the last": ("RMSNormalization: {axis: -2}", "name the last ones"),
    "the first axis": ("RMSNormalization: {axis: -3}", "name the last ones"),
    "axes with a gap": ("RMSNormalization: {axis: [-3, -1]}", "name the last ones"),
    "an axis named twice": (
        "Conv2D: {filters: 4, kernel_size: 3, kernel_constraint: {MaxNorm: {axis: [0, 0]}}}",
        "an axis is named twice; name each axis once",
    ),
    "five dimensions": (
        "Reshape: {target_shape: [26, 26, 4, 1, 1]}",
        "Reshape makes 5 dimensions of its input of 26×26×4; make 4 at most",
    ),
    "more layers than Keras can follow": (
        "Repeat: {times: 1000, layers: [ReLU]}",
        "these are 1,004 layers, repetitions included; repeat less: 900 is the most",
    ),
    "a number beyond float32": ("Rescaling: {scale: 1.0e+39}", "is not a number in float32"),
    "a number below float32": ("LayerNormalization: {epsilon: 1.0e-300}", "is not a number in float32"),
}


@pytest.mark.parametrize("network", REFUSED)
def test_a_layer_that_can_not_run_is_refused(network: str) -> None:
    layer, why = REFUSED[network]
    assert why in reason(CONVOLUTION, layer)


TRAINED = {
    "Lion without a moving average": ("optimizer: {Lion: {beta_1: 0}}", "beta_1"),
    "a share that is 1 in float32": ("optimizer: {Adam: {beta_1: 0.999999999}}", "is 1 in float32"),
    "no image held out": ("validation_split: 1.0e-30", "is not one of them; hold out a larger share"),
    "an epoch whose order memory can't hold": (
        "steps_per_epoch: 2147483647",
        "an epoch of 137,438,953,408 images has an order that memory can't be expected to hold",
    ),
    "a weight of a class beyond float32": (
        "class_weight: {0: 1.0e+300}",
        "the weight of class '0' is not a number in float32; write 0, or a number between 1.2e-38 and 3.4e+38",
    ),
    "a weight of a class below float32": ("class_weight: {0: 1.0e-300}", "is not a number in float32"),
    "no image left": ("validation_split: 0.99999", "leaves none to train on; hold out a smaller share"),
}


@pytest.mark.parametrize("recipe", TRAINED)
def test_a_recipe_that_can_not_run_is_refused(recipe: str) -> None:
    field, why = TRAINED[recipe]
    others = {"optimizer": "adam", "loss": "mse", "batch_size": "64", "epochs": "1"}
    name, _, value = field.partition(": ")
    training = ", ".join(f"{key}: {written}" for key, written in {**others, name: value}.items())
    assert why in reason(training=f"training: {{{training}}}")


def restarts(t_mul: float, first: int, steps: str = "") -> str:
    """Return a recipe of 10 epochs of 938 steps with a schedule whose periods change their length."""
    rate = f"CosineDecayRestarts: {{initial_learning_rate: 0.1, first_decay_steps: {first}, t_mul: {t_mul}}}"
    optimizer = f"optimizer: {{Adam: {{learning_rate: {{{rate}}}}}}}"
    return f"training: {{{optimizer}, {steps}loss: mse, batch_size: 64, epochs: 10}}"


def test_a_schedule_whose_shrinking_periods_end_before_the_training_is_refused() -> None:
    found = reason(training=restarts(0.5, 1_000))
    assert "all of the schedule's periods end within 2,000 steps, and the training has 9,380" in found
    assert "write t_mul of 1 or more, or larger first_decay_steps" in found
    of_epochs = reason(training=restarts(0.5, 3, "schedule_steps: epochs, "))
    assert "all of the schedule's periods end within 6 steps, and the training has 10" in of_epochs


def test_a_schedule_has_a_rate_at_the_last_step_of_its_last_period() -> None:
    assert "end within 9,378 steps" in reason(training=restarts(0.5, 4_689))
    assert reason(training=restarts(0.5, 4_690)) == ""


@pytest.mark.parametrize("t_mul", [1.0, 2.0])
def test_periods_that_do_not_shrink_have_no_end(t_mul: float) -> None:
    assert reason(training=restarts(t_mul, 1)) == ""


@pytest.mark.parametrize(
    "layer",
    [
        transposed("kernel_size: 2, strides: 2, padding: same"),
        transposed("kernel_size: 3, strides: 2, padding: same, output_padding: 1"),
        transposed("kernel_size: 2, strides: 3, padding: valid"),
        transposed("kernel_size: 1"),
        transposed("kernel_size: [1, 3], strides: 2"),
        transposed("kernel_size: 60"),
        transposed("kernel_size: 100, strides: 2"),
        "Conv2D: {filters: 4, kernel_size: 3, padding: same, dilation_rate: 18}",
        "Conv2D: {filters: 4, kernel_size: 51, padding: same}",
        "MaxPooling2D: {pool_size: 3, strides: 1000}",
        "GaussianNoise: {stddev: 1.0}",
        "RMSNormalization: {axis: [-2, -1]}",
        "LayerNormalization: {axis: [-3, -1]}",
        "Rescaling: {scale: -1.0e+38, offset: 0.0}",
    ],
)
def test_what_runs_is_taken(layer: str) -> None:
    assert reason(CONVOLUTION, layer) == ""
