from __future__ import annotations

from typing import ClassVar

import pytest
from generated_layers import EFFORT, Spec, networks, parsed
from hypothesis import given
from pydantic import BaseModel, ConfigDict

from harness.data.dataset import Dataset
from harness.data.declarations import find_dataset
from harness.spec.cost import PROCESS_BYTES, Cost, LayerCost, cost
from harness.spec.layers import Layer, Shape, ShapeError
from harness.spec.training import Recipe


class Network(BaseModel):
    model_config = ConfigDict(frozen=True)

    data: ClassVar[Dataset] = find_dataset("mnist")
    layers: tuple[Layer, ...]
    recipes: tuple[Recipe, ...]


def costed(*layers: Spec, optimizer: Spec = "sgd", batch_size: int = 64) -> Cost:
    recipe = {"optimizer": optimizer, "loss": "categorical_crossentropy", "batch_size": batch_size}
    return cost(Network.model_validate({"layers": layers, "recipes": (recipe,)}))


def conv(filters: int, **fields: Spec) -> Spec:
    return {"Conv2D": {"filters": filters, "kernel_size": 3, "activation": "relu", **fields}}


def dense(units: int) -> Spec:
    return {"Dense": {"units": units, "activation": "relu"}}


A = [conv(32), "MaxPooling2D", conv(64), "MaxPooling2D", conv(64), "Flatten", dense(64), dense(10)]
DROP = {"Dropout": {"rate": 0.25}}
B = [conv(32), "MaxPooling2D", conv(32), "MaxPooling2D", DROP, "Flatten", dense(128), dense(10)]
C = [conv(32), conv(64), "MaxPooling2D", DROP, "Flatten", dense(128), DROP, dense(10)]


DENSE_512 = ["Flatten", dense(512), dense(10)]


@pytest.mark.parametrize(
    ("layers", "parameters", "macs"),
    [
        pytest.param(A, 93_322, 2_794_240, id="A"),
        pytest.param(B, 113_386, 1_413_504, id="B"),
        pytest.param(C, 1_199_882, 11_992_448, id="C"),
        pytest.param(DENSE_512, 407_050, 406_528, id="dense_512"),
    ],
)
def test_the_documents_networks_cost_what_the_documents_say(layers: list[Spec], parameters: int, macs: int) -> None:
    costs = costed(*layers)
    assert (costs.parameters, costs.trainable_parameters, costs.macs) == (parameters, parameters, macs)
    assert costs.output_shape == (10,)


def test_architecture_a_has_the_rows_that_its_document_prints() -> None:
    rows = [(row.output_shape, row.parameters) for row in costed(*A).layers]
    assert rows == [
        ((26, 26, 32), 320),
        ((13, 13, 32), 0),
        ((11, 11, 64), 18_496),
        ((5, 5, 64), 0),
        ((3, 3, 64), 36_928),
        ((576,), 0),
        ((64,), 36_928),
        ((10,), 650),
    ]


def test_a_composite_sums_the_rows_below_it() -> None:
    same = conv(8, padding="same")
    residual = {"Residual": {"layers": [same, "BatchNormalization"], "projection": [same]}}
    costs = costed({"Repeat": {"times": 2, "layers": [residual]}}, "Flatten")
    assert [(row.kind, row.depth) for row in costs.layers] == [
        ("Repeat", 0),
        *[("Residual", 1), ("Conv2D", 2), ("BatchNormalization", 2), ("Conv2D", 2)] * 2,
        ("Flatten", 0),
    ]
    assert [row.number for row in costs.layers] == ["1", *["1.1", "1.1.1", "1.1.2", "1.1.3"] * 2, "2"]
    first, second, flatten = 80 + 32 + 80, 584 + 32 + 584, 0
    assert costs.parameters == first + second + flatten
    assert costs.trainable_parameters == costs.parameters - 2 * 16
    assert costs.layers[0] == LayerCost(
        number="1",
        kind="Repeat",
        output_shape=(28, 28, 8),
        parameters=first + second,
        trainable_parameters=first + second - 32,
        macs=28 * 28 * 9 * 8 * (1 + 1 + 8 + 8),
        activation_bytes=8 * 28 * 28 * 8 * 4,  # three layers and a sum, twice
    )


@EFFORT
@given(networks())
def test_totals_are_the_sums_over_the_leaves(network: tuple[list[Spec], Shape]) -> None:
    specs, shape = network
    height, width, channels = shape
    resized: list[Spec] = [{"Resizing": {"height": height, "width": width}}, conv(channels, padding="same")]
    costs = costed(*resized, *specs)
    leaves = [row for row in costs.layers if row.kind not in {"Residual", "Parallel", "Repeat"}]
    assert costs.parameters == sum(row.parameters for row in leaves)
    assert costs.trainable_parameters == sum(row.trainable_parameters for row in leaves)
    assert costs.macs == sum(row.macs for row in leaves)
    once = parsed({"Repeat": {"times": 1, "layers": [*resized, *specs]}})
    assert costs.output_shape == once.output_shape((28, 28, 1))


def test_memory_follows_its_formula() -> None:
    costs = costed(*A, optimizer="adam", batch_size=10)
    outputs = 26 * 26 * 32 + 13 * 13 * 32 + 11 * 11 * 64 + 5 * 5 * 64 + 3 * 3 * 64 + 576 + 64 + 10
    assert costs.activation_bytes == 10 * 4 * outputs
    assert costs.model_bytes == 4 * 93_322
    assert costs.optimizer_bytes == 2 * costs.model_bytes
    assert costs.dataset_bytes == 70_000 * 28 * 28
    held = PROCESS_BYTES + costs.dataset_bytes + 4 * costs.model_bytes
    assert costs.training_bytes == held + 2 * 10 * 4 * (outputs + 28 * 28)


def test_mistakes_carry_their_place_in_the_file() -> None:
    with pytest.raises(ShapeError) as caught:
        costed("Flatten", {"Residual": {"layers": ["Identity", "MaxPooling2D"]}})
    assert [mistake.path for mistake in caught.value.mistakes] == [("layers", 1, "Residual", "layers", 1)]
    assert caught.value.exit_code == 2
