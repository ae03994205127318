"""Tables as Parquet, every column with its type: runs in one file, or a folder with runs, summary and verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.exports.export import Selection, write_tables

if TYPE_CHECKING:
    import pandas as pd

EXTRA = "parquet"
PACKAGES = ("pyarrow",)


def write(selection: Selection, target: Path) -> None:
    """Write the tables."""
    write_tables(selection, target, ".parquet", _write_table)


def _write_table(frame: pd.DataFrame, file: Path) -> None:
    frame.to_parquet(file, engine="pyarrow", index=False)
