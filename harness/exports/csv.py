"""Tables as CSV, unrounded: runs in one file, or a folder with runs, summary and verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.exports.export import Selection, write_tables

if TYPE_CHECKING:
    import pandas as pd

EXTRA = None
PACKAGES = ()


def write(selection: Selection, target: Path) -> None:
    """Write the tables."""
    write_tables(selection, target, ".csv", _write_table)


def _write_table(frame: pd.DataFrame, file: Path) -> None:
    frame.to_csv(file, index=False, lineterminator="\n")
