"""Writes the pages and their figures, or says which of them differ from what the records give; makes no content.

The page is compared byte by byte. So are figures, unless another version of the drawing library made the one at
hand: its strokes may differ, so then the data are compared, whose digest every figure carries.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.analysis.findings import Findings
from harness.plain_files import read_plain
from harness.records.files import remove, write_atomically
from harness.reporting.blocks import FIGURES
from harness.reporting.explorer.page import index_page
from harness.reporting.figures.drawing import Draw, draw_anew, is_drawn_here, same_figure
from harness.reporting.figures.gallery import gallery
from harness.reporting.figures.images import Images
from harness.reporting.ownership import INDEX, MOST_PAGE_BYTES, PAGE, check_own
from harness.reporting.page import page


def report_files(findings: Findings, images: Images, draw: Draw = draw_anew) -> Mapping[str, bytes]:
    """Return the content of every file of the report, by its path below the results folder.

    ``images`` are the test images by data set, where they are at hand; ``draw`` makes the figures.
    """
    figures = gallery(findings, images, draw)
    pages = {PAGE: page(findings, figures).encode(), INDEX: index_page(findings, images)}
    return {**pages, **{figure.file: figure.svg for figure in figures}}


def write_report(results: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write the files that differ, remove figures that are no longer made, and return the paths of both.

    Raises:
        NotResults: It is somebody else's folder.
        CannotWrite: The disk is full or the folder can't be written.
    """
    check_own(results)
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
    figures = sorted((results / FIGURES).glob("*.svg"))
    stale = [path for path in figures if f"{FIGURES}/{path.name}" not in files and is_drawn_here(_content(path))]
    return (*wrong, *stale)


def _same(path: Path, content: bytes) -> bool:
    found = _content(path)
    return found == content or (path.suffix == ".svg" and same_figure(found, content))


def _content(path: Path) -> bytes:
    """Return what the file holds; nothing where it can't be read."""
    try:
        return read_plain(path, MOST_PAGE_BYTES)
    except OSError:
        return b""
