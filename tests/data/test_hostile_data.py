"""Archives of anybody's making: what they hold is checked, and what can't be read is a sentence."""

from __future__ import annotations

import os
import random
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import fake_digits
import pytest
from hostile_files import PREDICTIONS, array_of, npy, packed_member

from harness.data.archives import read_files
from harness.data.cache import CachedCopy
from harness.data.formats.npz import Npz
from harness.errors import DataMissing, DataRefused

ATTEMPTS = int(os.environ.get("BENCH_FUZZ", "200"))


def kept(folder: Path) -> CachedCopy:
    copy = CachedCopy(fake_digits.declared(), folder)
    with copy.empty_incoming():
        copy.write(fake_digits.arrays(), source="a friend")
    return copy


def changed_bytes(content: bytes, seed: str) -> Iterator[bytes]:
    """Yield the content with a byte changed here and there, and with pieces removed; the same ones in every run."""
    for number in range(ATTEMPTS):
        chance = random.Random(f"{seed} {number}")  # noqa: S311 - no secret
        found = bytearray(content)
        for _ in range(chance.choice([1, 1, 3])):
            found[chance.randrange(len(found))] = chance.randrange(256)
        if chance.random() < 0.2:
            start = chance.randrange(len(found))
            del found[start : start + chance.choice([1, 10, 1000])]
        yield bytes(found)


def test_whatever_byte_of_the_cached_file_is_wrong_it_is_read_as_it_was_or_named(tmp_path: Path) -> None:
    copy = kept(tmp_path)
    arrays, whole = fake_digits.arrays(), copy.path.read_bytes()
    for content in changed_bytes(whole, "cache"):
        copy.path.write_bytes(content)
        copy.source()
        copy.known_sha256()
        with suppress(DataMissing):
            found = copy.read()
            assert all((getattr(found, name) == array).all() for name, array in arrays.items())


def test_a_pipe_in_place_of_the_cached_file_is_named(tmp_path: Path) -> None:
    copy = kept(tmp_path)
    copy.path.unlink()
    os.mkfifo(copy.path)
    assert copy.source() is None
    with pytest.raises(DataMissing, match="is not a plain file"):
        copy.read()


HEADERS = [name for name in PREDICTIONS if "header" in name or "size" in name or "type" in name or "digits" in name]


@pytest.mark.parametrize("hostile", HEADERS)
def test_no_header_of_an_array_is_more_than_a_sentence(tmp_path: Path, hostile: str) -> None:
    PREDICTIONS[hostile](tmp_path / "digits.npz")
    with zipfile.ZipFile(tmp_path / "digits.npz") as archive:
        (name,) = archive.namelist()
        content = archive.read(name)
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("x_train.npy", content)
        archive.writestr("y_train.npy", content)
    with pytest.raises(DataRefused, match=r"x\.npz"):
        Npz().read(tmp_path / "x.npz")
    with pytest.raises(DataRefused, match="No file with the published digest"):
        read_files([tmp_path / "x.npz"], fake_digits.declared())


@pytest.mark.parametrize("version", [2, 3])
def test_later_versions_of_the_header_are_read_too(version: int, tmp_path: Path) -> None:
    first = array_of("(4,)", b"\x00\x01\x00\x01")
    header = first[10:-4]
    later = b"\x93NUMPY" + bytes([version, 0]) + len(header).to_bytes(4, "little") + header + first[-4:]
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("x_train.npy", later)
        archive.writestr("y_train.npy", later)
    assert Npz().read(tmp_path / "x.npz").train.labels.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("seed", ["npz", "tar", "idx"])
def test_mutated_files_are_read_or_refused(tmp_path: Path, seed: str) -> None:
    whole = {
        "npz": fake_digits.npz_file(),
        "tar": fake_digits.tarball(),
        "idx": fake_digits.idx_file(fake_digits.arrays()["test_labels"]),
    }[seed]
    path = tmp_path / "data"
    for content in changed_bytes(whole, seed):
        path.write_bytes(content)
        for read in (lambda: read_files([path], fake_digits.declared()), lambda: Npz().read(path)):
            with suppress(DataRefused):
                read()


def test_a_size_in_base_256_is_refused(tmp_path: Path) -> None:
    import gzip  # noqa: PLC0415
    import tarfile  # noqa: PLC0415

    member = tarfile.TarInfo("x")
    block = bytearray(member.tobuf())
    block[124:136] = b"\x80" + b"\xff" * 11
    block[148:156] = b"        "
    block[148:156] = b"%06o\0 " % sum(block[:512])
    path = tmp_path / "data.tgz"
    path.write_bytes(gzip.compress(bytes(block) + bytes(1024)))
    with pytest.raises(DataRefused, match="No file with the published digest"):
        read_files([path], fake_digits.declared())


def test_an_lzma_member_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    path.write_bytes(packed_member(npy("("), "x_train.npy", zipfile.ZIP_LZMA)[:-60])
    with pytest.raises(DataRefused):
        Npz().read(path)


def test_a_folder_of_endless_files_gives_an_answer() -> None:
    if Path("/proc/self").is_dir():
        with pytest.raises(DataRefused, match="No file with the published digest"):
            read_files([Path("/proc/self")], fake_digits.declared())
