"""The headline table as a terminal shows it at 80 columns, for the project's own README; formats no number."""

from __future__ import annotations

import hashlib
import io
from importlib.metadata import version

from rich.console import Console
from rich.terminal_theme import MONOKAI

from harness.analysis.findings import Findings
from harness.reporting.blocks import Figure
from harness.reporting.sections.headline import narrow_headline
from harness.reporting.terminal import render_table

COLUMNS = 80
COMMAND = "bench run --all"
# Rich's own frame without its fonts from the web: a page must not load anything from elsewhere.
SVG = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">CREATOR</metadata>
<style>
.{unique_id}-matrix {{ font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px;
 line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def headline_figure(findings: Findings) -> Figure:
    """Return the headline table as a picture of a terminal."""
    table = narrow_headline(findings)
    console = Console(
        record=True,
        width=COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        force_jupyter=False,  # a notebook would show what is only drawn here
        color_system="truecolor",
        highlight=False,
    )
    console.print(render_table(table))
    digest = hashlib.sha256(repr(table).encode()).hexdigest()
    creator = f"<dc:title>Rich {version('rich')}</dc:title><dc:description>data sha256 {digest}</dc:description>"
    svg = console.export_svg(
        title=COMMAND, theme=MONOKAI, code_format=SVG.replace("CREATOR", creator), unique_id="headline"
    )
    lines = "\n".join(line.rstrip() for line in svg.splitlines())
    return Figure("headline", "The headline table in the terminal", f"{lines}\n".encode())
