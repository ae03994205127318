"""Where architectures are looked for, and which files a name means."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.declaration.files import specs_folder
from harness.errors import NoArchitectures, NotOne, UnknownArchitecture
from harness.spec.folder import files_apart, find_architectures, only_file, select_files

REPOSITORY = Path(__file__).parents[2]
NAMES = ("a_1", "a_9", "c")


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


@pytest.fixture
def divided(folder: Path) -> Path:
    """Return the folder with subfolders, of which one declares data and one is hidden."""
    for subfolder in ("extra", "more", "datasets", ".hidden"):
        (folder / subfolder).mkdir()
        for name in ("a_1.yaml", "a_9.yaml", "c.yaml"):
            (folder / subfolder / name).write_text("")
    return folder


def test_no_names_and_globs_alone_mean_nothing_in_subfolders(divided: Path) -> None:
    own = [divided / f"{name}.yaml" for name in ("a_1", "a_2", "b")]
    assert list(select_files([], divided)) == own
    assert list(select_files(["*"], divided)) == own
    assert select_files(["a_1"], divided) == (divided / "a_1.yaml",)
    with pytest.raises(UnknownArchitecture, match=r"no architecture matches 'c\*'"):
        select_files(["c*"], divided)


def test_a_subfolder_a_glob_below_it_and_a_name_mean_specs_apart(divided: Path) -> None:
    extra, more = divided / "extra", divided / "more"
    assert files_apart(divided) == tuple(place / f"{name}.yaml" for place in (extra, more) for name in NAMES)
    assert select_files(["extra"], divided) == tuple(extra / f"{name}.yaml" for name in NAMES)
    assert select_files(["extra/a_*"], divided) == (extra / "a_1.yaml", extra / "a_9.yaml")
    assert select_files(["c", "b"], divided) == (divided / "b.yaml", extra / "c.yaml", more / "c.yaml")
    assert only_file("more/c", divided) == more / "c.yaml"
    with pytest.raises(UnknownArchitecture, match="did you mean 'extra'"):
        select_files(["extr"], divided)
    for outside in ("datasets", ".hidden", "datasets/c", "../architectures/c"):
        with pytest.raises(UnknownArchitecture, match="there is no architecture"):
            select_files([outside], divided)


def test_a_folder_may_hold_specs_in_subfolders_alone(tmp_path: Path) -> None:
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "a.yaml").write_text("")
    assert select_files(["extra"], tmp_path) == (tmp_path / "extra" / "a.yaml",)
    with pytest.raises(NoArchitectures, match=r"has no \.yaml file"):
        select_files([], tmp_path)


def test_a_shipped_one_that_the_folder_lacks_is_answered_with_how_to_copy_it(folder: Path) -> None:
    with pytest.raises(UnknownArchitecture, match=r"; 'bench new lenet_5 --from lenet_5' copies the one that ships"):
        select_files(["lenet_5"], folder)


def test_a_name_that_leaves_the_folder_means_no_file(folder: Path) -> None:
    (folder.parent / "outside.yaml").write_text("")
    with pytest.raises(UnknownArchitecture, match="there is no architecture"):
        select_files(["../outside"], folder)
