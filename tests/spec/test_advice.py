"""What is valid and hardly meant is said before anything is trained."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.data.declarations import find_dataset
from harness.spec.advice import advice, placed_layers
from harness.spec.architecture import Architecture
from harness.spec.cost import cost
from harness.spec.moving import moved
from harness.spec.reading import read_text, select

SHIPPED = Path(__file__).parents[2] / "architectures"
SPEC = """\
title: x
dataset: mnist
layers: [Conv2D: {{filters: 8, kernel_size: 3}}, {layer}, Flatten, Dense: {{units: 10, activation: softmax}}]
training: {{optimizer: Adam, loss: categorical_crossentropy, batch_size: 64, epochs: {epochs}}}
"""


def with_layer(layer: str, epochs: int = 1) -> Architecture:
    return read_text(Path("x.yaml"), SPEC.format(layer=layer, epochs=epochs))


@pytest.mark.parametrize(
    ("groups", "instead"), [(2, "SeparableConv2D is faster"), (8, "DepthwiseConv2D computes the same much faster")]
)
def test_a_convolution_in_groups_is_said_to_be_slow(groups: int, instead: str) -> None:
    found = with_layer(f"Conv2D: {{filters: 8, kernel_size: 3, groups: {groups}}}")
    assert advice(found) == (
        f"Layer 2 has {groups} groups, with which a CPU trains many times slower than without; {instead}.",
    )
    repeated = with_layer(f"Repeat: {{times: 3, layers: [Conv2D: {{filters: 8, kernel_size: 3, groups: {groups}}}]}}")
    assert [line.split(" has ")[0] for line in advice(repeated)] == ["Layer 2.1"]


def test_moving_averages_of_few_steps_are_said_to_be_near_their_start() -> None:
    (separable,) = select(["depthwise_separable"], SHIPPED)
    assert advice(separable) == ()
    on_digits = moved(separable, find_dataset("digits"))
    assert isinstance(on_digits, Architecture)
    assert advice(on_digits) == (
        (
            "Layer 2 normalizes by moving averages that keep 55% of their initial values after 60 steps: test accuracy "
            "may be far below that of the training; train for more steps, or set its momentum to 0.9."
        ),
    )


def test_no_shipped_architecture_needs_advice_on_its_own_data() -> None:
    assert [advice(architecture) for architecture in select((), SHIPPED)] == [()] * len(select((), SHIPPED))


def test_layers_are_placed_as_the_table_of_costs_counts_them() -> None:
    for architecture in select((), SHIPPED):
        placed = placed_layers(architecture.layers, architecture.data.inputs)
        assert [one.number for one in placed] == [row.number for row in cost(architecture).layers]
