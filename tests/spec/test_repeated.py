"""Repetition with other values in each turn: what it computes, its address, and every mistake in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from generated_layers import Spec, parsed

from harness.declaration.spec_error import InvalidSpec
from harness.planning.settings import Settings
from harness.planning.trial import trial_computation
from harness.spec.architecture import Architecture
from harness.spec.cost import cost
from harness.spec.layers.repeated import spelled_out
from harness.spec.numbering import numbered_layers
from harness.spec.reading import read_architecture

HEAD = "title: t\ndataset: mnist\nlayers:\n"
TAIL = """\
  - GlobalAveragePooling2D
  - Dense: {units: classes, activation: softmax}
training: {optimizer: Adam, loss: categorical_crossentropy, batch_size: 32, epochs: 1}
"""
SHORT = """\
  - Repeat:
      times: 3
      each: {width: [4, 8, 16], stride: [1, 2, 2], norm: [Identity, BatchNormalization, BatchNormalization]}
      layers:
        - Residual:
            layers:
              - Conv2D: {filters: width, kernel_size: 3, strides: [stride, stride], padding: same}
              - norm
            projection:
              - Conv2D: {filters: width, kernel_size: 1, strides: stride}
        - ReLU
"""
TURN = """\
  - Residual:
      layers:
        - Conv2D: {{filters: {width}, kernel_size: 3, strides: {stride}, padding: same}}
        - {norm}
      projection:
        - Conv2D: {{filters: {width}, kernel_size: 1, strides: {stride}}}
  - ReLU
"""
LONG = (
    TURN.format(width=4, stride=1, norm="Identity")
    + TURN.format(width=8, stride=2, norm="BatchNormalization")
    + TURN.format(width=16, stride=2, norm="BatchNormalization")
)


def read(folder: Path, name: str, text: str) -> Architecture:
    (folder / f"{name}.yaml").write_text(text)
    return read_architecture(folder / f"{name}.yaml")


def fingerprint(architecture: Architecture) -> str:
    return trial_computation(architecture, Settings()).fingerprint


def test_it_computes_what_is_written_out_and_has_its_address(tmp_path: Path) -> None:
    short, long = read(tmp_path, "short", HEAD + SHORT + TAIL), read(tmp_path, "long", HEAD + LONG + TAIL)
    assert spelled_out(short.layers) == long.layers
    assert fingerprint(short) == fingerprint(long)
    ours, theirs = cost(short), cost(long)
    assert (ours.parameters, ours.macs, ours.output_shape) == (theirs.parameters, theirs.macs, (10,))
    assert ours.activation_bytes_per_image == theirs.activation_bytes_per_image
    again = trial_computation(short, Settings())
    assert type(again).model_validate_json(again.model_dump_json()).fingerprint == fingerprint(long)


def test_inside_other_layers_and_itself_it_is_written_out_too() -> None:
    inner = {
        "times": 2,
        "each": {"kernel": ["size", 1]},
        "layers": [{"Conv2D": {"filters": 2, "kernel_size": "kernel"}}],
    }
    outer = {"Repeat": {"times": 2, "each": {"size": [3, 5]}, "layers": [{"Repeat": inner}]}}
    made = spelled_out((parsed({"Parallel": {"branches": [[outer], ["Identity"]], "merge": "concatenate"}}),))
    convolutions: list[Spec] = [{"Conv2D": {"filters": 2, "kernel_size": size}} for size in (3, 1, 5, 1)]
    assert made == (parsed({"Parallel": {"branches": [convolutions, ["Identity"]], "merge": "concatenate"}}),)


def test_a_plain_repetition_keeps_its_address() -> None:
    plain = parsed({"Repeat": {"times": 2, "layers": ["ReLU"]}})
    assert spelled_out((plain,)) == (plain,)
    assert plain.model_dump() == {"times": 2, "layers": ({"ReLU": parsed("ReLU").model_dump()},)}


def test_its_layers_are_numbered_as_the_file_writes_them(tmp_path: Path) -> None:
    short = read(tmp_path, "short", HEAD + SHORT + TAIL)
    numbers = [one.number for one in numbered_layers(short.layers)]
    assert numbers == ["1", "1.1", "1.1.1", "1.1.2", "1.1.3", "1.2", "2", "3"]
    assert [row.number for row in cost(short).layers].count("1.1.1") == 3


def test_a_derived_spec_changes_a_layer_in_every_turn(tmp_path: Path) -> None:
    read(tmp_path, "short", HEAD + SHORT + TAIL)
    changes = "changes:\n  - set: {number: 1.1.1, activation: relu}\n  - set: {number: 1.2, max_value: 6}\n"
    child = read(tmp_path, "child", f"title: t\nextends: short\n{changes}")
    changed = LONG.replace("padding: same}", "padding: same, activation: relu}").replace(
        "- ReLU", "- ReLU: {max_value: 6}"
    )
    assert fingerprint(child) == fingerprint(read(tmp_path, "long", HEAD + changed + TAIL))


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("[4, 8, 16]", "[4, 8]", "6:21: 'width' has 2 values, and there are 3 turns; write a value for each turn"),
        ("[4, 8, 16]", "[4, 0, 16]", "10:35: 'filters' is 0, which is too small; write 1 or more"),
        ("[4, 8, 16]", "4", "6:21: 'width' is 4; write a list with a value for each turn"),
        ("width: [4", "Width: [4", "6:21: 'Width' is not a valid word; use small letters, digits and '_'"),
        ("width: [4", "relu: [4", "6:20: 'relu' means something else already; choose another word"),
        ("{width:", "{depth: [1, 2, 3], width:", "6:21: nothing in 'layers' says 'depth'; write it for a value"),
        ("filters: width, kernel_size: 3", "filters: wdth, kernel_size: 3", "10:35: 'filters' is 'wdth', not a whole"),
        ("times: 3", "times: three", "5:14: 'times' is 'three', not a whole number; write a whole number such as 3"),
        ("each: {width: [4, 8, 16]", "each: 3 #", "6:13: 'each' is 3; write a list for each word"),
        ("each: {", "eahc: {", "6:7: Repeat has no field 'eahc'; did you mean 'each'?"),
        ("kernel_size: 1,", "kernel_size: 50, padding: valid,", "13:17: Conv2D's window of 50×50 is larger"),
    ],
)
def test_every_mistake_has_its_place(tmp_path: Path, old: str, new: str, mistake: str) -> None:
    assert old in SHORT
    with pytest.raises(InvalidSpec) as caught:
        read(tmp_path, "short", HEAD + SHORT.replace(old, new) + TAIL)
    found = [str(one).removeprefix(f"{tmp_path / 'short.yaml'}:") for one in caught.value.mistakes]
    assert any(line.startswith(mistake) for line in found), found


def test_turns_in_turns_are_counted_before_they_are_written_out(tmp_path: Path) -> None:
    layer = "Dense: {units: a3}"
    for level in (3, 2, 1):
        layers, each = f"[{layer}, Dense: {{units: a{level}}}]", f"{{a{level}: [{', '.join(['3'] * 100)}]}}"
        layer = f"Repeat: {{times: 100, each: {each}, layers: {layers}}}"
    with pytest.raises(InvalidSpec, match="more than 10,000 layers, every turn written out; repeat less"):
        read(tmp_path, "short", f"{HEAD}  - {layer}\n{TAIL}")
