"""One PNG or JPEG file at a time: its header, and its pixels in a size; runs nothing and follows nothing."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from harness.arrays import Values
from harness.declaration.spec_error import one_line
from harness.errors import DataRefused

if TYPE_CHECKING:
    from PIL.Image import Image

Result = TypeVar("Result")

FORMATS = ("PNG", "JPEG")
GRAY, COLOUR = {"L", "1"}, {"RGB", "CMYK", "YCbCr"}
# Some cameras save a photograph lying on its side, and this says how.
ORIENTATION, SIDEWAYS = 0x0112, range(5, 9)
FILES_SHOWN = 3


@dataclass(frozen=True)
class ImageHeader:
    """What an image's file says before its pixels: height and width, and whether there are colours."""

    size: tuple[int, int]
    colour: bool


class Unusable(Exception):
    """Why an image can't be used: a clause that follows its name."""


def all_or_refusal(function: Callable[[Path], Result], files: Sequence[Path], threads: int = 1) -> list[Result]:
    """Return what the function gives for each file, or refuse those that it can't use, by name."""
    problems: list[str] = []

    def tried(file: Path) -> Result | None:
        try:
            return function(file)
        except Unusable as problem:
            problems.append(f"{file} {problem}")
            return None

    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(tried, files))
    if problems:
        named = ", ".join(sorted(problems)[:FILES_SHOWN]) + (", …" if len(problems) > FILES_SHOWN else "")
        what = f"{len(problems):,} of {len(files):,} images can't be used: {named}"
        raise DataRefused(f"{what}; save such images anew, or remove them.")
    return [result for result in found if result is not None]


def image_header(file: Path) -> ImageHeader:
    """Return what the file says of its image; raise `Unusable` where it is not one still image."""
    from PIL.Image import DecompressionBombWarning  # noqa: PLC0415 - an extra

    with warnings.catch_warnings(action="error", category=DecompressionBombWarning), _opened(file) as image:
        if getattr(image, "n_frames", 1) > 1:
            raise Unusable("is animated")
        width, height = image.size
        if image.getexif().get(ORIENTATION) in SIDEWAYS:
            width, height = height, width
        return ImageHeader((height, width), _has_colour(image))


def _has_colour(image: Image) -> bool:
    if image.mode in GRAY:
        return False
    if image.mode in COLOUR or (image.mode == "P" and "transparency" not in image.info):
        return True
    kind = "transparency" if image.mode in {"RGBA", "LA", "PA", "P"} else f"pixels of the kind {image.mode}"
    raise Unusable(f"has {kind}")


def decoded(file: Path, size: tuple[int, int], channels: int) -> Values:
    """Return an image's pixels, shape (height, width) or (height, width, 3)."""
    from PIL import Image as pillow  # noqa: N813, PLC0415 - an extra
    from PIL import ImageOps  # noqa: PLC0415 - as above

    height, width = size
    mode = "L" if channels == 1 else "RGB"
    with _opened(file) as image:
        # JPEG's decoder makes images smaller much faster than it decodes them; twice the size is enough to average.
        image.draft(mode, (2 * max(size), 2 * max(size)))
        upright = ImageOps.exif_transpose(image).convert(mode)
        if upright.size != (width, height):
            upright = upright.resize((width, height), pillow.Resampling.BILINEAR)
        return np.asarray(upright, np.uint8)


@contextmanager
def _opened(file: Path) -> Iterator[Image]:
    """Open a PNG or JPEG; say why where it is none, is not whole, or is too large to be an example."""
    from PIL import Image as pillow  # noqa: N813, PLC0415 - as above
    from PIL import UnidentifiedImageError  # noqa: PLC0415 - as above

    try:
        with pillow.open(file, formats=FORMATS) as image:
            yield image
    except (pillow.DecompressionBombWarning, pillow.DecompressionBombError):
        raise Unusable("has too many pixels") from None
    except UnidentifiedImageError:
        raise Unusable("is no PNG or JPEG") from None
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error) as error:
        reason = one_line(str(getattr(error, "strerror", None) or error))[:80]
        raise Unusable(f"can't be read ({reason})") from None
