"""A table of strings, ready for any format; knows no Markdown, terminal or CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Alignment = Literal["left", "right", "center"]
Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Plain text in rows and columns.

    ``header``, ``alignments`` and each of ``rows`` have one entry per column. A line break in a cell starts a
    second line there. ``notes`` stand below the table.
    """

    title: str
    header: Row
    rows: tuple[Row, ...]
    alignments: tuple[Alignment, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.header) for row in (*self.rows, self.alignments)):
            raise ValueError(f"table {self.title!r}: every row needs {len(self.header)} cells")
