"""What pages are made of, ready for any format: sections of prose, tables, figures and folded parts; renders none.

Prose is a ``str`` of Markdown: names and texts from outside stand in it escaped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Alignment = Literal["left", "right", "center"]
Cells = tuple[str, ...]

# The folder of the figures, below the results folder.
FIGURES = "figures"


@dataclass(frozen=True)
class Table:
    """Plain text in rows and columns.

    ``header``, ``alignments`` and each of ``rows`` have one entry per column. A line break in a cell starts a
    second line there. ``notes`` stand below the table.
    """

    title: str
    header: Cells
    rows: tuple[Cells, ...]
    alignments: tuple[Alignment, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.header) for row in (*self.rows, self.alignments)):
            raise ValueError(f"table {self.title!r}: every row needs {len(self.header)} cells")


@dataclass(frozen=True)
class Figure:
    """A finished figure: its name, what it shows in words, and its SVG."""

    name: str
    description: str
    svg: bytes

    @property
    def file(self) -> str:
        """Its path below the results folder."""
        return f"{FIGURES}/{self.name}.svg"


@dataclass(frozen=True)
class Illustration:
    """The place of a figure, by its name; nothing where that figure was not drawn."""

    figure: str


@dataclass(frozen=True)
class Illustrations:
    """The place of small figures that stand beside each other where there is room."""

    figures: tuple[str, ...]


@dataclass(frozen=True)
class Commands:
    """Lines for a shell."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Folded:
    """What is hidden until the reader opens it."""

    summary: str
    content: Table


Block = str | Table | Illustration | Illustrations | Commands | Folded


@dataclass(frozen=True)
class Section:
    """Blocks under a heading."""

    title: str
    blocks: tuple[Block, ...]
