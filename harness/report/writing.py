"""Writes the page and its figures, or says which of them differ from what the records give; makes no content.

The page is compared byte by byte. So are figures, unless another version of the drawing library made the one at
hand: its strokes may differ, so then the data are compared, whose digest every figure carries.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.analysis.findings import Findings
from harness.records.files import remove, write_atomically
from harness.report.figures.drawing import Figure, same_figure
from harness.report.figures.gallery import FILES, Images, gallery
from harness.report.page import Picture, page

PAGE = "README.md"


def report_files(findings: Findings, images: Images) -> Mapping[str, bytes]:
    """Return the content of every file of the report, by its path below the results folder.

    ``images`` are the test images by data set, where they are at hand.
    """
    figures = gallery(findings, images)
    pictures = [Picture(figure.file, figure.description, figure.section) for figure in figures]
    return {PAGE: page(findings, pictures).encode(), **{figure.file: _content(figure) for figure in figures}}


def write_report(results: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write the files that differ, remove figures that are no longer made, and return the paths of both.

    Raises:
        CannotWrite: The disk is full or the folder can't be written.
    """
    changed = differing(results, files)
    for path in changed:
        content = files.get(path.relative_to(results).as_posix())
        if content is None:
            remove(path)
        else:
            write_atomically(path, content)
    return changed


def differing(results: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Return the paths of the files that are missing or are not what the records give, such as figures of before."""
    wrong = [results / name for name, content in files.items() if not _same(results / name, content)]
    return (*wrong, *(results / name for name in FILES if name not in files and (results / name).exists()))


def _same(path: Path, content: bytes) -> bool:
    try:
        found = path.read_bytes()
    except OSError:
        return False
    return found == content or (path.suffix == ".svg" and same_figure(found, content))


def _content(figure: Figure) -> bytes:
    return figure.svg
