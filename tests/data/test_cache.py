from __future__ import annotations

import errno
import io
import os
import zipfile
from pathlib import Path

import fake_digits
import numpy as np
import platformdirs
import pytest

from harness.data.cache import CachedCopy
from harness.declaration.files import cache_folder
from harness.errors import CacheUnwritable, DataMissing


def kept(folder: Path) -> CachedCopy:
    copy = CachedCopy(fake_digits.declared(), folder)
    with copy.empty_incoming():
        copy.write(fake_digits.arrays(), source="a friend")
    return copy


def reason(copy: CachedCopy) -> str:
    with pytest.raises(DataMissing) as caught:
        copy.read()
    return caught.value.reason


def test_the_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("BENCH_CACHE")
    assert cache_folder() == Path(platformdirs.user_cache_dir("architecture-bench"))


def test_what_was_kept_is_read_back_with_its_source_and_declaration(tmp_path: Path) -> None:
    copy = kept(tmp_path)
    examples = copy.read()
    for name, array in fake_digits.arrays().items():
        assert np.array_equal(getattr(examples, name), array)
    assert examples.dataset == copy.dataset
    assert copy.source() == "a friend"


def test_arrays_that_were_read_can_not_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        kept(tmp_path).read().train_images[0] = 0


def test_numpy_itself_reads_the_file_without_pickles(tmp_path: Path) -> None:
    with np.load(kept(tmp_path).path, allow_pickle=False) as archive:
        assert np.array_equal(archive["test_labels"], fake_digits.arrays()["test_labels"])


def test_nothing_but_the_file_is_left_behind(tmp_path: Path) -> None:
    kept(tmp_path)
    assert list(tmp_path.iterdir()) == [CachedCopy(fake_digits.declared(), tmp_path).path]


def test_a_file_that_is_not_there_is_reported_with_the_command_that_fetches_it(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"No verified copy of Digits .*bench data fetch toy"):
        CachedCopy(fake_digits.declared(), tmp_path).read()


@pytest.mark.parametrize("position", [0.02, 0.3, 0.5, 0.9])
def test_a_truncated_file_is_never_used(tmp_path: Path, position: float) -> None:
    copy = kept(tmp_path)
    content = copy.path.read_bytes()
    copy.path.write_bytes(content[: int(position * len(content))])
    assert "the file is damaged" in reason(copy)


def test_a_changed_bit_in_any_array_is_found(tmp_path: Path) -> None:
    copy = kept(tmp_path)
    whole = copy.path.read_bytes()
    for array in fake_digits.arrays().values():
        damaged = bytearray(whole)
        damaged[whole.index(array.tobytes())] ^= 1
        copy.path.write_bytes(damaged)
        assert "the file is damaged" in reason(copy)


def test_a_well_formed_file_with_other_values_is_not_the_data_set(tmp_path: Path) -> None:
    copy = kept(tmp_path)
    others = {name: array + np.uint8(1) for name, array in fake_digits.arrays().items()}
    np.savez(copy.path, allow_pickle=False, **others)
    assert "train_images does not have the published digest" in reason(copy)


def test_an_older_files_missing_array_is_reported(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    copy = kept(tmp_path)
    copy.path.write_bytes(buffer.getvalue())
    assert "no item named 'train_images.npy'" in reason(copy)
    assert copy.source() is None


def test_a_full_disk_leaves_the_old_file_and_no_part_of_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = kept(tmp_path)
    before = copy.path.read_bytes()

    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_room)
    with (
        pytest.raises(CacheUnwritable, match=r"No space left on device.*BENCH_CACHE"),
        copy.empty_incoming(),
    ):
        copy.write(fake_digits.arrays(), source="again")
    assert copy.path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [CachedCopy(fake_digits.declared(), tmp_path).path]


def test_leavings_of_a_killed_process_are_cleared(tmp_path: Path) -> None:
    copy = CachedCopy(fake_digits.declared(), tmp_path)
    copy.incoming.mkdir()
    (copy.incoming / "half").write_bytes(b"half")
    with copy.empty_incoming() as folder:
        assert list(folder.iterdir()) == []
    assert not copy.incoming.exists()
