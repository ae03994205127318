from __future__ import annotations

import gzip
import io
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import fake_digits
import numpy as np
import pytest

from harness.data.archives import Arrays, read_files
from harness.errors import DataRefused


def read(*paths: Path) -> Arrays:
    return read_files(paths, fake_digits.declared())


def refusal(*paths: Path) -> str:
    with pytest.raises(DataRefused) as caught:
        read(*paths)
    return str(caught.value)


def written(folder: Path, content: bytes, name: str = "given") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def is_whole(found: Arrays) -> bool:
    return all(np.array_equal(found[name], array) for name, array in fake_digits.arrays().items())


@pytest.mark.parametrize("zipped", [False, True])
def test_the_four_files_are_read_zipped_or_not(tmp_path: Path, zipped: bool) -> None:  # noqa: FBT001
    assert is_whole(read(*fake_digits.write_idx_files(tmp_path, zipped=zipped)))


def test_a_folder_with_the_files_and_others_is_read(tmp_path: Path) -> None:
    fake_digits.write_idx_files(tmp_path)
    written(tmp_path, b"hello", "README")
    assert is_whole(read(tmp_path))


def test_the_npz_that_keras_has_is_read(tmp_path: Path) -> None:
    assert is_whole(read(written(tmp_path, fake_digits.npz_file())))


def test_a_tar_archive_of_the_files_is_read(tmp_path: Path) -> None:
    assert is_whole(read(written(tmp_path, fake_digits.tarball())))


def test_files_are_known_by_content_and_not_by_name(tmp_path: Path) -> None:
    paths = fake_digits.write_idx_files(tmp_path)
    renamed = [path.rename(tmp_path / f"{number}") for number, path in enumerate(reversed(paths))]
    assert is_whole(read(*renamed))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    *_, labels = paths = fake_digits.write_idx_files(tmp_path)
    assert f"published digest of {labels.name} was found" in refusal(*paths[:-1])


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "gone") == f"{tmp_path / 'gone'}: there is no such file or folder."


def test_one_changed_bit_is_refused(tmp_path: Path) -> None:
    images, *_ = paths = fake_digits.write_idx_files(tmp_path)
    content = bytearray(images.read_bytes())
    content[-1] ^= 1
    images.write_bytes(content)
    assert f"{images}: not a published file of Digits" in refusal(*paths)


@pytest.mark.parametrize("form", ["npz", "tarball", "gzip"])
def test_a_truncated_archive_is_refused_with_its_name(tmp_path: Path, form: str) -> None:
    whole = {
        "npz": fake_digits.npz_file(),
        "tarball": fake_digits.tarball(),
        "gzip": gzip.compress(fake_digits.idx_file(fake_digits.arrays()["train_images"])),
    }[form]
    path = written(tmp_path, whole[: len(whole) // 2])
    assert f"{path}: can't be read (" in refusal(path)


def test_python_objects_in_an_npz_are_never_loaded(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (Path(tmp_path / "sprung"),))  # type: ignore[return-value]

    path = written(tmp_path, fake_digits.npz_file(x_train=np.array([Trap()], dtype=object)))
    assert "(x_train.npy): holds Python objects, which are never loaded" in refusal(path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.zeros((12, 5, 4), np.float32), "holds float32 values"),
        (np.zeros((12, 5, 4), np.int8), "holds int8 values"),
        (np.zeros((4, 5, 12), np.uint8).T, "row by row"),
        (np.zeros((12, 4, 5), np.uint8), "not a published file"),
        (np.zeros((), np.uint8), "not a published file"),
        (np.zeros((100, 100), np.uint8), "more than any array"),
    ],
)
def test_an_array_of_another_type_or_shape_is_refused(tmp_path: Path, array: object, reason: str) -> None:
    assert reason in refusal(written(tmp_path, fake_digits.npz_file(x_train=array)))


def test_a_shape_that_asks_for_much_memory_is_refused_before_any_is_taken(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("x_train.npy", "w") as file:
        declared = {"descr": "|u1", "fortran_order": False, "shape": (1_000, 1_000, 1_000)}
        np.lib.format.write_array_header_1_0(file, declared)
    tracemalloc.start()
    message = refusal(written(tmp_path, buffer.getvalue()))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "declares shape (1000, 1000, 1000), larger than any array" in message
    assert peak_bytes < 10_000_000


def test_a_gzip_bomb_is_refused_without_being_unpacked(tmp_path: Path) -> None:
    bomb = written(tmp_path, gzip.compress(bytes(200_000_000), compresslevel=1))
    tracemalloc.start()
    message = refusal(bomb)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "unpacks to more than" in message
    assert peak_bytes < 60_000_000


def test_a_zip_bomb_is_refused_without_being_unpacked(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x_train.npy", bytes(50_000_000))
    assert "(x_train.npy): unpacks to 50,000,000 bytes" in refusal(written(tmp_path, buffer.getvalue()))


def test_a_file_that_is_far_too_long_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(10_000_000_000)
    assert f"{path}: 10,000,000,000 bytes are more than Digits in any form" in refusal(path)


def test_a_tar_archives_paths_are_never_written_to(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "deeper"
    folder.mkdir(parents=True)
    assert is_whole(read(written(folder, fake_digits.tarball(folder="../../"))))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["deep", "deeper", "given"]


@pytest.mark.parametrize("target", ["secret", "../secret", "train-images-idx3-ubyte"])
def test_links_in_a_tar_archive_are_not_followed_even_in_a_circle(tmp_path: Path, target: str) -> None:
    written(tmp_path, fake_digits.idx_file(fake_digits.arrays()["train_images"]), "secret")
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        link = tarfile.TarInfo("train-images-idx3-ubyte")
        link.type, link.linkname = tarfile.SYMTYPE, target
        archive.addfile(link)
    assert "train-images-idx3-ubyte" in refusal(written(tmp_path, buffer.getvalue()))


def test_a_refusal_names_a_few_of_many_files_and_counts_the_rest(tmp_path: Path) -> None:
    for number in range(9):
        written(tmp_path, b"no", f"file{number}")
    message = refusal(tmp_path)
    assert "file5" in message
    assert "file6" not in message
    assert "and 3 more files" in message


def test_an_array_with_fewer_values_than_its_shape_says_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("x_train.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": (12, 5, 4)})
        file.write(bytes(10))
    assert "does not hold as many values as its shape" in refusal(written(tmp_path, buffer.getvalue()))


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_sparse_file_in_a_small_tar_archive_takes_no_memory(tmp_path: Path, form: int) -> None:
    holes = 300_000_000
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=form) as archive:
        member = tarfile.TarInfo("train-images-idx3-ubyte")
        if form == tarfile.PAX_FORMAT:
            member.size = 1_024
            member.pax_headers = {
                "GNU.sparse.major": "1",
                "GNU.sparse.minor": "0",
                "GNU.sparse.realsize": str(holes),
            }
            archive.addfile(member, io.BytesIO(f"1\n{holes}\n0\n".encode().ljust(1_024, b"\0")))
        else:
            archive.fileobj.write(_gnu_sparse_header(member, holes))
    path = written(tmp_path, buffer.getvalue())
    tracemalloc.start()
    message = refusal(path)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "(train-images-idx3-ubyte): a sparse file of 300,000,000 bytes" in message
    assert peak_bytes < 10_000_000


def _gnu_sparse_header(member: tarfile.TarInfo, holes: int) -> bytes:
    """Return the header block of a file that is one hole: its map and its size stand behind the plain fields."""
    member.type = tarfile.GNUTYPE_SPARSE
    block = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    block[386:410] = b"%011o\0%011o\0" % (holes, 0)
    block[483:495] = b"%011o\0" % holes
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def test_one_file_stands_for_two_arrays_that_are_equal(tmp_path: Path) -> None:
    toy = fake_digits.declared()
    arrays = toy.arrays.model_copy(
        update={"test_images": toy.arrays.train_images, "test_labels": toy.arrays.train_labels}
    )
    train_images, train_labels, *_ = fake_digits.write_idx_files(tmp_path)
    found = read_files([train_images, train_labels], toy.model_copy(update={"arrays": arrays}))
    assert np.array_equal(found["test_images"], found["train_images"])
    assert set(found) == set(toy.published)


def test_a_path_that_the_system_refuses_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 300)
    assert refusal(path) == f"{path}: can't be read (File name too long)."
