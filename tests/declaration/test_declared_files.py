"""Which files can declare anything at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.declaration.files import MAX_BYTES, file_text, read_bytes
from harness.declaration.spec_error import InvalidSpec


def refusal(path: Path) -> str:
    with pytest.raises(InvalidSpec) as caught:
        file_text(path)
    [mistake] = caught.value.mistakes
    return str(mistake)


def test_a_file_of_100_mb_is_refused_without_being_read(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    with file.open("wb") as stream:
        stream.truncate(100_000_000)
    assert refusal(file) == (
        f"{file}:1:1: the file has 100,000,000 bytes, more than the {MAX_BYTES:,} that are read; "
        "keep one declaration per file"
    )


@pytest.mark.parametrize("name", [".hidden", "a b", "-x", "con", "NUL.x", "ü", "x" * 81, "a."])
def test_an_unsafe_name_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}.yaml"
    file.touch()
    assert "the file's name is not a valid name" in refusal(file)


def test_another_ending_is_reported_with_the_right_one(tmp_path: Path) -> None:
    (tmp_path / "a.yml").touch()
    assert refusal(tmp_path / "a.yml").endswith("the file's name ends in '.yml'; rename it to a.yaml")


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_read(tmp_path: Path) -> None:
    outside, folder = tmp_path / "secret.yaml", tmp_path / "architectures"
    folder.mkdir()
    outside.write_text("title: x\n")
    (folder / "inside.yaml").write_text("title: y\n")
    (folder / "a.yaml").symlink_to(outside)
    (folder / "b.yaml").symlink_to("inside.yaml")
    assert "a link to somewhere outside its folder; copy the file into the folder" in refusal(folder / "a.yaml")
    assert read_bytes(folder / "b.yaml") == b"title: y\n"


def test_a_loop_of_links_and_a_missing_file_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("a.yaml")
    assert "can't be read" in refusal(tmp_path / "a.yaml")
    assert "there is no such file; check the path" in refusal(tmp_path / "b.yaml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "this is not a file" in refusal(tmp_path / "pipe.yaml")


def test_a_folder_with_a_specs_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").mkdir()
    assert "this is not a file; give a .yaml file" in refusal(tmp_path / "a.yaml")


def test_bytes_that_are_not_utf_8_are_reported_with_their_place(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes("title: x\ndataset: caf\xe9\n".encode("latin-1"))
    assert refusal(file) == f"{file}:2:13: not UTF-8: byte 0xe9; save the file as UTF-8"
    file.write_bytes("title: x\n".encode("utf-16"))
    assert refusal(file) == f"{file}:1:1: not UTF-8: byte 0xff; save the file as UTF-8"


def test_the_mark_that_some_editors_put_first_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbftitle: x\n")
    assert file_text(file) == "title: x\n"
