"""Where architectures are looked for, and which files a name means."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.declaration.files import specs_folder
from harness.errors import NoArchitectures, NotOne, UnknownArchitecture
from harness.spec.folder import find_architectures, only_file, select_files

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of a few files, of which three are specs."""
    folder = tmp_path / "architectures"
    folder.mkdir()
    for name in ("b.yaml", "a_1.yaml", "a_2.yaml", "schema.json", ".hidden.yaml", "notes.md"):
        (folder / name).write_text("")
    return folder


def test_the_given_folder_comes_first_then_the_one_here_then_the_shipped(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert specs_folder() == REPOSITORY / "architectures"
    monkeypatch.chdir(folder.parent)
    assert specs_folder() == Path("architectures")
    assert specs_folder(Path("other")) == Path("other")


def test_files_are_found_in_the_order_of_their_names(folder: Path) -> None:
    assert [path.name for path in find_architectures(folder)] == ["a_1.yaml", "a_2.yaml", "b.yaml"]


def test_a_name_a_file_name_and_a_glob_mean_files_each_once(folder: Path) -> None:
    assert [path.stem for path in select_files(["b.yaml", "a_*", "a_1", "*"], folder)] == ["a_1", "a_2", "b"]
    assert [path.stem for path in select_files(["a_[2-9]"], folder)] == ["a_2"]


def test_one_file_is_one_file(folder: Path) -> None:
    assert only_file("a_2", folder).stem == "a_2"
    with pytest.raises(NotOne, match=r"'a_\*' matches a_1, a_2; choose one of them"):
        only_file("a_*", folder)


def test_an_empty_folder_and_none_at_all_are_reported_apart(tmp_path: Path) -> None:
    with pytest.raises(NoArchitectures, match=r"has no \.yaml file"):
        select_files([], tmp_path)
    with pytest.raises(NoArchitectures, match="is not a folder"):
        select_files([], tmp_path / "nowhere")


def test_a_name_that_leaves_the_folder_means_no_file(folder: Path) -> None:
    (folder.parent / "outside.yaml").write_text("")
    with pytest.raises(UnknownArchitecture, match="there is no architecture"):
        select_files(["../outside"], folder)
