"""Declarations of data sets: what the shipped ones say, where they are found, and how their mistakes are reported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import fake_digits
import pytest

from harness.data import declarations
from harness.data.dataset_files import dataset_files, dataset_names
from harness.data.declarations import all_datasets, find_dataset, read_dataset
from harness.data.preprocessing import Divide
from harness.data.sources.npm import NpmPackage
from harness.data.sources.web import WebFile
from harness.declaration import files
from harness.declaration.spec_error import InvalidSpec
from harness.errors import UnknownDataset

DIGITS = fake_digits.declared(
    WebFile(address="https://example.org/toy.npz"), NpmPackage(package="@some/toy", version="1.2.3")
)


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """A folder of specs with one data set of its own, the small one."""
    fake_digits.declare(tmp_path / "specs", DIGITS)
    return tmp_path / "specs"


def mistakes(specs: Path, old: str, new: str, name: str = "toy") -> list[str]:
    """Return the mistakes of the small data set's file with one change, without the file's name."""
    file = specs / "datasets" / "toy.yaml"
    text = file.read_text()
    assert old in text
    changed = file.with_stem(name)
    changed.write_text(text.replace(old, new, 1))
    with pytest.raises(InvalidSpec) as caught:
        read_dataset(changed)
    return [str(mistake).removeprefix(f"{changed}:") for mistake in caught.value.mistakes]


@pytest.mark.parametrize("name", dataset_names())
def test_every_shipped_data_set_is_valid_goes_by_its_files_name_and_can_be_fetched(name: str) -> None:
    dataset = find_dataset(name)
    assert dataset.name == name
    assert dataset.sources
    assert dataset.preprocessing


def test_the_facts_of_mnist_are_those_of_its_files() -> None:
    mnist = find_dataset("mnist")
    assert (mnist.inputs, len(mnist.classes)) == ((28, 28, 1), 10)
    assert (mnist.train_examples, mnist.test_examples) == (60_000, 10_000)
    assert mnist.image_bytes == (60_000 + 10_000) * 28 * 28


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("cifar10", "df674ecc98f1bc332b1dab2cd0fa1974e155c46ff40685c947eedb505128d93f"),
        ("cifar100", "de39b202c736d7f5d705111a589d4716201ea2d6037bddd9753bbfa14b9208f8"),
        ("digits", "def51a271ccfabee93f6588f5ed28ae13c558ce1b28381e9e0f8e62e169c4fbd"),
        ("fashion_mnist", "cdb0c5004a1287b3ae1768efbeaa1f3b7e8285c1a675631d9ca112f99c4d73d2"),
        ("kmnist", "003e3ee8371323fa69ee487c7988f8cb3a9b08efd4f96c6797b0c355a5841e5d"),
    ],
)
def test_what_the_name_of_a_shipped_data_set_means_never_changes(name: str, identity: str) -> None:
    assert find_dataset(name).identity == identity


def test_an_array_that_nothing_is_known_of_is_reported(specs: Path) -> None:
    sha256 = f',\n   "sha256": "{DIGITS.arrays.test_labels.sha256}"'
    (mistake,) = mistakes(specs, sha256, "")
    assert "nothing says what test_labels must be; add its sha256, or 'files' with the digests" in mistake


def test_a_split_of_files_that_set_their_test_examples_apart_is_reported(specs: Path) -> None:
    (mistake,) = mistakes(specs, '"title"', '"split": {"test": 0.2},\n"title"')
    assert "'split' is for files that 'read_as' reads" in mistake


def test_what_recorded_trials_computed_on_by_the_name_of_mnist_never_changes() -> None:
    digest = "ca679089cd9dd461d7b26e36e51216fc71f9271f8082e09656a7c1d29a50483b"
    assert find_dataset("mnist").computed_on == (digest, (28, 28, 1), 10, (Divide(by=255),))


def test_a_file_that_is_dropped_into_the_specs_folder_is_a_data_set(specs: Path) -> None:
    assert "toy" in dataset_names(specs)
    assert find_dataset("toy", specs) == DIGITS
    assert set(all_datasets(specs)) == {"toy", *dataset_names()}
    assert "toy" not in dataset_names()


def test_an_unknown_data_set_is_reported_with_the_nearest_name() -> None:
    with pytest.raises(UnknownDataset, match="there is no data set 'mnits'; did you mean 'mnist'"):
        find_dataset("mnits")
    with pytest.raises(UnknownDataset, match=r"there is no data set 'x'; available: cifar10, .*, mnist"):
        find_dataset("x")


def test_a_name_that_leaves_the_folder_means_no_data_set(specs: Path) -> None:
    (specs / "outside.yaml").write_text("")
    with pytest.raises(UnknownDataset):
        find_dataset("../outside", specs)


def test_a_file_is_read_once_as_long_as_it_stays_as_it_is(specs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def read_and_count(file: Path) -> str:
        read.append(file)
        return file.read_text()

    monkeypatch.setattr(declarations, "file_text", read_and_count)
    for _ in range(3):
        find_dataset("toy", specs)
    file = dataset_files(specs)["toy"]
    assert read == [file]
    file.write_text(file.read_text().replace("Digits", "Other toy"))
    assert find_dataset("toy", specs).title == "Other toy"
    assert read == [file, file]


def test_a_broken_file_too_is_read_once(specs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = dataset_files(specs)["toy"]
    file.write_text("title: 3\n")
    errors = []
    for _ in range(2):
        with pytest.raises(InvalidSpec) as caught:
            read_dataset(file)
        errors.append(caught.value)
        monkeypatch.setattr(declarations, "file_text", lambda _: pytest.fail("read again"))
    assert errors[0].mistakes == errors[1].mistakes


def test_a_declaration_is_read_without_numpy_or_what_fetches() -> None:
    code = (
        "import sys, harness.data.declarations as read; read.find_dataset('mnist'); "
        "sys.exit(', '.join({'numpy', 'urllib.request', 'psutil', 'subprocess'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, check=False)
    assert found.stderr.strip() == ""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"title": "Digits",', "", "1:1: 'title' is missing; add it"),
        ('"title"', '"titel"', "there is no field 'titel' here; did you mean 'title'?"),
        ('"classes"', '"class"', "there is no field 'class' here; did you mean 'classes'?"),
        (DIGITS.arrays.test_images.sha256, "abc", "'sha256' is 'abc'; write the 64 hexadecimal digits"),
        ('"uint8"', '"int64"', "'dtype' is 'int64', not 'uint8' or 'float32'"),
        ('"web"', '"wbe"', "there is no source 'wbe'; did you mean 'web'?"),
        ('"address"', '"adress"', "web has no field 'adress'; did you mean 'address'?"),
        ("https://example.org", "file:///etc", "'address' is 'file:///etc/toy.npz'; write a web address"),
        ("@some/toy", "--help", "'package' is '--help'; write a package's name"),
        ('"1.2.3"', '"latest"', "'version' is 'latest'; write an exact version, such as 1.2.6"),
        ('"preprocessing": []', '"preprocessing": [{"dvide": {"by": 2}}]', "there is no preprocessing step 'dvide'"),
        ('"preprocessing": []', '"preprocessing": [{"divide": {"by": 0}}]', "'by' is 0, which is too small"),
        ('"inputs": [\n  5,', '"inputs": [\n  6,', "images of 5×4 do not fit inputs of 6×4×1"),
    ],
)
def test_a_mistake_is_reported_with_its_place_and_what_to_do(specs: Path, old: str, new: str, expected: str) -> None:
    assert any(expected in mistake for mistake in mistakes(specs, old, new))


def test_every_mistake_is_reported_at_once_each_at_its_place(specs: Path) -> None:
    file = specs / "datasets" / "toy.yaml"
    file.write_text(
        """\
title: Digits
source: 3
inputs: [5, 4, 1]
classes: ["0"]
arrays:
  train_images: {file: a, shape: [12, 5, 4], sha256: no}
"""
    )
    with pytest.raises(InvalidSpec) as caught:
        read_dataset(file)
    assert [(one.place and one.place[1:], one.what) for one in caught.value.mistakes] == [
        ((2, 9), "'source' is 3, not text"),
        ((4, 10), "'classes' is too short a list"),
        ((5, 1), "'test_images' is missing"),
        ((5, 1), "'test_labels' is missing"),
        ((5, 1), "'train_labels' is missing"),
        ((6, 54), "'sha256' is 'no'"),
    ]


def test_labels_must_be_as_many_as_images(specs: Path) -> None:
    content = DIGITS.arrays.test_labels.model_copy(update={"shape": (7,)})
    arrays = DIGITS.arrays.model_copy(update={"test_labels": content})
    file = fake_digits.declare(specs, DIGITS.model_copy(update={"arrays": arrays}))
    with pytest.raises(InvalidSpec, match=r"labels of shape \[7\] for 6 images; write \[6\]"):
        read_dataset(file)


def test_contested_labels_must_be_those_of_test_images_and_classes(specs: Path) -> None:
    contested = '"contested": {"source": "a test", "test_labels": [{"index": 6, "label": 10}]},\n"title"'
    first, second = mistakes(specs, '"title"', contested)
    assert "there are 6 test images, counted from 0, and this is 6; write 5 or less" in first
    assert "there are 10 classes, counted from 0, and this is 10; write 9 or less" in second


def test_a_shipped_name_stays_with_the_shipped_data_set(specs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = specs.parent / "shipped"
    fake_digits.declare(shipped, DIGITS)
    monkeypatch.setattr(declarations, "shipped_folder", lambda: shipped)
    retitled = fake_digits.declare(specs, DIGITS.model_copy(update={"title": "The same toy", "sources": ()}))
    assert read_dataset(retitled).title == "The same toy"
    scaled = fake_digits.declare(specs, DIGITS.model_copy(update={"preprocessing": (Divide(by=255),)}))
    with pytest.raises(InvalidSpec, match="'toy' is a data set that ships with the program"):
        read_dataset(scaled)


def test_the_folder_here_is_where_data_sets_are_looked_for(specs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    specs.rename(specs.with_name(str(files.HERE)))
    monkeypatch.chdir(specs.parent)
    assert find_dataset("toy") == DIGITS


def test_a_file_with_another_ending_is_reported_and_not_passed_over(specs: Path) -> None:
    file = dataset_files(specs)["toy"]
    file.rename(file.with_suffix(".yml"))
    with pytest.raises(InvalidSpec, match=r"rename it to toy\.yaml"):
        find_dataset("toy", specs)


def test_an_empty_file_is_reported(specs: Path) -> None:
    file = dataset_files(specs)["toy"]
    file.write_text("")
    with pytest.raises(
        InvalidSpec, match="the file is empty; write its fields: title, source, inputs, classes, arrays"
    ):
        read_dataset(file)
