"""Files of one's own: what is read of good ones, and one sentence for each way in which they can be bad."""

from __future__ import annotations

import io
import os
import pickle
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import own_files
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from harness.data.formats.file_format import FileFormat, Found
from harness.data.formats.images import Images
from harness.data.formats.npz import Npz
from harness.data.formats.table import Table
from harness.errors import DataRefused

SPECIES = Table(label="animal")


def refusal(read_as: FileFormat, path: Path) -> str:
    with pytest.raises(DataRefused) as caught:
        read_as.read(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


# --- npz ---


def test_an_npz_is_read_with_its_test_examples(tmp_path: Path) -> None:
    found = Npz().read(own_files.npz(tmp_path / "leaves.npz"))
    assert found.train.values.shape == (20, 6, 5)
    assert found.train.values.dtype == np.uint8
    assert found.test is not None
    assert (found.test.values.shape, found.classes) == ((8, 6, 5), ("0", "1"))


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.arange(20, dtype=np.int64), np.uint8),
        (np.array([True, False] * 10), np.uint8),
        (np.arange(20, dtype=np.int16) - 1, np.float32),
        (np.linspace(0, 1, 20, dtype=np.float64), np.float32),
        (np.linspace(0, 1, 20, dtype=np.float16), np.float32),
        (np.arange(20, dtype=">u4"), np.uint8),
    ],
)
def test_numbers_become_bytes_where_all_are_and_floats_where_not(tmp_path: Path, values: object, dtype: type) -> None:
    found = Npz().read(own_files.npz(tmp_path / "x.npz", x_train=values, x_test=None, y_test=None))
    assert found.train.values.dtype == dtype
    assert np.allclose(found.train.values, np.asarray(values, np.float64))


def test_training_and_test_examples_have_one_type(tmp_path: Path) -> None:
    found = Npz().read(own_files.npz(tmp_path / "x.npz", x_test=np.full((8, 6, 5), -1.0)))
    assert found.test is not None
    assert found.train.values.dtype == found.test.values.dtype == np.float32


def test_an_array_that_is_kept_column_by_column_keeps_its_values(tmp_path: Path) -> None:
    values = np.asfortranarray(np.arange(600, dtype=np.float32).reshape(20, 6, 5))
    found = Npz().read(own_files.npz(tmp_path / "x.npz", x_train=values, x_test=None, y_test=None))
    assert np.array_equal(found.train.values, values)


def test_labels_may_start_anywhere_and_leave_numbers_out(tmp_path: Path) -> None:
    labels = np.array([3, 7] * 10)[:, np.newaxis]
    found = Npz().read(own_files.npz(tmp_path / "x.npz", y_train=labels, y_test=np.full(8, 7.0)))
    assert found.classes == ("3", "7")
    assert found.train.labels.tolist() == [0, 1] * 10
    assert found.test is not None
    assert set(found.test.labels.tolist()) == {1}


@pytest.mark.parametrize(
    ("replaced", "expected"),
    [
        ({"x_train": None}, "has no x_train, but x_test, y_test, y_train; name the arrays x_train, y_train"),
        ({"y_test": None}, "has no y_test"),
        ({"y_train": np.arange(19)}, "x_train has 20 examples and y_train 19 labels; give a label for each example"),
        (
            {"y_train": np.array(["cat", "dog"] * 10)},
            "(y_train): holds words such as 'cat'",
        ),
        ({"y_train": np.array([0, -1] * 10)}, "(y_train): example 1 has the label -1; number the classes from 0"),
        ({"y_train": np.array([0, np.nan] * 10)}, "(y_train): example 1 has no label; remove such examples"),
        ({"y_train": np.array([0, 0.5] * 10)}, "(y_train): holds fractions such as 0.5; labels are classes"),
        ({"y_train": np.zeros(20)}, "(y_train): all examples are of one class, '0'; two are the fewest"),
        ({"y_train": np.eye(20)}, "turn one-hot rows into numbers with argmax(axis=1)"),
        ({"y_train": np.zeros(20, complex)}, "(y_train): holds complex128 values"),
        ({"y_test": np.array([0, 1, 2, 0, 1, 0, 1, 0])}, "(y_test): the label '2' is of no class to train on"),
        ({"x_train": np.full((20, 6, 5), np.nan)}, "(x_train): example 0 holds NaN"),
        ({"x_train": np.full((20, 6, 5), 1e300)}, "(x_train): example 0 holds NaN, an infinity or a number too large"),
        ({"x_train": np.full((20, 6, 5), "a")}, "(x_train): holds <U1 values; give whole numbers or floats"),
        ({"x_train": np.zeros((20, 6, 4), np.uint8)}, "examples have the shape (6, 4) in x_train and (6, 5) in x_test"),
        ({"x_train": np.zeros((20, 0, 5), np.uint8)}, "(x_train): has the shape (20, 0, 5)"),
        ({"x_train": np.zeros((), np.uint8)}, "(x_train): has the shape ()"),
        ({"x_train": np.zeros((20,) + (1,) * 8, np.uint8)}, "give the examples along the first axis"),
        ({"x_train": np.zeros((1, 6, 5), np.uint8), "y_train": np.zeros(1)}, "holds 1 examples; two are the fewest"),
        ({"x_train": np.zeros((0, 6, 5), np.uint8), "y_train": np.zeros(0)}, "holds 0 examples; two are the fewest"),
        (
            {"x_train": np.zeros((300, 1)), "y_train": np.arange(300), "x_test": None, "y_test": None},
            "(y_train): holds 300 different labels; 256 classes are the most",
        ),
    ],
)
def test_an_npz_that_can_not_be_trained_on_is_one_sentence(
    tmp_path: Path, replaced: dict[str, object], expected: str
) -> None:
    path = own_files.npz(tmp_path / "leaves.npz", **replaced)
    sentence = refusal(Npz(), path)
    assert expected in sentence
    assert sentence.startswith(str(path))


class Trap:
    """Unpickling it makes a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[[Path], object], tuple[Path]]:
        return (Path.touch, (self.file,))


def test_python_objects_are_never_loaded(tmp_path: Path) -> None:
    trap = np.array([Trap(tmp_path / "sprung")] * 20, dtype=object)
    for name in ("x_train", "y_train"):
        sentence = refusal(Npz(), own_files.npz(tmp_path / "bad.npz", **{name: trap}))
        assert f"{name} holds Python objects, which are never loaded" in sentence
    (tmp_path / "pickle.npz").write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    assert "can't be read as an .npz file" in refusal(Npz(), tmp_path / "pickle.npz")
    assert not (tmp_path / "sprung").exists()


def declared_only(path: Path, shape: tuple[int, ...]) -> Path:
    """An npz whose x_train says that it has this shape, and holds nothing."""
    with zipfile.ZipFile(own_files.npz(path, x_train=None), "a") as archive, archive.open("x_train.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return path


def test_data_larger_than_memory_is_reported_from_the_header(tmp_path: Path) -> None:
    memory = psutil.virtual_memory().total
    path = declared_only(tmp_path / "huge.npz", (20, memory // 10))
    tracemalloc.start()
    sentence = refusal(Npz(), path)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert f"its values take {2 * memory / 2**30:,.1f} GiB, and this machine has {memory / 2**30:,.1f} GiB" in sentence
    assert peak_bytes < 10_000_000


def test_an_array_shorter_or_longer_than_its_header_says_is_refused(tmp_path: Path) -> None:
    assert "x_train does not hold as many values" in refusal(Npz(), declared_only(tmp_path / "x.npz", (20, 6, 5)))
    path = own_files.npz(tmp_path / "bomb.npz", x_train=None)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("x_train.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": (20, 6, 5)})
        file.write(bytes(200_000_000))
    tracemalloc.start()
    assert "x_train does not hold as many values" in refusal(Npz(), path)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 10_000_000


@pytest.mark.parametrize("content", [b"", b"PK", b"nothing of the kind"])
def test_what_is_no_archive_is_reported(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.npz").write_bytes(content)
    assert "can't be read as an .npz file" in refusal(Npz(), tmp_path / "x.npz")


# --- a folder of images ---


def test_images_are_read_with_their_folders_as_classes(tmp_path: Path) -> None:
    root = own_files.photos(tmp_path / "photos")
    found = Images().read(root)
    assert (found.train.values.shape, found.classes, found.test) == ((12, 9, 7, 3), ("cat", "dog"), None)
    expected = {np.asarray(Image.open(file).convert("RGB")).tobytes(): file.parent.name for file in root.rglob("*.*")}
    for values, label in zip(found.train.values, found.train.labels, strict=True):
        assert expected[values.tobytes()] == found.classes[label]
    assert np.array_equal(Images().read(root).train.values, found.train.values)
    assert len(set(found.train.labels[:6].tolist())) == 2  # not one class after the other


def test_images_are_resized_and_made_gray(tmp_path: Path) -> None:
    root = own_files.photos(tmp_path / "photos")
    own_files.image((40, 30)).save(root / "cat" / "large.jpg")
    own_files.image((40, 30), "L").save(root / "cat" / "gray.png")
    found = Images(size=(12, 16), grayscale=True).read(root)
    assert found.train.values.shape == (14, 12, 16, 1)


def test_folders_for_training_and_test_are_kept_apart(tmp_path: Path) -> None:
    own_files.photos(tmp_path / "photos" / "train", count=5)
    own_files.photos(tmp_path / "photos" / "test", count=2)
    found = Images().read(tmp_path / "photos")
    assert found.test is not None
    assert (len(found.train.labels), len(found.test.labels), found.classes) == (10, 4, ("cat", "dog"))


def test_a_photograph_that_lies_on_its_side_is_turned(tmp_path: Path) -> None:
    root = own_files.photos(tmp_path / "photos", count=1)
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = own_files.image((7, 9))
    upright.transpose(Image.Transpose.ROTATE_90).save(root / "dog" / "side.png", exif=exif)
    values = Images().read(root).train.values
    assert any(np.array_equal(found, np.asarray(upright)) for found in values)


def test_hidden_files_and_what_file_managers_leave_behind_are_passed_over(tmp_path: Path) -> None:
    root = own_files.photos(tmp_path / "photos")
    for name in (".DS_Store", "cat/.hidden", "cat/Thumbs.db", "README.txt"):
        (root / name).write_text("not an image")
    assert len(Images().read(root).train.labels) == 12


def add(name: str, content: bytes) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / name).parent.mkdir(exist_ok=True, parents=True)
        (root / name).write_bytes(content)

    return change


def animated(mode: str = "RGB") -> bytes:
    frames = [own_files.image(seed=number, mode=mode) for number in range(2)]
    return own_files.png(frames[0], save_all=True, append_images=frames[1:])


BOMB = own_files.png(Image.new("1", (12_000, 12_000)))
WHOLE = own_files.png(own_files.image())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (add("cat/text.png", b"text"), "cat/text.png is no PNG or JPEG; save such images anew, or remove them"),
        (add("cat/empty.png", b""), "1 of 13 images can't be used"),
        (add("cat/half.png", WHOLE[: len(WHOLE) // 2]), "cat/half.png can't be read ("),
        (add("cat/moving.png", animated()), "cat/moving.png is animated"),
        (add("cat/bomb.png", BOMB), "cat/bomb.png has too many pixels"),
        (add("cat/clear.png", own_files.png(own_files.image(mode="RGBA"))), "cat/clear.png has transparency"),
        (add("cat/deep.png", own_files.png(Image.new("I;16", (7, 9)))), "cat/deep.png has pixels of the kind I;16"),
        (add("cat/gray.png", own_files.png(own_files.image(mode="L"))), "give --grayscale for all, or save it with"),
        (add("cat/big.png", own_files.png(own_files.image((8, 9)))), "give one size for all with --size HEIGHTxWIDTH"),
        (add("cat/more/1.png", WHOLE), "is a folder inside a class's folder; move its images up"),
        (add("train/cat/1.png", WHOLE), "is a folder inside a class's folder"),
        (lambda root: (root / "none").mkdir(), "holds no images; remove the folder, or add some"),
    ],
)
def test_a_folder_that_can_not_be_trained_on_is_one_sentence(
    tmp_path: Path, change: Callable[[Path], None], expected: str
) -> None:
    root = own_files.photos(tmp_path / "photos")
    change(root)
    assert expected in refusal(Images(), root)


def test_many_bad_images_are_counted_and_some_named(tmp_path: Path) -> None:
    root = own_files.photos(tmp_path / "photos")
    for number in range(5):
        (root / "dog" / f"bad{number}.png").write_bytes(b"bad")
    sentence = refusal(Images(), root)
    assert "5 of 17 images can't be used" in sentence
    assert "bad2.png is no PNG or JPEG, …;" in sentence


def test_one_folder_is_no_classes(tmp_path: Path) -> None:
    root = own_files.photos(tmp_path / "photos")
    (root / "dog").rename(tmp_path / "dog")
    assert "give a folder of images for each class, two at least; there is one, 'cat'" in refusal(Images(), root)
    assert "two at least; there is none" in refusal(Images(), root / "cat")


@pytest.mark.parametrize("inside", ["cat/link.png", "cats"])
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, inside: str) -> None:
    root = own_files.photos(tmp_path / "photos")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "1.png").write_bytes(WHOLE)
    (root / inside).symlink_to(tmp_path / "secret" / ("1.png" if inside.endswith("png") else ""))
    sentence = refusal(Images(), root)
    assert f"{root / inside}: is a link out of the folder; copy what it means into the folder" in sentence


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    root = own_files.photos(tmp_path / "photos")
    (root / "cat" / "link.png").symlink_to(root / "cat" / "0.png")
    assert len(Images().read(root).train.labels) == 13


def test_folders_beside_train_and_test_are_reported(tmp_path: Path) -> None:
    for part in ("train", "test", "validation"):
        own_files.photos(tmp_path / "photos" / part, count=2)
    assert "has validation beside train and test" in refusal(Images(), tmp_path / "photos")


def test_a_class_that_is_only_tested_on_is_reported(tmp_path: Path) -> None:
    own_files.photos(tmp_path / "photos" / "train")
    own_files.photos(tmp_path / "photos" / "test")
    (tmp_path / "photos" / "test" / "dog").rename(tmp_path / "photos" / "test" / "frog")
    assert "frog: there is no such class to train on" in refusal(Images(), tmp_path / "photos")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to the superuser")
def test_a_closed_folder_is_reported(tmp_path: Path) -> None:
    root = own_files.photos(tmp_path / "photos")
    (root / "cat").chmod(0)
    assert "can't be read" in refusal(Images(), root)


def test_a_machine_without_pillow_is_told_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.data.formats.images.find_spec", lambda _: None)
    assert "reading images needs Pillow; pip install 'architecture-bench[images]'" in refusal(Images(), tmp_path)


# --- a table ---


def test_numbers_come_first_and_each_category_has_a_column(tmp_path: Path) -> None:
    found = SPECIES.read(own_files.table(tmp_path / "table.csv"))
    assert (found.classes, found.numbers) == (("cat", "dog"), 2)
    assert found.train.values.dtype == np.float32
    assert found.train.values[:3].tolist() == [[0, 0, 1, 0], [1, 0.25, 0, 1], [2, 0.5, 0, 1]]
    assert found.train.labels[:3].tolist() == [0, 1, 0]


def test_pixels_are_columns(tmp_path: Path) -> None:
    rows = "".join(f"{row % 3},{row},0,255,7\n" for row in range(9))
    path = own_files.table(tmp_path / "digits.csv", "label,a,b,c,d\n" + rows)
    found = Table(label="label", shape=(2, 2)).read(path)
    assert (found.classes, found.numbers) == (("0", "1", "2"), None)
    assert found.train.values.dtype == np.uint8
    assert found.train.values[4].tolist() == [[4, 0], [255, 7]]


@pytest.mark.parametrize(
    ("text", "read_as", "expected"),
    [
        ("", SPECIES, "can't be read as a table"),
        ("a,animal\n", SPECIES, "holds no examples"),
        ("animal\ncat\ndog\n", SPECIES, "with values beside the label"),
        ("a,animals\n1,cat\n", SPECIES, "there is no column 'animal'; did you mean 'animals'?"),
        ("a,b\n1,cat\n", Table(label="zzz"), "there is no column 'zzz'; the columns are a, b"),
        (
            "a,animal\n1,cat\n2,\n3,dog\n",
            SPECIES,
            "1 of 3 rows have no value in the column 'animal' (the first is row 2)",
        ),
        ("a,animal\n1,cat\n,cat\n3,dog\n", SPECIES, "1 of 3 rows have no value in the column 'a' (the first is row 2)"),
        ("a,animal\n1,cat\n2,cat\n", SPECIES, "all examples are of one class, 'cat'"),
        ("a,animal\n1,0\n2,-1\n", SPECIES, "example 1 has the label -1; number the classes from 0"),
        ("a,animal\n1,0.5\n2,1\n", SPECIES, "holds fractions such as 0.5"),
        ("a,animal\ninf,cat\n2,dog\n", SPECIES, "example 0 holds NaN, an infinity or a number too large"),
        ("a,b,animal\n1,cat\n", SPECIES, "1 of 1 rows have no value in the column 'animal'"),
        ("a,animal\n1,cat,3,4\n1,2\n", SPECIES, "can't be read as a table"),
        ("a,a,animal\n1,2,cat\n", Table(label="a.1"), "all examples are of one class"),
        (
            "id,animal\n" + "".join(f"w{row},{row % 2}\n" for row in range(200)),
            SPECIES,
            "the column 'id' holds 200 different words; remove it, or number what they mean",
        ),
        (
            "a,b,animal\n1,2,cat\n3,4,dog\n",
            Table(label="animal", shape=(2, 2)),
            "2 columns beside the label are not the 4",
        ),
        ("a,b,animal\n1,x,cat\n3,4,dog\n", Table(label="animal", shape=(2,)), "the column 'b' holds words, not pixels"),
        ("a,animal\n1,cat\x1b[31m\n2,dog\n", SPECIES, "can't be the name of a class"),
        (f"a,animal\n1,{'x' * 500}\n2,dog\n", SPECIES, "can't be the name of a class"),
    ],
)
def test_a_table_that_can_not_be_trained_on_is_one_sentence(
    tmp_path: Path, text: str, read_as: Table, expected: str
) -> None:
    assert expected in refusal(read_as, own_files.table(tmp_path / "table.csv", text))


def test_a_table_that_is_not_text_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes(b"a,animal\n\xff\xfe,cat\n")
    assert "can't be read as a table" in refusal(SPECIES, tmp_path / "table.csv")


def test_a_table_that_unpacks_to_a_thousand_times_its_size_is_refused(tmp_path: Path) -> None:
    import gzip  # noqa: PLC0415

    (tmp_path / "table.csv").write_bytes(gzip.compress(b"a,animal\n" + b"1,cat\n" * 5_000_000))
    assert "unpacks to more than 100 times its size" in refusal(SPECIES, tmp_path / "table.csv")


def test_a_table_larger_than_memory_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "table.csv").open("wb") as file:
        file.write(b"a,animal\n")
        file.truncate(2 * psutil.virtual_memory().total)
    assert "this machine has" in refusal(SPECIES, tmp_path / "table.csv")


def test_parquet_holds_the_same_as_csv(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    import pandas as pd  # noqa: PLC0415

    path = own_files.table(tmp_path / "table.csv")
    pd.read_csv(path).to_parquet(tmp_path / "table.parquet")
    expected, found = SPECIES.read(path), SPECIES.read(tmp_path / "table.parquet")
    assert np.array_equal(found.train.values, expected.train.values)
    assert (found.train.labels.tolist(), found.classes) == (expected.train.labels.tolist(), expected.classes)


def test_parquet_that_is_damaged_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "table.parquet").write_bytes(b"PAR1 and nothing behind it PAR1")
    sentence = refusal(SPECIES, tmp_path / "table.parquet")
    assert "can't be read as a table" in sentence or "reading Parquet needs pyarrow" in sentence


# --- whatever the bytes ---

FUZZED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_or_refuse(read_as: FileFormat, path: Path) -> Found | None:
    try:
        return read_as.read(path)
    except DataRefused as refused:
        assert "\n" not in str(refused)  # noqa: PT017 - either is fine
        return None


@FUZZED
@given(place=st.floats(0, 1), content=st.binary(min_size=1, max_size=20))
def test_a_damaged_npz_is_read_or_refused(tmp_path: Path, place: float, content: bytes) -> None:
    whole = bytearray(own_files.npz(tmp_path / "x.npz").read_bytes())
    start = int(place * (len(whole) - 1))
    whole[start : start + len(content)] = content
    (tmp_path / "damaged.npz").write_bytes(whole)
    read_or_refuse(Npz(), tmp_path / "damaged.npz")


@FUZZED
@given(place=st.floats(0, 1), content=st.binary(min_size=1, max_size=20), kind=st.sampled_from(["PNG", "JPEG"]))
def test_a_damaged_image_is_read_or_refused(tmp_path: Path, place: float, content: bytes, kind: str) -> None:
    root = tmp_path / "photos"
    if not root.exists():
        own_files.photos(root, count=2)
    buffer = io.BytesIO()
    own_files.image().save(buffer, kind)
    whole = bytearray(buffer.getvalue())
    start = int(place * (len(whole) - 1))
    whole[start : start + len(content)] = content
    (root / "cat" / "damaged").write_bytes(whole)
    read_or_refuse(Images(size=(4, 4), grayscale=True), root)


@FUZZED
@given(text=st.text(alphabet=st.sampled_from('a,1"\n.-e animal\té\x00'), max_size=60))
def test_any_text_is_a_table_or_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "table.csv").write_text("a,animal\n" + text, encoding="utf-8")
    found = read_or_refuse(SPECIES, tmp_path / "table.csv")
    assert found is None or np.isfinite(found.train.values).all()
