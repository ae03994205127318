"""Layers that are shared by name: counted once, an address without the name, and every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.declaration.spec_error import InvalidSpec
from harness.planning.settings import Settings
from harness.planning.trial import Computation, trial_computation
from harness.spec.architecture import Architecture
from harness.spec.cost import cost
from harness.spec.numbering import numbered_layers
from harness.spec.reading import read_architecture
from harness.spec.receptive import receptive_fields

HEAD = "title: t\ndataset: mnist\nlayers:\n"
TAIL = """\
  - Flatten
  - Dense: {units: classes, activation: softmax}
training: {optimizer: Adam, loss: categorical_crossentropy, batch_size: 32, epochs: 1}
"""
CONVOLUTION = "Conv2D: {filters: 1, kernel_size: 3, padding: same}"
FIRST = f"  - Shared: {{name: stem, layers: [{CONVOLUTION}, ReLU]}}\n"
AGAIN = "  - Shared: {name: stem}\n"


def read(folder: Path, layers: str, tail: str = TAIL, name: str = "spec") -> Architecture:
    (folder / f"{name}.yaml").write_text(HEAD + layers + tail)
    return read_architecture(folder / f"{name}.yaml")


def mistakes(folder: Path, layers: str, tail: str = TAIL) -> list[str]:
    with pytest.raises(InvalidSpec) as caught:
        read(folder, layers, tail)
    return [str(mistake).partition("spec.yaml:")[2] for mistake in caught.value.mistakes]


def computation(architecture: Architecture) -> Computation:
    return trial_computation(architecture, Settings())


def test_its_parameters_count_once_and_its_products_at_every_place(tmp_path: Path) -> None:
    once, twice = (cost(read(tmp_path, layers, name="s")) for layers in (FIRST.replace("Shared: {name: stem, layers",
                   "Residual: {layers"), FIRST + AGAIN))  # fmt: skip
    assert twice.parameters == once.parameters
    assert twice.macs - once.macs == 28 * 28 * 9
    shared = [row for row in twice.layers if row.kind == "Shared"]
    assert [(row.parameters, row.macs) for row in shared] == [(10, 28 * 28 * 9), (0, 28 * 28 * 9)]
    assert shared[0].activation_bytes == shared[1].activation_bytes


def test_what_it_sees_grows_at_every_place_as_that_of_layers_written_twice(tmp_path: Path) -> None:
    shared, plain = read(tmp_path, FIRST + AGAIN), read(tmp_path, f"  - {CONVOLUTION}\n  - ReLU\n" * 2, name="plain")
    found = receptive_fields(shared.layers, (28, 28, 1))
    assert [found[0], found[3]] == list(receptive_fields(plain.layers, (28, 28, 1)))[1:4:2]


def test_the_name_does_not_reach_the_address_and_the_way_of_writing_does_not_either(tmp_path: Path) -> None:
    ways = (
        FIRST + AGAIN,
        (FIRST + AGAIN).replace("stem", "anything else"),
        FIRST + FIRST,
        "  - Repeat:\n      times: 2\n      layers:\n      " + FIRST,
    )
    found = [computation(read(tmp_path, layers)) for layers in ways]
    assert len({one.fingerprint for one in found}) == 1
    again = Computation.model_validate_json(found[0].model_dump_json())
    assert (again.fingerprint, again.layers) == (found[0].fingerprint, found[0].layers)
    others = (f"  - {CONVOLUTION}\n  - ReLU\n" * 2, FIRST + AGAIN + AGAIN)
    assert found[0].fingerprint not in {computation(read(tmp_path, layers)).fingerprint for layers in others}


def test_layers_are_numbered_where_they_are_written(tmp_path: Path) -> None:
    assert [one.number for one in numbered_layers(read(tmp_path, FIRST + AGAIN).layers)] == [
        *("1", "1.1", "1.2", "2", "3", "4")
    ]


FLAT = "  - Flatten\n  - Shared: {name: wide, layers: [Dense: {units: 9}]}\n  - Dense: {units: 8}\n"


@pytest.mark.parametrize(
    ("layers", "reported"),
    [
        (AGAIN + FIRST, "4:5: 'stem' has no layers yet where it stands first"),
        (FIRST, "4:5: 'stem' is shared with no other place"),
        (FIRST + FIRST.replace("kernel_size: 3", "kernel_size: 5"), "5:5: 'stem' has other layers here than where"),
        (FLAT + "  - Shared: {name: wide}\n", "7:5: 'wide' takes 784 where it stands first, and 8 here"),
        (
            FIRST.replace("ReLU", "{Shared: {name: inner, layers: [ReLU]}}") + AGAIN,
            "4:13: layers that are shared hold others that are",
        ),
        ("  - Shared: {layers: [ReLU]}\n", "4:5: Shared needs 'name'"),
        (FIRST.replace("padding: same", "padding: some") + AGAIN, "4:81: 'padding' is 'some', not 'valid' or 'same'"),
    ],
)
def test_every_mistake_has_its_place(tmp_path: Path, layers: str, reported: str) -> None:
    (found,) = mistakes(tmp_path, layers)
    assert found.startswith(reported)


def test_a_later_place_has_no_weights_to_freeze(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, FIRST + AGAIN, TAIL.replace("epochs: 1", "epochs: 1, frozen: [2]"))
    assert "layer 2 (Shared) has no weights to train" in found


def test_repeating_more_than_a_network_may_have_is_reported_and_not_written_out(tmp_path: Path) -> None:
    repeated, shared = "Repeat: {times: 1000, layers: [", FIRST.strip("- \n")
    layers = f"  - {repeated}{repeated}{repeated}{shared}]}}]}}]}}\n"
    (found,) = mistakes(tmp_path, layers)
    assert "layers, repetitions included" in found
