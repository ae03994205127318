"""A report is written into a folder of results, or an empty one; what is somebody else's stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.report import ReportOptions, report
from harness.errors import NotResults, UnknownDataset
from harness.reporting.ownership import MARK, check_own
from harness.reporting.writing import write_report

THEIRS = {"README.md": "# My project\n", "figures/accuracy.svg": "<svg/>", "notes.txt": "mine"}


def theirs(folder: Path) -> Path:
    for name, text in THEIRS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def content(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_of_somebody_elses_keeps_every_file(tmp_path: Path) -> None:
    folder = theirs(tmp_path / "project")
    with pytest.raises(NotResults, match=r"its README\.md was not written by 'bench report'; nothing was written"):
        report(ReportOptions(results=folder, seeds=(0, 1)))
    with pytest.raises(NotResults, match=r"README\.md"):
        write_report(folder, {"README.md": b"ours", "figures/accuracy.svg": b"ours"})
    assert content(folder) == THEIRS


def test_a_folder_of_somebody_elses_is_refused_before_its_records_are_read(tmp_path: Path) -> None:
    records = theirs(tmp_path / "project") / "records" / "here"
    records.mkdir(parents=True)
    (records / "0-seed0.json").write_text("{}")
    # A record that can't be used would be warned of, and a warning is an error here.
    with pytest.raises(NotResults, match=r"README\.md"):
        report(ReportOptions(results=tmp_path / "project"))
    with pytest.raises(UnknownDataset, match="nothing_such"):
        report(ReportOptions(results=tmp_path / "project", dataset="nothing_such"))


@pytest.mark.parametrize("name", ["README.md", "index.html"])
def test_neither_page_of_somebody_elses_is_overwritten_beside_records(tmp_path: Path, name: str) -> None:
    (tmp_path / "records" / "here").mkdir(parents=True)
    (tmp_path / "records" / "here" / "0-seed0.json").write_text("{}")
    (tmp_path / name).write_text("<p>mine</p>")
    with pytest.raises(NotResults, match=f"its {name} was not written"):
        check_own(tmp_path)
    (tmp_path / name).write_text(f"{MARK} from the records beside it; changes made here are overwritten. -->")
    check_own(tmp_path)


def test_a_page_of_somebody_elses_is_kept_even_beside_records(tmp_path: Path) -> None:
    (tmp_path / "records" / "here").mkdir(parents=True)
    (tmp_path / "records" / "here" / "0-seed0.json").write_text("{}")
    check_own(tmp_path)
    (tmp_path / "README.md").write_text("# Mine")
    with pytest.raises(NotResults, match=r"README\.md"):
        check_own(tmp_path)


def test_a_mistyped_folder_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(NotResults, match="there is no such folder"):
        report(ReportOptions(results=tmp_path / "resluts", seeds=(0, 1)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("names", [(), ("records",), ("smoke",), ("study.yaml", "set-aside"), (".git", ".gitignore")])
def test_what_holds_nothing_but_our_own_may_be_written(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (tmp_path / name).touch()
    check_own(tmp_path)


def test_a_page_with_the_mark_makes_a_folder_of_results(tmp_path: Path) -> None:
    theirs(tmp_path)
    (tmp_path / "README.md").write_text(f"{MARK} from the records beside it. -->\n")
    check_own(tmp_path)


def test_a_folder_of_other_files_without_a_page_is_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(NotResults, match="it has other files and no records"):
        check_own(tmp_path)


def test_the_committed_page_has_the_mark() -> None:
    check_own(Path(__file__).parents[2] / "results")
