"""A declared data set out of files: archives known by their own digests, formats, and what has changed since."""

from __future__ import annotations

import gzip
import hashlib
import io
import pickle
import tarfile
import zipfile
from pathlib import Path

import fake_digits
import numpy as np
import pytest

from harness.arrays import Values
from harness.data.array_formats import idx_content, idx_sha256
from harness.data.cache import CachedCopy
from harness.data.dataset import Dataset, PublishedArray, PublishedArrays, PublishedFile, Split
from harness.data.declarations import find_dataset
from harness.data.fetching import fetch, import_files, read_declared
from harness.data.formats.cifar import Cifar
from harness.data.formats.file_format import FileFormat
from harness.data.formats.table import Table
from harness.data.sources.source import Source
from harness.data.sources.web import WebFile
from harness.data.splitting import as_arrays
from harness.errors import DataMissing, DataRefused

BATCHES = ("data_batch_1.bin", "data_batch_2.bin", "test_batch.bin")
RECORDS = 4


def batch(number: int, labels: int = 1) -> bytes:
    """A batch as CIFAR's authors write them: of each image its labels and then its red, green and blue pixels."""
    rng = np.random.default_rng(number)
    records = rng.integers(0, 256, (RECORDS, labels + 3_072), np.uint8)
    records[:, :labels] = rng.integers(0, 10, (RECORDS, labels))
    return records.tobytes()


def archive(labels: int = 1, **more: bytes) -> bytes:
    contents = {name: batch(number, labels) for number, name in enumerate(BATCHES)} | more
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        # In another order than that of the names, as in the published archive.
        for name, content in reversed(contents.items()):
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def little_cifar(content: bytes, *sources: Source, labels: int = 1) -> Dataset:
    """CIFAR-10's own declaration, with fewer images and this archive."""
    cifar = find_dataset("cifar10")
    sizes = {"train_images": (2 * RECORDS, 32, 32, 3), "train_labels": (2 * RECORDS,)}
    sizes |= {"test_images": (RECORDS, 32, 32, 3), "test_labels": (RECORDS,)}
    arrays = {name: array.model_copy(update={"shape": sizes[name]}) for name, array in cifar.published.items()}
    return cifar.model_copy(
        update={
            "arrays": PublishedArrays(**arrays),
            "files": (PublishedFile(name="cifar-10-binary.tar.gz", sha256=hashlib.sha256(content).hexdigest()),),
            "sources": sources,
            "read_as": Cifar(labels=labels),
        }
    )


@pytest.mark.parametrize("labels", [1, 2])
def test_cifars_batches_are_read_in_order_with_the_channels_last(tmp_path: Path, labels: int) -> None:
    content = archive(labels)
    with fake_digits.server(fake_digits.send(content)) as address:
        dataset = little_cifar(content, WebFile(address=address), labels=labels)
        arrays = fetch(dataset, cache=tmp_path)
    for number, images, truth in (
        (0, arrays.train_images[:RECORDS], arrays.train_labels[:RECORDS]),
        (1, arrays.train_images[RECORDS:], arrays.train_labels[RECORDS:]),
        (2, arrays.test_images, arrays.test_labels),
    ):
        records = np.frombuffer(batch(number, labels), np.uint8).reshape(RECORDS, -1)
        assert np.array_equal(truth, records[:, labels - 1])
        assert np.array_equal(images[:, 0, 1], records[:, [labels + 1, labels + 1025, labels + 2049]])


def test_an_archive_that_is_not_the_published_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(archive())
    other = little_cifar(archive(extra=b"more"))
    with pytest.raises(DataRefused, match=r"its digest is not that of cifar-10-binary\.tar\.gz"):
        read_declared([path], other)


def test_the_pickled_version_is_refused_and_never_loaded(tmp_path: Path) -> None:
    pickled = {name.removesuffix(".bin"): pickle.dumps({"data": [1]}) for name in BATCHES}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in pickled.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    path = tmp_path / "cifar-10-python.tar.gz"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(DataRefused, match="give the binary version"):
        read_declared([path], little_cifar(buffer.getvalue()))


@pytest.mark.parametrize("content", [b"", b"no archive", archive()[:-3_000]])
def test_what_is_no_archive_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "archive"
    path.write_bytes(content)
    with pytest.raises(DataRefused, match="can't be read as a tar archive"):
        read_declared([path], little_cifar(content))


def test_digests_that_nobody_published_are_kept_with_the_copy_and_held_to(tmp_path: Path) -> None:
    content = archive()
    path = tmp_path / "archive"
    path.write_bytes(content)
    dataset = little_cifar(content)
    arrays = import_files(dataset, [path], cache=tmp_path)
    assert dataset.sha256 is None
    assert arrays.dataset.sha256 == arrays.sha256
    assert arrays.dataset.arrays.test_images.sha256 == idx_sha256(arrays.test_images)
    copy = CachedCopy(dataset, tmp_path)
    damaged = bytearray(copy.path.read_bytes())
    damaged[damaged.index(arrays.test_images.tobytes())] ^= 1
    del arrays
    copy.path.write_bytes(damaged)
    with pytest.raises(DataMissing, match="test_images does not have the published digest"):
        copy.read()


def test_a_copy_without_its_digests_is_no_verified_copy(tmp_path: Path) -> None:
    content = archive()
    path = tmp_path / "archive"
    path.write_bytes(content)
    arrays = import_files(little_cifar(content), [path], cache=tmp_path)
    kept = {name: np.array(getattr(arrays, name)) for name in arrays.dataset.published}
    with zipfile.ZipFile(CachedCopy(little_cifar(content), tmp_path).path, "w") as stripped:
        for name, array in kept.items():
            with stripped.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, array)
    with pytest.raises(DataMissing, match=r"digests\.json"):
        CachedCopy(little_cifar(content), tmp_path).read()


def test_an_array_without_a_digest_is_known_by_that_of_its_file(tmp_path: Path) -> None:
    toy = fake_digits.declared()
    images, *_ = paths = fake_digits.write_idx_files(tmp_path, zipped=True)
    unknown = toy.arrays.train_images.model_copy(update={"sha256": None})
    published = PublishedFile(name=images.name, sha256=hashlib.sha256(images.read_bytes()).hexdigest())
    dataset = toy.model_copy(
        update={"arrays": toy.arrays.model_copy(update={"train_images": unknown}), "files": (published,)}
    )
    assert np.array_equal(read_declared(paths, dataset)["train_images"], fake_digits.arrays()["train_images"])
    images.write_bytes(gzip.compress(idx_content(fake_digits.arrays()["train_images"] + np.uint8(1))))
    with pytest.raises(DataRefused, match="published digest of train-images-idx3-ubyte was found"):
        read_declared(paths, dataset)


def declared_as(read_as: FileFormat, arrays: dict[str, Values], split: Split | None) -> Dataset:
    published = {
        name: PublishedArray.model_validate(
            {"shape": array.shape, "dtype": array.dtype.name, "sha256": idx_sha256(array)}
        )
        for name, array in arrays.items()
    }
    return fake_digits.declared().model_copy(
        update={"arrays": PublishedArrays(**published), "read_as": read_as, "split": split, "classes": ("a", "b")}
    )


TABLE = "label,one,two\n" + "".join(f"{'ab'[row % 2]},{row},{2 * row}\n" for row in range(10))


def test_files_that_have_changed_since_they_were_declared_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    found = Table(label="label").read(path)
    values = np.array([[row, 2 * row] for row in range(10)], np.float32)
    assert np.array_equal(found.train.values, values)
    split = Split(test=0.4)
    dataset = declared_as(Table(label="label"), as_arrays(found, split), split)
    assert len(read_declared([path], dataset)["test_images"]) == 4
    for changed, reason in (
        (TABLE.replace("9,18", "9,19"), "does not have the declared digest; the files have changed"),
        (TABLE + "a,3,3\n", "has the shape"),
        (TABLE.replace("b,", "c,"), "its classes are not those that toy is declared with"),
    ):
        path.write_text(changed)
        with pytest.raises(DataRefused, match=reason):
            read_declared([path], dataset)


def test_of_several_files_one_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match=r"2 files are given where one is needed: cifar-10-binary\.tar\.gz"):
        read_declared([tmp_path, tmp_path], find_dataset("cifar10"))
