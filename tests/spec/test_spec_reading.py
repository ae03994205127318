"""From files to architectures, or to all of their mistakes."""

from __future__ import annotations

from pathlib import Path

import fake_digits
import pytest

from harness.declaration.spec_error import InvalidSpec
from harness.errors import UnknownArchitecture
from harness.spec.claims.metrics import TestAccuracy
from harness.spec.reading import read_architecture, reference_mistakes, select

pytest_plugins = ["valid_spec"]
FIELD_MISTAKE = (
    "4:26: Conv2D has no field 'kernel_siz'; did you mean 'kernel_size' or 'kernel_constraint' or 'kernel_regularizer'?"
)


def mistakes(file: Path, text: str) -> list[str]:
    """Return the mistakes of a file with this text, without the file's name."""
    file.write_text(text)
    with pytest.raises(InvalidSpec) as caught:
        read_architecture(file)
    return [str(mistake).removeprefix(f"{file}:") for mistake in caught.value.mistakes]


def test_a_valid_file_is_an_architecture_named_after_it(spec_file: Path) -> None:
    architecture = read_architecture(spec_file)
    assert (architecture.name, architecture.path) == ("small", spec_file)
    assert [layer.kind for layer in architecture.layers] == ["Conv2D", "MaxPooling2D", "Flatten", "Dense"]
    assert (architecture.training.epochs, architecture.training.batch_size) == (2, 64)
    assert architecture.assumptions == ("Nothing is known.",)


def test_a_claim_keeps_the_digits_it_was_published_with(spec_file: Path) -> None:
    [claim] = read_architecture(spec_file).claims
    assert isinstance(claim, TestAccuracy)
    assert claim.value is not None
    assert (claim.value, str(claim.value), claim.value.decimals) == (0.99, "0.9900", 4)


def test_a_claim_of_several_runs_keeps_the_digits_of_each_and_a_known_cause_its_words(
    spec_file: Path, valid: str
) -> None:
    several = '{values: [0.9908, 0.9920], where: x, known_cause: "warm start"}'
    spec_file.write_text(valid.replace('{value: 0.9900, where: "In [4]"}', several))
    [claim] = read_architecture(spec_file).claims
    assert isinstance(claim, TestAccuracy)
    assert (str(claim), claim.known_cause) == ("test accuracy: 0.9908, 0.9920", "warm start")
    assert claim.published == (0.9908, 0.992)
    assert [number.decimals for number in claim.numbers] == [4, 4]


def test_mistakes_of_every_kind_are_reported_at_once_in_the_order_of_the_file(spec_file: Path, valid: str) -> None:
    text = (
        valid.replace("title: A small one", "titel: A small one")
        .replace("Conv2D: {filters: 4, kernel_size: 3,", "Conv2D: {filters: 0, kernel_siz: 3,")
        .replace("- MaxPooling2D", "- Maxpooling2D")
        .replace("units: 10", 'units: "10"')
        .replace("0.001", "-0.001")
        .replace("epochs: 2", "epochs: 2\n  epochs: 3")
        .replace("0.9900", "99.00")
        .replace("- Nothing is known.", "- &a 1")
    )
    assert mistakes(spec_file, text) == [
        "1:1: 'title' is missing; add it",
        "1:1: there is no field 'titel' here; did you mean 'title'?",
        "4:5: Conv2D needs 'kernel_size'; add it (Height and width of the window: one number or two.)",
        "4:23: 'filters' is 0, which is too small; write 1 or more",
        FIELD_MISTAKE,
        "5:5: there is no layer 'Maxpooling2D'; did you mean 'MaxPooling2D'?",
        "7:20: 'units' is '10', not a whole number; write a whole number such as 3",
        "9:37: 'learning_rate' is -0.001, which is too small; write more than 0",
        "13:3: 'epochs' is given twice (first in line 12); keep one of the two",
        "15:28: 'value' is 99.00, which is too large; write 1 or less",
        "17:5: the anchor &a is not part of the language; remove it",
    ]


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("units: 10", "units: 7", "7:5: the network ends in 7 outputs, but mnist has 10 classes; end with"),
        (
            "- Flatten",
            "- Dropout: {rate: 0.5}",
            "7:5: a Flatten is missing: Dense acts on each place of 13×13×4, and the end is 13×13×10; insert a line",
        ),
        ("dataset: mnist", "dataset: minst", "2:10: there is no data set 'minst'; did you mean 'mnist'"),
        ("kernel_size: 3", "kernel_size: 29", "4:5: "),
        ("assumptions:\n", "assumptions: 3 #", "15:14: 'assumptions' is 3, not a list; write a list: [a, b]"),
        ("  - Flatten\n", "  - Flatten\n  - Reshape: {target_shape: [3, 3]}\n", "7:5: "),
        ("filters: 4", "filters: 4000000", "3:1: training needs about "),
    ],
)
def test_what_only_the_whole_can_show_has_its_place(
    spec_file: Path, valid: str, old: str, new: str, mistake: str
) -> None:
    assert any(line.startswith(mistake) for line in mistakes(spec_file, valid.replace(old, new)))


def test_claims_about_layers_images_and_classes_that_are_not_there_are_mistakes(spec_file: Path, valid: str) -> None:
    claims = """\
claims:
  - layer_parameters: {layer: 5, value: 1, where: x}
  - output_shape: {layer: 5, value: [1], where: x}
  - parameters: {layers: 9, value: 1, where: x}
  - prediction: {image: 10000, value: 10, where: x}
"""
    assert mistakes(spec_file, valid[: valid.index("claims:")] + claims) == [
        "14:31: the network has 4 layers, and this is about 5; write 4 or less",
        "15:27: the network has 4 layers, and this is about 5; write 4 or less",
        "16:26: the network has 4 layers, and this is about 9; write 4 or less",
        "17:25: mnist has 10,000 test images, counted from 0, and this is 10,000; write 9,999 or less",
        "17:39: mnist has 10 classes, counted from 0, and this is 10; write 9 or less",
    ]


def test_what_is_wrong_with_a_published_number_is_one_sentence_at_its_place(spec_file: Path, valid: str) -> None:
    claims = """\
claims:
  - test_accuracy: {value: 99.2, where: x}
  - test_accuracy: {values: [0.99], where: x}
  - test_accuracy: {values: [], where: x}
  - test_accuracy: {values: [0.99, -0.1], where: x}
  - test_accuracy: {values: [0.99, high], where: x}
  - test_accuracy: {values: 0.99, where: x}
  - test_accuracy: {value: 0.99, values: [0.99, 0.98], where: x}
  - train_accuracy: {where: x}
  - test_loss: {values: [0.1, -1], where: x}
  - test_loss: {value: 0.1, where: x, known_cause: ""}
"""
    assert mistakes(spec_file, valid[: valid.index("claims:")] + claims) == [
        "14:28: 'value' is 99.2, which is too large; write 1 or less",
        "15:29: 'values' is too short a list; give 2 or more",
        "16:29: 'values' is too short a list; give 2 or more",
        "17:36: item 2 of 'values' is -0.1, which is too small; write 0 or more",
        "18:36: item 2 of 'values' is 'high', not a number; write a number such as 0.5",
        "19:29: 'values' is 0.99, not a list; write a list: [a, b], or one '- item' a line",
        "20:20: test_accuracy has both 'value' and 'values'; keep 'value' for one run, 'values' for several",
        "21:21: train_accuracy needs 'value'; add it, or 'values' for several runs",
        "22:31: item 2 of 'values' is -1, which is too small; write 0 or more",
        "23:52: 'known_cause' is empty; write some words",
    ]


def test_a_shape_mistake_inside_a_composite_stands_at_its_layer(spec_file: Path, valid: str) -> None:
    inner = "  - Residual:\n      layers:\n        - Conv2D: {filters: 3, kernel_size: 3}\n        - Flatten\n"
    text = valid.replace("  - MaxPooling2D\n", inner)
    [mistake] = mistakes(spec_file, text)
    assert mistake.startswith("5:5: Residual adds what does not fit")


def test_repeats_inside_repeats_are_counted_and_not_written_out(spec_file: Path, valid: str) -> None:
    layer = "ReLU"
    for _ in range(6):
        layer = f"{{Repeat: {{times: 1000, layers: [{layer}]}}}}"
    [mistake] = mistakes(spec_file, valid.replace("- MaxPooling2D", f"- {layer}"))
    assert mistake.startswith("3:1: these are 1,001,001,001,001,001,004 layers, repetitions included; repeat less")


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "1:1: the file is empty; write its fields: title, dataset, layers, training"),
        ("# nothing\n---\n", "1:1: the file is empty; write its fields: title, dataset, layers, training"),
        ("- a\n", "1:1: the file is a list, not a mapping; write 'name: value' lines below it, indented"),
        ("just words\n", "1:1: the file is 'just words', not a mapping; write 'name: value' lines below it, indented"),
        ("a: [1,\n", "2:1: not YAML: "),
        ("a: 1\n\tb: 2\n", "2:1: there is a tab; indent with spaces"),
        ("a: 1\n---\nb: 2\n", "2:1: a second document starts here; keep one document per file"),
        ("a: !!python/object/apply:os.system [exit]\n", "1:4: the tag 'tag:yaml.org,2002:python/object/apply:o"),
    ],
)
def test_a_file_that_is_not_a_spec_is_reported(spec_file: Path, text: str, mistake: str) -> None:
    assert any(line.startswith(mistake) for line in mistakes(spec_file, text))


def test_a_hundred_mistakes_are_reported_and_the_others_counted(spec_file: Path) -> None:
    reported = mistakes(spec_file, "layers:\n" + "  - Flaten\n" * 1_500)
    assert len(reported) == 101
    assert reported[-1] == "99:5: and 1,403 more mistakes; correct these first"


def test_a_name_in_the_file_does_not_rename_it(spec_file: Path, valid: str) -> None:
    [mistake] = mistakes(spec_file, "name: other\n" + valid)
    assert mistake.startswith("1:1: there is no field 'name' here; remove it: an architecture's name is its file's")


def test_control_characters_of_a_file_never_reach_the_terminal(spec_file: Path, valid: str) -> None:
    text = valid.replace("dataset: mnist", 'dataset: "\\e[31mred\\nline"')
    [mistake] = mistakes(spec_file, text)
    assert mistake.startswith("2:10: there is no data set '\\x1b[31mred\\nline'")


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        (
            "title: A small one",
            r'title: "a\e]0;x"',
            r"1:8: 'title' is 'a\x1b]0;x'; write it without the character '\x1b', which can't be shown",
        ),
        ("title: A small one", r'title: "a\nb"', r"1:8: 'title' is 'a\nb'; write it without the character '\n', which"),
        ("dataset", 'source: "a\\x9bb"\ndataset', r"2:9: 'source' is 'a\x9bb'"),
        ("dataset", 'document: "a\\u202eb"\ndataset', "2:11: 'document' is 'a"),
        ('"In [4]"', r'"In\a [4]"', r"14:43: 'where' is 'In\x07 [4]'; write it without the character '\x07'"),
        ("Nothing is known.", r'"Nothing\r"', r"16:5: item 1 of 'assumptions' is 'Nothing\r'; write it without"),
    ],
)
def test_texts_that_a_terminal_would_obey_are_refused_at_their_place(
    spec_file: Path, valid: str, old: str, new: str, mistake: str
) -> None:
    [reported] = mistakes(spec_file, valid.replace(old, new))
    assert reported.startswith(mistake)


def test_folded_sentences_and_spaces_that_do_not_break_are_fine(spec_file: Path, valid: str) -> None:
    text = valid.replace("A small one", "A\u00a0small one, naïve")
    spec_file.write_text(text.replace("- Nothing is known.", "- >\n    Nothing\n    is known.\n"), encoding="utf-8")
    read = read_architecture(spec_file)
    assert (read.title, read.assumptions) == ("A\u00a0small one, naïve", ("Nothing is known.\n",))


def test_a_mistake_shortens_what_the_file_says(spec_file: Path, valid: str) -> None:
    long = "x" * 20_000
    for old, new in (
        ("activation: softmax", f"activation: {long}"),
        ("dataset: mnist", f"dataset: {long}"),
        ("epochs: 2", f"epochs: 2\n  {long}: 1"),
        ("title:", f"{long}: 1\ntitle:"),
        ("- Nothing is known.", f"- &{long} a"),
        ("- Nothing is known.", f"- *{long}"),
        ("- Flatten", f"- {long}"),
        ("- Flatten", f"- {{{', '.join(f'a{n}: 1' for n in range(2_000))}}}"),
        ("Adam: {learning_rate: 0.001}", f"{long}: 1"),
        ("loss: categorical_crossentropy", f"loss: {long}"),
        ("kernel_size: 3", f"kernel_size: 3, padding: {long}"),
        ("kernel_size: 3", f"kernel_size: 3, kernel_initializer: {long}"),
        ("kernel_size: 3", f"kernel_size: {long}"),
        ("kernel_size: 3", f"kernel_size: 3, {long}: 3"),
    ):
        reported = mistakes(spec_file, valid.replace(old, new))
        assert max(map(len, reported)) < 2_000


def test_a_claim_about_an_unknown_architecture_shortens_its_name(spec_file: Path, valid: str) -> None:
    claim = f"  - better_than: {{architecture: {'x' * 100_000}, where: x}}\n"
    spec_file.write_text(valid.replace("assumptions:", f"{claim}assumptions:"))
    [mistake] = reference_mistakes(read_architecture(spec_file), {"small"})
    assert len(str(mistake)) < 1_000


def test_selecting_takes_names_and_globs_each_file_once_in_order(spec_file: Path, valid: str) -> None:
    for name in ("b_two", "a_one"):
        (spec_file.parent / f"{name}.yaml").write_text(valid)
    chosen = select(["small", "*_*", "a_one", "a_one.yaml"], spec_file.parent)
    assert [architecture.name for architecture in chosen] == ["a_one", "b_two", "small"]
    assert select([], spec_file.parent) == chosen


def test_selecting_offers_the_nearest_names(spec_file: Path) -> None:
    with pytest.raises(UnknownArchitecture, match=r"there is no architecture 'smal' in .*; did you mean 'small'\?"):
        select(["smal"], spec_file.parent)
    with pytest.raises(UnknownArchitecture, match=r"no architecture matches 'x\*'"):
        select(["x*"], spec_file.parent)


def test_only_the_selected_files_mistakes_stop_a_run_and_all_of_them_are_reported(spec_file: Path) -> None:
    for name in ("broken", "other"):
        (spec_file.parent / f"{name}.yaml").write_text("")
    assert [architecture.name for architecture in select(["small"], spec_file.parent)] == ["small"]
    with pytest.raises(InvalidSpec) as caught:
        select([], spec_file.parent)
    assert [Path(mistake.file).stem for mistake in caught.value.mistakes] == ["broken", "other"]


def test_a_spec_can_name_a_data_set_that_is_declared_beside_it(spec_file: Path) -> None:
    toy = fake_digits.declared().model_copy(update={"inputs": (5, 4, 1)})
    fake_digits.declare(spec_file.parent, toy)
    spec_file.write_text(spec_file.read_text().replace("dataset: mnist", "dataset: toy"))
    assert read_architecture(spec_file).data == toy


def test_a_data_set_with_a_mistake_is_reported_where_it_is_named_with_the_others(spec_file: Path) -> None:
    declaration = fake_digits.declare(spec_file.parent, fake_digits.declared())
    declaration.write_text("title: 3\n")
    text = spec_file.read_text().replace("dataset: mnist", "dataset: toy")
    text = text.replace("claims:\n", "claims:\n  - layer_parameters: {layer: 9, value: 1, where: here}\n")
    first, second = mistakes(spec_file, text)
    assert first.startswith("2:10: the declaration of the data set 'toy' is not valid; correct ")
    assert first.endswith(f"{declaration}:1:1: 'arrays' is missing; add it")
    assert second.startswith("14:31: the network has 4 layers, and this is about 9")


def test_an_unknown_data_set_is_reported_with_all_other_mistakes(spec_file: Path, valid: str) -> None:
    unknown = valid.replace("dataset: mnist", "dataset: minst")
    data = "2:10: there is no data set 'minst'; did you mean 'mnist' or 'kmnist'?"
    of_fields = unknown.replace("units: 10", "units: ten").replace("epochs: 2", "epochs: 0")
    assert mistakes(spec_file, of_fields) == [
        data,
        "7:20: 'units' is 'ten', not a whole number; write a whole number such as 3",
        "12:11: 'epochs' is 0, which is too small; write 1 or more",
    ]
    of_the_whole = unknown.replace(", activation: softmax", "").replace("epochs: 2", "epochs: 2\n  early_stopping: {}")
    found = mistakes(spec_file, of_the_whole)
    assert [mistake.split(" ")[0] for mistake in found] == ["2:10:", "7:5:", "13:3:"]
    assert found[1].startswith("7:5: the network ends in scores, without softmax")


def test_a_tuple_is_reported_once_and_as_one(spec_file: Path, valid: str) -> None:
    [mistake] = mistakes(spec_file, valid.replace("kernel_size: 3", "kernel_size: (3, 3)"))
    assert mistake == "4:39: '(3, 3)' is a tuple of Python; write [3, 3]"
    in_a_block = valid.replace("- MaxPooling2D", "- MaxPooling2D:\n      pool_size: (2, 2)")
    assert mistakes(spec_file, in_a_block) == [
        "6:18: 'pool_size' is '(2, 2)'; write one whole number, or a list of two: [3, 3]"
    ]
