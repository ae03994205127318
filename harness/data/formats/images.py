"""A folder of PNG and JPEG images, a folder inside for each class; follows no link out of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from pydantic import Field

from harness.arrays import Values
from harness.data.formats.file_format import Examples, FileFormat, Found
from harness.data.image_files import all_or_refusal, decoded, image_header
from harness.data.image_folders import TEST, TRAIN, images_by_class
from harness.data.memory import check_fits
from harness.declaration.values import Pair
from harness.errors import DataRefused

SHUFFLING_SEED = 0
THREADS = 2


class Images(FileFormat):
    """A folder with a folder of PNG or JPEG images for each class; or one of such folders for training and for test."""

    kind = "images"
    size: Pair | None = Field(default=None, description="The height and width that all are resized to.")
    grayscale: bool = Field(default=False, description="Whether colours are turned into shades of gray.")

    def read(self, path: Path) -> Found:
        """Return the images in an order of their own, always the same; classes are sorted by their folders' names."""
        _check_pillow(path)
        files, classes = images_by_class(path)
        labelled = {part: [(classes.index(file.parent.name), file) for file in found] for part, found in files.items()}
        everything = [file for found in files.values() for file in found]
        shape = self._shape(everything)
        check_fits(path, len(everything) * int(np.prod(shape)))
        parts = {part: self._examples(found, shape) for part, found in labelled.items()}
        return Found(parts[TRAIN], parts.get(TEST), classes)

    def _shape(self, files: Sequence[Path]) -> tuple[int, ...]:
        """Return the shape of all images, from their headers."""
        headers = all_or_refusal(image_header, files)
        channels = (1,) if self.grayscale or not any(header.colour for header in headers) else (3,)
        if channels == (3,) and not all(header.colour for header in headers):
            gray = next(file for file, header in zip(files, headers, strict=True) if not header.colour)
            what = f"{gray} has shades of gray where other images have colours"
            raise DataRefused(f"{what}; give --grayscale for all, or save it with colours.")
        if self.size is not None:
            return (*self.size, *channels)
        first = headers[0]
        for file, header in zip(files, headers, strict=True):
            if header.size != first.size:
                sizes = f"{_text(header.size)}, and {files[0]} {_text(first.size)}"
                raise DataRefused(f"{file} has the size {sizes}; give one size for all with --size HEIGHTxWIDTH.")
        return (*first.size, *channels)

    def _examples(self, labelled: Sequence[tuple[int, Path]], shape: tuple[int, ...]) -> Examples:
        order = np.random.default_rng(SHUFFLING_SEED).permutation(len(labelled))
        shuffled = [labelled[place] for place in order]
        height, width, channels = shape
        decode = partial(decoded, size=(height, width), channels=channels)
        values: Values = np.empty((len(shuffled), *shape), np.uint8)
        places = {file: place for place, (_, file) in enumerate(shuffled)}

        def put(file: Path) -> bool:
            values[places[file]] = decode(file).reshape(shape)
            return True

        all_or_refusal(put, list(places), THREADS)
        return Examples(values, np.array([label for label, _ in shuffled], np.intp))


def _check_pillow(path: Path) -> None:
    if find_spec("PIL") is None:
        install = "pip install 'architecture-bench[images]'"
        raise DataRefused(f"{path}: reading images needs Pillow; {install} installs it.")


def _text(size: tuple[int, int]) -> str:
    height, width = size
    return f"{height}×{width}"
