"""`evaluate:` in a spec: what is asked for beside the test images, and every mistake in it with its place."""

from __future__ import annotations

from pathlib import Path

import fake_digits
import jsonschema
import pytest

from harness.declaration.spec_error import InvalidSpec
from harness.evaluations.registry import evaluation_names
from harness.planning.settings import Settings
from harness.planning.trial import trial_computation
from harness.spec.reading import read_architecture
from harness.spec.schema import spec_schema

pytest_plugins = ["valid_spec"]


def mistakes(file: Path, text: str) -> list[str]:
    """Return the mistakes of a file with this text, without the file's name."""
    file.write_text(text)
    with pytest.raises(InvalidSpec) as caught:
        read_architecture(file)
    return [str(mistake).removeprefix(f"{file}:") for mistake in caught.value.mistakes]


def test_what_is_asked_for_changes_no_fingerprint(spec_file: Path, valid: str) -> None:
    plain = read_architecture(spec_file)
    spec_file.write_text(f"{valid}evaluate: [shift, calibration]\n")
    asked = read_architecture(spec_file)
    assert (plain.evaluate, asked.evaluate) == ((), ("shift", "calibration"))
    first, second = (trial_computation(found, Settings()).fingerprint for found in (plain, asked))
    assert first == second


@pytest.mark.parametrize("name", evaluation_names())
def test_every_evaluation_can_be_asked_for_of_images_and_probabilities(spec_file: Path, valid: str, name: str) -> None:
    held_out = valid.replace("  epochs:", "  validation_split: 0.1\n  epochs:")
    spec_file.write_text(f"{held_out}evaluate: [{name}]\n")
    assert read_architecture(spec_file).evaluate == (name,)


def test_what_no_recipe_holds_out_can_not_be_evaluated(spec_file: Path, valid: str) -> None:
    (mistake,) = mistakes(spec_file, f"{valid}evaluate: [validation]\n")
    sentence = "validation is of images that are held out of the training, and the recipe has no validation_split"
    assert mistake.endswith(f"{sentence}; remove it")


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("", "evaluate: [shfit]", "17:12: there is no evaluation 'shfit'; did you mean 'shift'?"),
        (
            "",
            "evaluate: [zzz]",
            "17:12: there is no evaluation 'zzz'; choose from blur, calibration, equivariance, fil",
        ),
        ("", "evaluate: [shift, blur, shift]", "17:25: shift stands here twice; remove one of them"),
        ("", "evaluate: shift", "17:11: 'evaluate' is 'shift', not a list; write a list: [a, b]"),
        (
            ", activation: softmax",
            "evaluate: [calibration]",
            "17:12: calibration needs probabilities, and the network does not end in softmax, nor is the loss from_",
        ),
    ],
)
def test_mistakes_have_their_place_and_a_remedy(spec_file: Path, valid: str, old: str, new: str, mistake: str) -> None:
    *others, found = mistakes(spec_file, f"{valid.replace(old, '')}{new}\n")
    assert found.startswith(mistake)
    # Without softmax the loss does not fit either, which is a mistake of its own.
    assert ["ends in scores, without softmax" in other for other in others] == [True] * bool(old)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (", activation: softmax", "  - Softmax"),
        (", activation: softmax", "  - Activation: {activation: softmax}"),
        ("categorical_crossentropy", "{categorical_crossentropy: {from_logits: true}}"),
    ],
)
def test_softmax_of_any_kind_and_logits_give_probabilities(spec_file: Path, valid: str, old: str, new: str) -> None:
    text = valid.replace(", activation: softmax", "")
    text = text.replace(old, new) if old in text else text.replace("units: 10}\n", f"units: 10}}\n{new}\n")
    spec_file.write_text(f"{text}evaluate: [calibration]\n")
    assert read_architecture(spec_file).evaluate == ("calibration",)


@pytest.mark.parametrize("name", ["shift", "rotation", "noise", "inversion", "equivariance"])
def test_pictures_of_a_table_can_not_be_changed(spec_file: Path, valid: str, name: str) -> None:
    fake_digits.declare(spec_file.parent, fake_digits.declared().model_copy(update={"inputs": (20,)}))
    text = valid.replace("mnist", "toy").partition("layers:")[0]
    text += "layers:\n  - Dense: {units: 10, activation: softmax}\n" + valid[valid.index("training:") :]
    spec_file.write_text(text)
    read_architecture(spec_file)
    (found,) = mistakes(spec_file, f"{text}evaluate: [{name}]\n")
    assert found == f"14:12: {name} changes pictures, and examples of toy have no rows and columns; remove it"
    spec_file.write_text(f"{text}evaluate: [train_set, calibration]\n")
    assert read_architecture(spec_file).evaluate == ("train_set", "calibration")


def test_filters_of_a_network_that_does_not_begin_with_a_convolution_can_not_be_drawn(
    spec_file: Path, valid: str
) -> None:
    head, own = valid.split("layers:\n")
    layers = own[own.index("  - Flatten") :]

    def begun(*lines: str) -> str:
        return f"{head}evaluate: [filters]\nlayers:\n{''.join(f'  - {line}{chr(10)}' for line in lines)}{layers}"

    convolution = "Conv2D: {filters: 1, kernel_size: 3, padding: same}"
    reasons = {"Dense": (), "DepthwiseConv2D": ("DepthwiseConv2D: {kernel_size: 3}", convolution)}
    for kind, lines in reasons.items():
        (found,) = mistakes(spec_file, begun(*lines))
        reason = f"filters draws the weights of a first Conv2D, and the network begins with {kind}; remove it"
        assert found.endswith(reason)
    spec_file.write_text(begun("BatchNormalization", f"Residual: {{layers: [ReLU, {{{convolution}}}]}}"))
    assert read_architecture(spec_file).evaluate == ("filters",)


def test_editors_complete_the_names() -> None:
    field = spec_schema()["properties"]["evaluate"]
    assert field["items"] == {"enum": [*evaluation_names()]}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(["shfit"], field)
