"""A folder of PNG and JPEG images, a folder inside for each class; follows no link out of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from pydantic import Field

from harness.arrays import Values
from harness.data.dataset import MOST_CLASSES
from harness.data.formats.file_format import FileFormat, Found, LabelledValues
from harness.data.image_files import all_or_refusal, decoded, image_header
from harness.data.values import check_fits
from harness.declaration.spec_error import one_line, shown
from harness.declaration.values import Pair
from harness.errors import DataRefused

# What file managers leave behind, beside hidden files.
LEFTOVERS = {"thumbs.db", "desktop.ini"}
TRAIN, TEST = "train", "test"


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

    def _examples(self, labelled: Sequence[tuple[int, Path]], shape: tuple[int, ...]) -> LabelledValues:
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
        return LabelledValues(values, np.array([label for label, _ in shuffled], np.intp))


def _check_pillow(path: Path) -> None:
    if find_spec("PIL") is None:
        install = "pip install 'architecture-bench[images]'"
        raise DataRefused(f"{path}: reading images needs Pillow; {install} installs it.")


def _text(size: tuple[int, int]) -> str:
    height, width = size
    return f"{height}×{width}"


def images_by_class(root: Path) -> tuple[dict[str, list[Path]], tuple[str, ...]]:
    """Return the files to train on and, where they are set apart, those to test on, and the classes.

    A file's class is the name of its folder. All are sorted.

    Raises:
        DataRefused: The folder is not one of classes, or a link leads out of it.
    """
    try:
        folders = {part: _class_folders(root, folder) for part, folder in _parts(root).items()}
        files = {
            part: [file for folder in found for file in _files_of(root, folder)] for part, found in folders.items()
        }
    except OSError as error:
        raise DataRefused(f"{error.filename or root}: can't be read ({error.strerror or error}).") from None
    return files, _classes(root, folders)


def _parts(path: Path) -> dict[str, Path]:
    """Return the folders of images to train on and, where they are set apart, to test on."""
    names = {folder.name for folder in _inside(path, path) if folder.is_dir()}
    if not {TRAIN, TEST} <= names:
        return {TRAIN: path}
    if names > {TRAIN, TEST}:
        others = ", ".join(sorted(names - {TRAIN, TEST}))
        raise DataRefused(f"{path}: has {others} beside train and test; move those images into one of the two.")
    return {TRAIN: path / TRAIN, TEST: path / TEST}


def _inside(root: Path, folder: Path) -> list[Path]:
    """Return what the folder holds, sorted, without hidden files; refuse a link that leads out of the root."""
    entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    for entry in entries:
        if entry.is_symlink() and not Path(os.path.realpath(entry)).is_relative_to(os.path.realpath(root)):
            raise DataRefused(f"{entry}: is a link out of the folder; copy what it means into the folder.")
    return [entry for entry in entries if entry.name.lower() not in LEFTOVERS]


def _class_folders(root: Path, folder: Path) -> list[Path]:
    folders = [entry for entry in _inside(root, folder) if entry.is_dir()]
    if len(folders) < 2:  # noqa: PLR2004 - a class alone is none
        found = f"one, {shown(folders[0].name)}" if folders else "none"
        raise DataRefused(f"{folder}: give a folder of images for each class, two at least; there is {found}.")
    if len(folders) > MOST_CLASSES:
        raise DataRefused(f"{folder}: has {len(folders):,} folders; {MOST_CLASSES} classes are the most.")
    return folders


def _classes(path: Path, folders: Mapping[str, Sequence[Path]]) -> tuple[str, ...]:
    classes = tuple(folder.name for folder in folders[TRAIN])
    for folder in folders.get(TEST, ()):
        if folder.name not in classes:
            raise DataRefused(f"{folder}: there is no such class to train on; add images of it to {path / TRAIN}.")
    for name in classes:
        if one_line(name) != name or not name.strip():
            raise DataRefused(f"{path}: a class has the name {shown(name)}; rename its folder.")
    return classes


def _files_of(root: Path, folder: Path) -> Iterator[Path]:
    entries = _inside(root, folder)
    if not entries:
        raise DataRefused(f"{folder}: holds no images; remove the folder, or add some.")
    for entry in entries:
        if entry.is_dir():
            raise DataRefused(f"{entry}: is a folder inside a class's folder; move its images up.")
        yield entry
