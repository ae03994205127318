"""Drawings that were made before from the same data by the same code, kept in the user's cache folder; draws nothing.

Everything that a drawing depends on is in its key, this package's code and the font included: where anything of it
changes, it is made anew.
"""

from __future__ import annotations

import hashlib
import pickle
import platform
from collections.abc import Callable
from functools import cache
from pathlib import Path

import kiwisolver
import matplotlib as mpl
import numpy as np
import PIL
from matplotlib.font_manager import findfont

from harness.declaration.disk_cache import keep_bytes, keep_newest, kept_bytes
from harness.reporting.figures.drawing import STYLE

FOLDER = "figures"
# A results folder with other data beside it has some forty, and each change of data or of code makes new ones.
MOST_KEPT = 400
PACKAGE = Path(__file__).parents[2]
VERSIONS = (
    *(mpl.__version__, PIL.__version__, np.__version__, kiwisolver.__version__),
    *(platform.python_version(), platform.platform()),
)


def kept_drawing(make: Callable[..., bytes], *shown: object) -> bytes:
    """Return what ``make(*shown)`` returns, or returned before: a function of its arguments and of code alone."""
    written = pickle.dumps((_maker(), make.__module__, make.__qualname__, shown))
    key = hashlib.sha256(written).hexdigest()
    name = f"{FOLDER}/{key}.svg"
    svg = kept_bytes(name)
    if svg is None:
        svg = make(*shown)
        keep_bytes(name, svg)
        keep_newest(FOLDER, MOST_KEPT)
    return svg


@cache
def _maker() -> str:
    """Return a digest of all that draws: libraries, font and code."""
    digest = hashlib.sha256(repr(VERSIONS).encode())
    for path in (Path(findfont(str(STYLE["font.family"]))), *sorted(PACKAGE.rglob("*.py"))):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
