"""Adding a data set of one's own: what is written, what it is then, and that nothing is half-written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import own_files
import pytest

from harness.app.adding_options import AddOptions, parse_shape, parse_size
from harness.app.datasets import AddedDataset, add_dataset, list_datasets
from harness.app.new import NewOptions, start_spec
from harness.data.cache import CachedCopy, DatasetArrays
from harness.data.dataset import Split
from harness.data.declarations import find_dataset
from harness.data.fetching import fetch, load
from harness.data.formats.npz import Npz
from harness.data.new_declaration import declare
from harness.data.pipeline import pictures
from harness.data.preprocessing import Divide, Standardize, Step
from harness.data.splitting import stratified
from harness.declaration.files import file_text
from harness.errors import BenchError, CannotAdd, CannotStart, CannotWrite, DataRefused, DataUnavailable
from harness.records import files
from harness.spec.reading import read_architecture, read_text


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))


def add(path: Path, **options: object) -> AddedDataset:
    return add_dataset(AddOptions(path=path, architectures=path.parent / "specs", **options))  # type: ignore[arg-type]


def refusal(path: Path, **options: object) -> str:
    """Return why it is refused, once it is sure that nothing of it is left."""
    with pytest.raises((CannotAdd, DataRefused)) as caught:
        add(path, **options)
    assert caught.value.exit_code == 2
    assert not (path.parent / "specs").exists()
    assert not list((path.parent / "cache").glob("*"))
    return str(caught.value)


def test_what_was_added_is_a_data_set_like_any_other(tmp_path: Path) -> None:
    added = add(own_files.photos(tmp_path / "photos"))
    assert added.file == tmp_path / "specs" / "datasets" / "photos.yaml"
    assert find_dataset("photos", tmp_path / "specs") == added.dataset
    arrays = load(added.dataset)
    assert (arrays.train_images.shape, arrays.test_images.shape) == ((10, 9, 7, 3), (2, 9, 7, 3))
    assert sorted(arrays.test_labels.tolist()) == [0, 1]
    assert (added.file.parent / "schema.json").exists()


def test_it_is_listed_with_the_shipped_ones(tmp_path: Path) -> None:
    added = add(own_files.photos(tmp_path / "photos"))
    rows = {row["name"]: row for row in list_datasets(tmp_path / "specs")}
    assert rows["photos"] == {
        "name": "photos",
        "title": "photos",
        "inputs": [9, 7, 3],
        "classes": ["cat", "dog"],
        "train_examples": 10,
        "test_examples": 2,
        "sha256": added.dataset.sha256,
        "cached": True,
    }
    assert (rows["mnist"]["cached"], rows["cifar10"]["sha256"]) == (False, None)


@pytest.mark.parametrize(
    ("suffix", "options", "inputs", "steps"),
    [
        (".npz", {}, (6, 5, 1), (Divide(by=255),)),
        (".csv", {"label": "animal"}, (4,), (Standardize(by="feature", columns=2),)),
    ],
)
def test_inputs_and_preprocessing_follow_the_values(
    tmp_path: Path, suffix: str, options: dict[str, object], inputs: tuple[int, ...], steps: tuple[Step, ...]
) -> None:
    make: Callable[[Path], Path] = own_files.npz if suffix == ".npz" else own_files.table
    dataset = add(make(tmp_path / f"given{suffix}"), **options).dataset
    assert (dataset.inputs, dataset.preprocessing) == (inputs, steps)


@pytest.mark.parametrize(
    ("values", "steps"),
    [
        (np.linspace(-1, 1, 600).reshape(20, 6, 5), ()),
        (np.linspace(0, 254.5, 600).reshape(20, 6, 5), (Divide(by=255),)),
        (np.linspace(-9, 900, 600).reshape(20, 6, 5), (Standardize(by="channel"),)),
        (np.linspace(-9, 900, 60).reshape(20, 3), (Standardize(by="feature"),)),
        (np.linspace(-9, 900, 20), (Standardize(by="feature"),)),
    ],
)
def test_floats_are_divided_or_standardized_unless_they_are_small(
    tmp_path: Path, values: object, steps: tuple[Step, ...]
) -> None:
    path = own_files.npz(tmp_path / "x.npz", x_train=values, x_test=None, y_test=None)
    assert add(path).dataset.preprocessing == steps


def test_the_split_takes_the_same_share_of_every_class_and_shuffles() -> None:
    labels = np.repeat([0, 1, 2], [100, 20, 2])
    train, test = stratified(labels, Split(test=0.2, seed=3))
    assert np.bincount(labels[test]).tolist() == [20, 4, 1]
    assert sorted([*train, *test]) == list(range(122))
    assert len(set(labels[train][-20:].tolist())) > 1
    again, other = (stratified(labels, Split(test=0.2, seed=seed)) for seed in (3, 4))
    assert np.array_equal(again[1], test)
    assert not np.array_equal(other[1], test)


def test_test_examples_that_are_trained_on_too_are_counted(tmp_path: Path) -> None:
    with np.load(own_files.npz(tmp_path / "a.npz")) as arrays:
        x_test = arrays["x_test"].copy()
        x_test[:3] = arrays["x_train"][5:8]
    added = add(own_files.npz(tmp_path / "leaves.npz", x_test=x_test))
    assert added.dataset.repeated_test_examples == 3
    assert any("3 of the 8 examples to test on are also to train on" in sentence for sentence in added.sentences)


def test_it_is_said_what_to_do_next_and_that_works(tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    added = add(own_files.table(tmp_path / "animals.csv"), label="animal")
    assert "'bench new my_network --dataset animals' starts one of your own" in added.sentences[-1]
    spec = read_architecture(start_spec(NewOptions(name="my_network", dataset="animals", architectures=specs)))
    assert (spec.data, spec.layers[-1].output_shape((64,))) == (added.dataset, (2,))


def test_a_network_for_other_images_is_copied_for_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    added = add_dataset(AddOptions(path=own_files.photos(tmp_path / "photos"), size=(28, 28)))
    assert added.file == Path("architectures/datasets/photos.yaml")
    spec = read_architecture(start_spec(NewOptions(name="copy", other="000_convnet", dataset="photos")))
    assert (spec.data, spec.layers[-1].output_shape((64,))) == (added.dataset, (2,))


def test_files_that_are_gone_from_the_cache_are_read_again_and_changed_ones_refused(tmp_path: Path) -> None:
    dataset = add(own_files.table(tmp_path / "animals.csv"), label="animal").dataset
    CachedCopy(dataset).path.unlink()
    assert fetch(dataset).sha256 == dataset.sha256
    CachedCopy(dataset).path.unlink()
    own_files.table(tmp_path / "animals.csv", (tmp_path / "animals.csv").read_text().replace("red", "blue", 1))
    with pytest.raises(DataUnavailable, match="the files have changed, so add them under another name than animals"):
        fetch(dataset)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"name": "../evil"}, "'../evil' is not a valid name; name it with --name"),
        ({"name": "mnist"}, "there is a data set 'mnist' already; choose another name with --name"),
        ({"name": "MNIST"}, "there is a data set 'mnist' already"),
        ({"label": "x"}, "--label is for tables"),
        ({"shape": (2, 2)}, "--shape is for tables"),
        ({"test": 0.0}, "--test 0 is not a share of the examples"),
        ({"test": 1.0}, "--test 1 is not a share of the examples"),
        ({"test": float("nan")}, "--test nan is not a share of the examples"),
    ],
)
def test_an_option_that_does_not_fit_is_one_sentence(tmp_path: Path, options: dict[str, object], expected: str) -> None:
    assert expected in refusal(own_files.photos(tmp_path / "photos"), **options)


@pytest.mark.parametrize("options", [{"size": (8, 8)}, {"grayscale": True}])
def test_options_for_images_are_for_folders_alone(tmp_path: Path, options: dict[str, object]) -> None:
    assert "for folders of images" in refusal(own_files.npz(tmp_path / "x.npz"), **options)


def test_a_share_is_not_asked_of_files_that_set_their_test_examples_apart(tmp_path: Path) -> None:
    assert "sets its test examples apart itself" in refusal(own_files.npz(tmp_path / "x.npz"), test=0.3)


def test_a_table_without_a_label_is_told_its_columns(tmp_path: Path) -> None:
    sentence = refusal(own_files.table(tmp_path / "animals.csv"))
    assert "with --label; the columns are 'number', 'share', 'colour', 'animal'" in sentence


@pytest.mark.parametrize(
    ("name", "expected"), [("gone.npz", "there is no such file"), ("x.gif", "is neither a folder")]
)
def test_a_path_that_is_nothing_of_the_kind_is_one_sentence(tmp_path: Path, name: str, expected: str) -> None:
    (tmp_path / "x.gif").write_bytes(b"GIF89a")
    assert expected in refusal(tmp_path / name)


def test_a_class_with_one_example_can_not_be_split(tmp_path: Path) -> None:
    path = own_files.table(tmp_path / "animals.csv", "a,animal\n1,cat\n2,cat\n3,dog\n")
    assert "the class 'dog' has 1 example, and one is needed to train on and one to test on" in refusal(
        path, label="animal"
    )


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    path = own_files.npz(tmp_path / "leaves.npz")
    file = add(path).file
    before = file.read_bytes()
    with pytest.raises(CannotAdd, match="there is a data set 'leaves' already"):
        add(path)
    assert file.read_bytes() == before
    assert add(path, name="leaves_2").dataset.identity == find_dataset("leaves", tmp_path / "specs").identity


def test_a_disk_that_is_full_leaves_neither_declaration_nor_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(path: Path, _content: bytes) -> None:
        raise CannotWrite(path, OSError(28, "No space left on device"))

    monkeypatch.setattr(files, "write_atomically", no_room)
    with pytest.raises(CannotWrite):
        add(own_files.npz(tmp_path / "leaves.npz"))
    assert not list((tmp_path / "cache").glob("*.npz"))
    assert not list(tmp_path.glob("specs/**/*.yaml"))


def test_words_that_yaml_takes_for_something_else_stay_words(tmp_path: Path) -> None:
    words = ["no", "~", "true", '"ja: ""nein"" #"']
    rows = "".join(f"{row},{words[row % 4]}\n" for row in range(16))
    added = add(own_files.table(tmp_path / "words.csv", "a,b\n" + rows), label="b")
    assert find_dataset("words", added.file.parents[1]).classes == ('ja: "nein" #', "no", "true", "~")


def test_sizes_are_read_as_people_write_them() -> None:
    assert (parse_size("64x48"), parse_size(None), parse_shape("28x28x1"), parse_shape("784")) == (
        (64, 48),
        None,
        (28, 28, 1),
        (784,),
    )
    for text in ("64", "64x", "axb", "0x5", "-1x4", "1x2x3", "64X64"):
        with pytest.raises(CannotAdd, match="HEIGHTxWIDTH"):
            parse_size(text)
    with pytest.raises(CannotAdd, match="28x28"):
        parse_shape("28*28")


def test_pictures_are_bytes_whatever_the_values_are(tmp_path: Path) -> None:
    path = own_files.npz(
        tmp_path / "x.npz", x_train=np.linspace(-2, 2, 600).reshape(20, 6, 5, 1), x_test=None, y_test=None
    )
    declared = declare(path, Npz(), Split(test=0.2), "x")
    dataset = add(path).dataset
    shown = pictures(DatasetArrays(dataset, **declared.arrays))
    assert shown is not None
    assert (shown.shape, shown.min(), shown.max()) == ((4, 6, 5), 0, 255)
    table = add(own_files.table(tmp_path / "animals.csv"), label="animal").dataset
    assert pictures(load(table)) is None


def test_a_layer_may_have_as_many_outputs_as_there_are_classes(tmp_path: Path) -> None:
    spec = Path(__file__).parents[2] / "architectures" / "dense_512.yaml"
    text = file_text(spec)
    assert "units: classes" in text
    assert read_text(spec, text) == read_text(spec, text.replace("units: classes", "units: 10"))
    add(own_files.photos(tmp_path / "photos"))
    own = read_text(tmp_path / "specs" / "dense_512.yaml", text.replace("dataset: mnist", "dataset: photos"))
    assert own.layers[-1].output_shape((512,)) == (2,)
    with pytest.raises(BenchError) as caught:
        read_text(spec, text.replace("dataset: mnist", "dataset: mnits"))
    assert str(caught.value).count("\n") == 0
    assert "there is no data set 'mnits'; did you mean 'mnist'" in str(caught.value)


def test_a_network_that_does_not_fit_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    add_dataset(AddOptions(path=own_files.table(tmp_path / "animals.csv"), label="animal"))
    with pytest.raises(CannotStart, match="it can't be trained on animals: Conv2D"):
        start_spec(NewOptions(name="copy", other="000_convnet", dataset="animals"))
    assert not Path("architectures/copy.yaml").exists()
