"""How every figure looks and becomes SVG: one light panel, colours that all eyes can tell; draws no data.

Figures stand on pages that are light or dark, so each has its own light background. Text is drawn as outlines: it
looks the same everywhere and needs no font.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol

import matplotlib as mpl
import PIL
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import findfont, get_font

PANEL = "#fbfbf8"
INK = "#1f2328"
QUIET = "#6e7781"
GRID = "#dfe3e6"
# Okabe and Ito's colours that keep 3:1 against the panel; marks also differ in form.
BLUE, ORANGE, GREEN, PURPLE = "#0072b2", "#d55e00", "#00795a", "#a8518a"
STYLE: Mapping[str, object] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "architecture-bench",
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titley": 1.0,  # unless told, matplotlib looks in every drawing for ticks that a title could cover
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "figure.facecolor": PANEL,
    "axes.facecolor": PANEL,
    "savefig.facecolor": PANEL,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
    "path.simplify": False,
    "image.composite_image": False,  # several images in one panel would become one, in the panel's own pixels
}
WIDTH = 8.0
# Of figures that stand beside each other.
SMALL_WIDTH = 4.4
MISSING = "\N{WHITE SQUARE}"
# What the SVG backend draws at whatever a figure says; texts are measured at it too.
SVG_DPI = 72


class Draw(Protocol):
    """Gets a drawing made from all that it shows, or has one that was made from the very same."""

    def __call__(self, make: Callable[..., bytes], *shown: object) -> bytes:
        """Return what ``make(*shown)`` returns."""


def draw_anew(make: Callable[..., bytes], *shown: object) -> bytes:
    """Return the drawing, made now."""
    return make(*shown)


CREATOR = f"matplotlib {mpl.__version__}, Pillow {PIL.__version__}"
_CREATOR = re.compile(rb"<dc:title>(.*?)</dc:title>")
_DIGEST = re.compile(rb"<dc:description>(data sha256 .*?)</dc:description>")


@contextmanager
def canvas(height: float, width: float = WIDTH) -> Iterator[Canvas]:
    """Give an empty canvas of ``width`` by ``height`` inches in the house style; no global state is left changed."""
    # From the library's own defaults, so that a user's settings change nothing.
    style: dict[Any, Any] = {**mpl.rcParamsDefault, **STYLE}
    with mpl.rc_context(style):
        yield Canvas(figsize=(width, height), dpi=SVG_DPI)


def as_svg(drawn: Canvas, data: object) -> bytes:
    """Return the canvas as SVG without a date, with a digest of ``data``, whose ``repr`` says all that is shown."""
    digest = hashlib.sha256(repr(data).encode()).hexdigest()
    metadata = {"Date": None, "Creator": None, "Title": CREATOR, "Description": f"data sha256 {digest}"}
    # What `savefig` does, less one whole drawing that it makes to lay the figure out.
    backend, layout = FigureCanvasSVG(drawn), drawn.get_layout_engine()
    if layout is not None:
        layout.execute(drawn)
        drawn.set_layout_engine("none")
    buffer = io.BytesIO()
    backend.print_svg(buffer, metadata=metadata)  # type: ignore[no-untyped-call]  # has no annotations
    return re.sub(rb"[ \t]+\n", b"\n", buffer.getvalue())


def legible(text: str) -> str:
    """Return the text with a box for every character that the figures' font does not have."""
    known = _characters()
    return "".join(char if ord(char) in known else MISSING for char in text)


@cache
def _characters() -> frozenset[int]:
    return frozenset(get_font(findfont(str(STYLE["font.family"]))).get_charmap())


def same_figure(found: bytes, expected: bytes) -> bool:
    """Say whether two SVGs show the same data, one of them drawn by other versions of the libraries."""
    creators = _CREATOR.findall(found), _CREATOR.findall(expected)
    digests = _DIGEST.findall(found), _DIGEST.findall(expected)
    return creators[0] != creators[1] and len(digests[0]) == 1 and digests[0] == digests[1]


def is_drawn_here(content: bytes) -> bool:
    """Say whether a figure was made by this program: its data's digest is in it."""
    return bool(_DIGEST.search(content))
