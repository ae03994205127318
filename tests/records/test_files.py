"""Files are whole or not there, whatever happens while they are written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from harness.errors import CannotWrite
from harness.records.files import write_atomically


def test_a_file_and_its_folders_are_written(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.json"
    write_atomically(path, b"whole")
    assert path.read_bytes() == b"whole"


def test_a_full_disk_leaves_the_old_file_and_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "record.json"
    write_atomically(path, b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotWrite, match=r"record\.json: can't be written: No space left on device"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("not a folder")
    with pytest.raises(CannotWrite, match="can't be written"):
        write_atomically(tmp_path / "results" / "record.json", b"new")


def test_a_file_is_flushed_before_it_takes_its_name_and_its_folder_right_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, states = tmp_path / "record.json", []

    def synced(descriptor: int) -> None:
        of = tmp_path if os.path.samestat(os.fstat(descriptor), tmp_path.stat()) else path
        states.append((of.name, os.fstat(descriptor).st_size if of is path else None, path.exists()))

    monkeypatch.setattr(os, "fsync", synced)
    write_atomically(path, b"content")
    assert states == [("record.json", len(b"content"), False), (tmp_path.name, None, True)]
