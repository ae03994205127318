"""Sections, tables and text as GitHub's Markdown, every cell escaped; chooses no content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from harness.reporting.blocks import Block, Commands, Figure, Folded, Illustration, Illustrations, Section, Table

# What GitHub reads as emphasis, code, links, tables, strike-through, mathematics or an escape.
SPECIAL = re.compile(r"([\\`*\[\]|~$])")
# Underscores inside a word are text to GitHub: 000_convnet stays readable in the source.
LOOSE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
# What begins a heading or a list; of a number it is the sign behind it that can be escaped. Quotes are escaped anyway.
BLOCK_START = re.compile(r"^(?=[#+=-]|\d+[.)](?:\s|$))(\d*)(.)")


def escape(text: str) -> str:
    r"""Return plain text such that GitHub shows it as it is, on one line, whatever it holds.

    >>> escape("<b>a|b</b> *c* 000_convnet")
    '&lt;b&gt;a\\|b&lt;/b&gt; \\*c\\* 000_convnet'
    """
    flat = " ".join(text.split())
    safe = flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return LOOSE_UNDERSCORE.sub(r"\\_", SPECIAL.sub(r"\\\1", safe))


def paragraph(text: str) -> str:
    """Return escaped text that starts no heading, quote or list."""
    return BLOCK_START.sub(r"\1\\\2", escape(text))


def render_section(section: Section, figures: Mapping[str, Figure]) -> str:
    """Return the section under a heading of the second level, or nothing where none of its blocks has content.

    ``figures`` are those that were drawn, by name.
    """
    blocks = [text for block in section.blocks if (text := render_block(block, figures))]
    return "\n\n".join((f"## {escape(section.title)}", *blocks)) if blocks else ""


def render_block(block: Block, figures: Mapping[str, Figure]) -> str:
    """Return one block; nothing for the place of a figure that was not drawn."""
    match block:
        case Table():
            return render_table(block)
        case Folded():
            return details(block.summary, render_table(block.content))
        case Illustration():
            return _images([block.figure], figures)
        case Illustrations():
            return _images(block.figures, figures)
        case Commands():
            return code_block("\n".join(block.lines))
        case _:
            return block


def _images(names: Iterable[str], figures: Mapping[str, Figure]) -> str:
    """Return those of the figures that were drawn, as one paragraph."""
    drawn = [figures[name] for name in names if name in figures]
    return "\n".join(f"![{escape(figure.description)}]({figure.file})" for figure in drawn)


def render_table(table: Table) -> str:
    """Return the table without its title, its notes below."""
    from tabulate import tabulate  # noqa: PLC0415 - with what it imports 40 ms, which verdicts in a terminal do without

    body = tabulate(
        [[_cell(cell) for cell in row] for row in table.rows],
        headers=[_cell(cell) for cell in table.header],
        tablefmt="pipe",
        colalign=table.alignments if table.rows else None,
        disable_numparse=True,
    )
    return "\n\n".join((body, *(paragraph(note) for note in table.notes)))


def code_block(text: str, language: str = "sh") -> str:
    """Return the text as code, a shell's unless another language is named; the fence is longer than its backticks."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def details(summary: str, content: str) -> str:
    """Return content that is folded away until the reader opens it."""
    return f"<details>\n<summary>{escape(summary)}</summary>\n\n{content}\n\n</details>"


def _cell(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("\n"))
