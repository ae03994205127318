"""Which images a folder holds, by class; opens none of them and follows no link out of the folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from harness.data.dataset import MOST_CLASSES
from harness.declaration.spec_error import one_line, shown
from harness.errors import DataRefused

# What file managers leave behind, beside hidden files.
LEFTOVERS = {"thumbs.db", "desktop.ini"}
TRAIN, TEST = "train", "test"


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
