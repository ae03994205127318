"""What can be added as a data set, and how: the options, and the file format that they ask for; reads no example."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.declaration.spec_error import one_line, shown
from harness.errors import CannotAdd

if TYPE_CHECKING:
    from harness.data.formats.file_format import FileFormat


TABLES = {".csv", ".parquet"}
ARCHIVE = ".npz"
SEPARATOR = ","
MOST_SHOWN = 8
MOST_AXES = 7
DEFAULT_SHARE = 0.2
SIZES = re.compile(r"[1-9][0-9]{0,4}(x[1-9][0-9]{0,4})*")


@dataclass(frozen=True, kw_only=True)
class AddOptions:
    """What to add.

    Args:
        path: An .npz file, a folder of images, or a table.
        name: The new data set's name; None: the path's.
        size: The height and width that images are resized to; None: theirs.
        grayscale: Whether the colours of images become shades of gray.
        label: The column of a table that holds the classes; or several with commas between, each a label of 0 and 1.
        one_hot: Whether rows of labels have a single 1, which is the example's class.
        shape: The shape of the pixels in a table's other columns; None: they are features.
        test: The share of each class to test on, where the files set no test examples apart; None: a fifth.
        split_seed: The seed that those examples are drawn with.
        architectures: The folder of specs; None: ``./architectures``, which is made where there is none.
    """

    path: Path
    name: str | None = None
    size: tuple[int, int] | None = None
    grayscale: bool = False
    label: str | None = None
    one_hot: bool = False
    shape: tuple[int, ...] | None = None
    test: float | None = None
    split_seed: int = 0
    architectures: Path | None = None


def parse_size(text: str | None) -> tuple[int, int] | None:
    """Return the height and width of ``64x48``.

    Raises:
        CannotAdd: The text is something else.

    >>> parse_size("64x48")
    (64, 48)
    """
    if text is None:
        return None
    sizes = _sizes(text)
    if len(sizes) != 2:  # noqa: PLR2004 - height and width
        raise CannotAdd(f"--size {shown(text)} is not valid; give HEIGHTxWIDTH, such as 64x64")
    return (sizes[0], sizes[1])


def parse_shape(text: str | None) -> tuple[int, ...] | None:
    """Return the sizes of ``32x32x3``.

    Raises:
        CannotAdd: The text is something else.

    >>> parse_shape("32x32x3")
    (32, 32, 3)
    """
    if text is None:
        return None
    sizes = _sizes(text)
    if not 1 <= len(sizes) <= MOST_AXES:
        raise CannotAdd(f"--shape {shown(text)} is not valid; give the pixels' sizes, such as 28x28 or 32x32x3")
    return sizes


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split("x"))) if SIZES.fullmatch(text) else ()


def share_to_test(test: float | None) -> float:
    """Return the share of each class to test on.

    Raises:
        CannotAdd: It is not a share.
    """
    if test is None:
        return DEFAULT_SHARE
    if not 0 < test < 1:
        raise CannotAdd(f"--test {test:g} is not a share of the examples; give one between 0 and 1, such as 0.2")
    return test


def format_of(options: AddOptions) -> FileFormat:
    """Return how the path is read; refuse the options that are for another kind of file."""
    path, suffix = options.path, options.path.suffix.lower()
    if one_line(str(path.absolute())) != str(path.absolute()):
        raise CannotAdd(f"{shown(str(path))} has a character that can't be shown; rename it")
    given = {"--size": options.size, "--grayscale": options.grayscale or None}
    of_tables = {"--label": options.label, "--shape": options.shape}
    if path.is_dir():
        _refuse(of_tables, "tables", path)
        _refuse({"--one-hot": options.one_hot or None}, "tables and .npz files", path)
        from harness.data.formats.images import Images

        return Images(size=options.size, grayscale=options.grayscale)
    _refuse(given, "folders of images", path)
    if not path.exists():
        raise CannotAdd(f"{path}: there is no such file or folder; check the path")
    if suffix == ARCHIVE:
        _refuse(of_tables, "tables", path)
        from harness.data.formats.npz import Npz

        return Npz(one_hot=options.one_hot)
    if suffix in TABLES:
        from harness.data.formats.table import Table

        return Table(label=_label(path, options.label), one_hot=options.one_hot, shape=options.shape)
    raise CannotAdd(
        f"{path}: is neither a folder of images nor an .npz, .csv or .parquet file; convert it to one of them"
    )


def _refuse(given: Mapping[str, object], things: str, path: Path) -> None:
    for option, value in given.items():
        if value is not None:
            raise CannotAdd(f"{option} is for {things}, and {path} is something else; leave it out")


def some_of(names: Sequence[str]) -> str:
    """Return the names, as many as suit a line."""
    return ", ".join(names[:MOST_SHOWN]) + (", …" if len(names) > MOST_SHOWN else "")


def _label(path: Path, given: str | None) -> str | tuple[str, ...]:
    """Return the column, or the columns where there are commas between and no column is called so."""
    from harness.data.formats.table import columns_of

    if given and SEPARATOR not in given:
        return given
    columns = columns_of(path)
    if not given:
        listed = some_of([shown(column) for column in columns])
        raise CannotAdd(f"{path}: name the column with the classes with --label; the columns are {listed}")
    names = tuple(name for part in given.split(SEPARATOR) if (name := part.strip()))
    if given in columns or not names:
        return given
    return names if len(names) > 1 else names[0]
