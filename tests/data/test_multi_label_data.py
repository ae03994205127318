"""Data sets whose examples may have several labels: how they are read, split and declared, and what is refused."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import own_files
import pytest
from numpy.typing import NDArray

from harness.app.adding_options import AddOptions
from harness.app.datasets import AddedDataset, add_dataset
from harness.data.dataset import Split
from harness.data.declarations import find_dataset
from harness.data.fetching import load
from harness.data.splitting import parts, stratified_sets
from harness.declaration.spec_error import InvalidSpec
from harness.errors import CannotAdd, DataRefused

LABELS = ("sun", "rain", "wind")
ROWS = np.array([[1, 0, 1], [0, 1, 1], [1, 0, 0], [0, 0, 1], [0, 1, 0]] * 4)


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))


def table(path: Path, rows: NDArray[np.integer] = ROWS, names: tuple[str, ...] = LABELS) -> Path:
    lines = [",".join(("height", "weight", *names))]
    lines += [",".join(map(str, (place, place % 7, *row))) for place, row in enumerate(rows.tolist())]
    path.write_text("\n".join(lines) + "\n")
    return path


def npz(path: Path, rows: object = ROWS, **replaced: object) -> Path:
    return own_files.npz(path, **{"y_train": rows, "x_test": None, "y_test": None} | replaced)


def add(path: Path, **options: object) -> AddedDataset:
    return add_dataset(AddOptions(path=path, architectures=path.parent / "specs", **options))  # type: ignore[arg-type]


def test_columns_of_a_table_are_labels_of_which_an_example_may_have_several(tmp_path: Path) -> None:
    added = add(table(tmp_path / "weather.csv"), label="sun, rain,wind")
    dataset, arrays = added.dataset, load(added.dataset)
    assert (dataset.multi_label, dataset.classes, dataset.inputs) == (True, LABELS, (2,))
    assert find_dataset("weather", tmp_path / "specs") == dataset
    assert arrays.train_labels.dtype == np.uint8
    assert arrays.train_labels.shape[1:] == (3,)
    rows = np.concatenate([arrays.train_labels, arrays.test_labels])
    assert sorted(map(tuple, rows.tolist())) == sorted(map(tuple, ROWS.tolist()))
    assert "in 3 labels, of which an example may have several: sun, rain, wind" in added.sentences[0]


def test_each_example_keeps_its_own_labels(tmp_path: Path) -> None:
    arrays = load(add(table(tmp_path / "weather.csv"), label="sun,rain,wind").dataset)
    for images, labels in (
        (arrays.train_images, arrays.train_labels),
        (arrays.test_images, arrays.test_labels),
    ):
        assert np.array_equal(labels, ROWS[images[:, 0].astype(int)])


def test_a_column_whose_name_has_a_comma_is_one_column(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_text('size,"beach,sea"\n' + "".join(f"{place},{place % 2}\n" for place in range(20)))
    assert not add(path, label="beach,sea").dataset.multi_label


def test_rows_of_zeros_and_ones_in_an_npz_are_labels_too(tmp_path: Path) -> None:
    dataset = add(npz(tmp_path / "a.npz")).dataset
    assert (dataset.multi_label, dataset.classes) == (True, ("0", "1", "2"))
    of_floats = add(npz(tmp_path / "b.npz", ROWS.astype(float), x_test=np.zeros((5, 6, 5)), y_test=ROWS[:5] == 1))
    assert (of_floats.dataset.split, of_floats.dataset.test_examples) == (None, 5)


def test_the_same_files_read_as_one_class_each_are_another_data_set(tmp_path: Path) -> None:
    rows = np.eye(3, dtype=int)[np.arange(20) % 3]
    single = add(npz(tmp_path / "single.npz", rows), one_hot=True).dataset
    assert (single.multi_label, single.classes) == (False, ("0", "1", "2"))
    named = add(table(tmp_path / "named.csv", rows), label="sun,rain,wind", one_hot=True).dataset
    assert (named.multi_label, named.classes) == (False, ("rain", "sun", "wind"))
    several = add(npz(tmp_path / "several.npz")).dataset
    # Where the published file's digest is all that is known, the reading alone tells the two apart.
    files = {"files": ({"name": "x", "sha256": "0" * 64},)}
    one, other = (type(dataset).model_validate({**dataset.model_dump(), **files}) for dataset in (single, several))
    assert one.content_sha256 == other.content_sha256
    assert one.identity != other.identity


EVERY, NONE = ROWS.copy(), ROWS.copy()
EVERY[:, 1], NONE[:, 2] = 1, 0
ONCE, LACKED_ONCE = NONE.copy(), EVERY.copy()
ONCE[3, 2], LACKED_ONCE[3, 1] = 1, 0
TWO = ROWS.copy()
TWO[4, 1] = 2


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (TWO, "example 4 has 2 for the label 'rain'; write 1 where an example has the label, else 0."),
        (-ROWS, "example 0 has -1 for the label 'sun'; write 1"),
        (NONE, "no example has the label 'wind', so that there is nothing to learn of it; remove its column."),
        (EVERY, "every example has the label 'rain', so that there is nothing to learn of it; remove its column."),
        (ONCE, "1 example has the label 'wind', and one is needed to train on and one to test on; add more,"),
        (LACKED_ONCE, "1 example lacks the label 'rain', and one is needed to train on and one to test on"),
        (
            np.eye(3, dtype=int)[np.arange(20) % 3],
            "every example has exactly one label, as in one-hot rows of classes;",
        ),
    ],
)
def test_labels_that_can_not_be_learnt_are_one_sentence(
    tmp_path: Path, rows: NDArray[np.integer], expected: str
) -> None:
    for path, names, options in (
        (table(tmp_path / "weather.csv", rows), LABELS, {"label": "sun,rain,wind"}),
        (npz(tmp_path / "weather.npz", rows), ("0", "1", "2"), {}),
    ):
        with pytest.raises(DataRefused) as caught:
            add(path, **options)
        sentence = str(caught.value)
        for name, shown in zip(LABELS, names, strict=True):
            expected = expected.replace(f"'{name}'", f"'{shown}'")
        assert expected in sentence
        assert sentence.startswith(str(path))
        assert "\n" not in sentence
        assert not (tmp_path / "specs").exists()


@pytest.mark.parametrize(
    ("label", "options", "expected"),
    [
        ("sun,rian", {}, "there is no column 'rian'; did you mean 'rain'?"),
        ("sun,sun", {}, "a column is named twice for labels; name each once."),
        ("height,sun", {}, "example 2 has 2 for the label 'height'"),
        ("word,sun", {}, "the column 'word' holds words such as 'yes', and labels in several columns are 0 or 1;"),
        ("gap,sun", {}, "1 of 20 rows have no value in the column 'gap'"),
        ("height,weight,sun,rain,wind,word,gap", {}, "holds no examples"),
        ("sun", {"one_hot": True}, "one-hot rows stand in several columns; name them, or leave out --one-hot."),
        ("sun,rain,wind", {"one_hot": True}, "example 0 has 2 labels, and one-hot rows have one; leave out --one-hot,"),
    ],
)
def test_columns_that_are_no_labels_are_one_sentence(
    tmp_path: Path, label: str, options: dict[str, bool], expected: str
) -> None:
    path = table(tmp_path / "weather.csv")
    lines = path.read_text().splitlines()
    ends = ["word,gap", *(f"{'yes' if row % 2 else 'no'},{row % 2 if row != 8 else ''}" for row in range(1, 21))]
    path.write_text("".join(f"{line},{end}\n" for line, end in zip(lines, ends, strict=True)))
    with pytest.raises(DataRefused) as caught:
        add(path, label=label, **options)
    assert expected in str(caught.value)


def test_arrays_of_labels_that_do_not_match_are_one_sentence(tmp_path: Path) -> None:
    given = {"x_test": np.zeros((5, 6, 5), np.uint8)}
    for options, expected in (
        ({"y_test": ROWS[:5, :2], **given}, "(y_test): has the shape (5, 2), where a row of 3 of labels"),
        ({"y_test": np.zeros(5, int), **given}, "(y_test): has the shape (5,), where a row of 3 of labels"),
        ({"rows": ROWS.reshape(20, 3, 1)}, "(y_train): has the shape (20, 3, 1), where a row of labels"),
        ({"rows": np.array([["a", "b", "c"]] * 20)}, "(y_train): holds <U1 values; write 0 or 1 for each label."),
        ({"rows": np.where(ROWS == 1, np.nan, 0)}, "example 0 has nan for the label '0'"),
        ({"rows": np.zeros((20, 300), int)}, "has 300 columns of labels; 256 are the most."),
    ):
        with pytest.raises(DataRefused) as caught:
            add(npz(tmp_path / "x.npz", **options))
        assert expected in str(caught.value)
    with pytest.raises(DataRefused, match="has a label for each example and no row; leave out --one-hot"):
        add(npz(tmp_path / "x.npz", np.arange(20) % 2), one_hot=True)
    with pytest.raises(CannotAdd, match=r"--one-hot is for tables and \.npz files"):
        add(own_files.photos(tmp_path / "photos"), one_hot=True)


def several(examples: int, shares: tuple[float, ...], seed: int = 0) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    return (rng.random((examples, len(shares))) < shares).astype(np.uint8)


def test_the_split_takes_the_same_share_of_every_label_rare_ones_too() -> None:
    labels = several(500, (0.5, 0.2, 0.02, 0.6, 0.05))
    train, test = stratified_sets(labels, Split(test=0.2, seed=3))
    assert sorted([*train, *test]) == list(range(500))
    counts = labels.sum(axis=0, dtype=int)
    assert np.abs(labels[test].sum(axis=0, dtype=int) - np.round(0.2 * counts)).max() <= 2
    assert np.abs(len(test) - 100) <= 5
    rarest = int(counts.argmin())
    assert labels[test, rarest].sum() == round(0.2 * int(counts[rarest]))
    again, other = (stratified_sets(labels, Split(test=0.2, seed=seed)) for seed in (3, 4))
    assert np.array_equal(again[1], test)
    assert not np.array_equal(other[1], test)


def test_folds_have_the_same_share_of_every_label_and_the_sizes_that_are_planned() -> None:
    labels = several(203, (0.5, 0.2, 0.1, 0.6))
    found = parts(labels, 5, seed=1)
    assert np.bincount(found).tolist() == [41, 41, 41, 40, 40]
    counted = np.array([labels[found == part].sum(axis=0, dtype=int) for part in range(5)])
    spread = counted.max(axis=0) - counted.min(axis=0)
    assert spread[int(labels.sum(axis=0).argmin())] <= 1
    assert spread.max() <= 4
    assert all(not np.array_equal(one, other) for one, other in pairwise(parts(labels, 5, seed) for seed in range(3)))


def test_a_declaration_whose_labels_are_rows_of_another_length_says_what_to_write(tmp_path: Path) -> None:
    file = add(table(tmp_path / "weather.csv"), label="sun,rain,wind").file
    text = file.read_text()
    file.write_text(text.replace('classes: ["sun", "rain", "wind"]', 'classes: ["sun", "rain"]'))
    with pytest.raises(InvalidSpec) as caught:
        find_dataset("weather", tmp_path / "specs")
    assert "labels of shape [16×3] for 16 images; write [16], or [16, 2] in both parts" in str(caught.value)
    file.write_text(text + "contested: {source: nobody, test_labels: []}\n")
    with pytest.raises(
        InvalidSpec, match="'contested' is of labels that are one class each, and examples have several"
    ):
        find_dataset("weather", tmp_path / "specs")
