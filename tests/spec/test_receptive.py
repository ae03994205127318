"""What each layer sees of the image: known values, and a count of pixels that goes backwards through the windows."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from generated_layers import EFFORT, Spec, networks
from hypothesis import given
from pydantic import TypeAdapter

from harness.spec.cost import cost
from harness.spec.folder import files_apart, find_architectures
from harness.spec.layers import Layer, Shape
from harness.spec.reading import read_architecture
from harness.spec.receptive import layer_steps, receptive_fields

FOLDER = Path(__file__).parents[2] / "architectures"
FILES = (*find_architectures(FOLDER), *files_apart(FOLDER))
LAYERS = TypeAdapter(tuple[Layer, ...])
FLAT = "Flatten"
DENSE = {"Dense": {"units": 10}}


def sees(*layers: object, inputs: tuple[int, ...] = (28, 28, 1)) -> list[tuple[int, int] | None]:
    return list(receptive_fields(LAYERS.validate_python(list(layers)), inputs))


def conv(size: int = 3, **fields: object) -> object:
    return {"Conv2D": {"filters": 2, "kernel_size": size, **fields}}


def test_the_layers_of_the_documents_network_see_3_4_8_10_and_18_pixels() -> None:
    architecture = read_architecture(FOLDER / "000_convnet.yaml")
    found = receptive_fields(architecture.layers, architecture.data.inputs)
    assert found == ((3, 3), (4, 4), (8, 8), (10, 10), (18, 18), (18, 18), (28, 28), (28, 28))


def test_values_stand_as_far_apart_as_strides_and_pooling_set_them() -> None:
    layers = LAYERS.validate_python(
        [
            conv(strides=[2, 1]),
            {"LayerNormalization": {"axis": [-3, -2, -1]}},
            {"MaxPooling2D": {"pool_size": 2}},
            {"Residual": {"layers": [conv(padding="same")]}},
            {"Conv2DTranspose": {"filters": 2, "kernel_size": 2}},
            FLAT,
        ]
    )
    assert layer_steps(layers, (28, 28, 1)) == ((2, 1), (2, 1), (4, 2), (4, 2), None, None)
    assert layer_steps(LAYERS.validate_python([DENSE]), (20,)) == (None,)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_row_of_every_spec_has_its_receptive_field(file: Path) -> None:
    architecture = read_architecture(file)
    found = receptive_fields(architecture.layers, architecture.data.inputs)
    assert len(found) == len(cost(architecture).layers)
    assert found[-1] == architecture.data.inputs[:2]
    assert None not in found


def test_strides_and_dilation_count_and_what_acts_during_training_alone_does_not() -> None:
    shifting = {"RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1}}
    assert sees(shifting, conv(strides=2), {"Dropout": {"rate": 0.5}}, conv(dilation_rate=2)) == [
        *((1, 1), (3, 3), (3, 3), (11, 11)),
    ]
    assert sees({"Conv2D": {"filters": 1, "kernel_size": [1, 5]}}, conv()) == [(1, 5), (3, 7)]


def test_nothing_sees_more_than_the_image() -> None:
    assert sees(*[conv(7, padding="same")] * 6)[-2:] == [(28, 28), (28, 28)]


def test_dense_layers_see_everything_once_images_are_flat_and_one_place_before() -> None:
    assert sees(conv(), DENSE, FLAT, DENSE) == [(3, 3), (3, 3), (3, 3), (28, 28)]
    assert sees(conv(), "GlobalMaxPooling2D") == [(3, 3), (28, 28)]
    assert sees("LayerNormalization", {"LayerNormalization": {"axis": [-2, -1]}}) == [(1, 1), (28, 28)]


def test_branches_see_what_the_widest_sees_and_repetitions_ever_more() -> None:
    same = conv(padding="same")
    joined = {"Parallel": {"branches": [[same, same], []], "merge": "concatenate"}}
    assert sees(joined) == [(5, 5), (3, 3), (5, 5)]
    repeated = {
        "Repeat": {
            "times": 2,
            "layers": [{"Residual": {"layers": [{"Conv2D": {"filters": 1, "kernel_size": 3, "padding": "same"}}]}}],
        }
    }
    assert sees(repeated) == [(5, 5), (3, 3), (3, 3), (5, 5), (5, 5)]


def test_what_enlarges_or_rearranges_images_leaves_it_unknown_until_all_is_seen() -> None:
    assert sees("UpSampling2D", conv(), FLAT, DENSE) == [None, None, None, (28, 28)]
    assert sees({"Reshape": {"target_shape": [14, 56, 1]}}) == [None]
    assert sees(DENSE, DENSE, inputs=(64,)) == [None, None]
    rows = {"Reshape": {"target_shape": [28, 28]}}
    assert sees(rows, DENSE, "Flatten", DENSE) == [None, None, None, (28, 28)]
    attention = {"MultiHeadAttention": {"num_heads": 1, "key_dim": 4}}
    assert sees(rows, attention, {"GRU": {"units": 3}}, DENSE) == [None, None, None, (28, 28)]


SIZES, STRIDES, POOLS = [(3, 3), (5, 2), (1, 4)], [(1, 1), (2, 1), (1, 3)], [(1, 1), (2, 1), (3, 2)]


@pytest.mark.parametrize(("sizes", "strides", "pools"), list(product(SIZES, STRIDES, POOLS)))
def test_it_is_what_counting_backwards_gives(
    sizes: tuple[int, int], strides: tuple[int, int], pools: tuple[int, int]
) -> None:
    windows: list[tuple[int, int]] = []
    layers: list[object] = []
    for size, stride, pool in zip(sizes, strides, pools, strict=True):
        layers += [conv(size, strides=stride), {"MaxPooling2D": {"pool_size": pool}}]
        windows += [(size, stride), (pool, pool)]
    found = sees(*layers, inputs=(200, 200, 1))
    for depth, field in enumerate(found, start=1):
        first, last = 0, 0  # of the pixels that the value at place 0 depends on
        for size, stride in reversed(windows[:depth]):
            first, last = first * stride, last * stride + size - 1
        assert field == (last - first + 1,) * 2


@EFFORT
@given(networks())
def test_no_layer_of_any_network_sees_less_than_a_pixel_or_more_than_the_image(
    network: tuple[list[Spec], Shape],
) -> None:
    specs, shape = network
    for field in sees(*specs, inputs=shape):
        assert field is None or (1 <= field[0] <= shape[0] and 1 <= field[1] <= shape[1])
