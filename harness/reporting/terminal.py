"""Tables for Rich, readable at 80 columns; prints nothing."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from harness.reporting.blocks import Table

# Colour and meaning by the cell's own word, so that nothing is told by colour alone.
STYLES = {
    "reproduced": "green",
    "refuted": "bold red",
    "inconclusive": "yellow",
    "not tested": "dim",
}


def render_table(table: Table) -> RenderableType:
    """Return the table with its title above and its notes below."""
    rich = RichTable(
        title=Text(table.title, style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=0,
        pad_edge=False,
        show_edge=False,
    )
    for name, alignment in zip(table.header, table.alignments, strict=True):
        rich.add_column(Text(name), justify=alignment, overflow="fold")
    for row in table.rows:
        rich.add_row(*(_cell(cell) for cell in row))
    return Group(rich, *(Text(note, style="dim") for note in table.notes))


def _cell(text: str) -> Text:
    """Return the cell as it is: brackets are no markup, control characters don't reach the terminal."""
    visible = "".join(char for char in text if char == "\n" or char.isprintable())
    style = "red" if text.startswith("failed") else STYLES.get(text, "")
    return Text(visible, style=style)
