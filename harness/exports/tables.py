"""Frames as files: one file of all runs, or a folder with a file for each table; knows no format."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import CannotExport
from harness.exports.export import Selection

if TYPE_CHECKING:
    import pandas as pd


def write_tables(selection: Selection, target: Path, suffix: str, write: Callable[[pd.DataFrame, Path], None]) -> None:
    """Write the runs where the target is a file of this suffix, every table where it is a folder.

    Raises:
        CannotExport: It has another suffix.
    """
    if target.suffix == suffix:
        write(selection.runs_frame, target)
        return
    if target.suffix:
        raise CannotExport(
            f"--to {target}: give a file *{suffix} for the runs, or a folder for runs, summary and verdicts"
        )
    target.mkdir()
    for name, frame in selection.tables.items():
        write(_plain(frame), target / f"{name}{suffix}")


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with text in place of values of several types: what a claim gives is a number or a shape."""
    plain = frame.copy()
    for name in frame:
        if len({type(value) for value in frame[name].dropna()}) > 1:
            plain[name] = frame[name].map(json.dumps, na_action="ignore")
    return plain
