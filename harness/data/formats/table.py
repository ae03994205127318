"""A table, as CSV or Parquet: labels in a column or several, pixels or features in the others; it downloads nothing."""

from __future__ import annotations

import gzip
import io
import warnings
import zlib
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from harness.arrays import Values
from harness.data.formats.file_format import FileFormat, Found, LabelledValues
from harness.data.labels import (
    check_numbers,
    check_several,
    is_one_hot,
    label_sets,
    numbered,
    one_hot_refusal,
    single_labels,
)
from harness.data.values import as_values, check_fits
from harness.declaration.spec_error import one_line, refused, shown
from harness.declaration.values import Count
from harness.errors import DataRefused, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

GZIP_START = b"\x1f\x8b"
PARQUET_START = b"PAR1"
# Tables of numbers pack to a tenth; a bomb to a thousandth.
MOST_UNPACKED = 100
SURPLUS_BYTES = 1 << 20
NUMBER_BYTES = 8
# More different words are names or sentences, and each would be an input of its own.
MOST_CATEGORIES = 100
MOST_COLUMNS_SHOWN = 8


def _columns(value: object) -> object:
    """Return a column's name, or a tuple of several."""
    several = isinstance(value, list | tuple)
    names: Any = value if several else (value,)
    if all(isinstance(name, str) and name and one_line(name) == name for name in names) and len(names) != several:
        return tuple(names) if several else value
    raise refused("columns", f"{shown(value)} names no column", "write its name, or a list of two names or more")


Columns = Annotated[str | tuple[str, ...], BeforeValidator(_columns)]


class Table(FileFormat):
    """A table with one example in each row."""

    kind = "table"
    label: Columns = Field(
        description="The column with the classes, by its number where there is no header; or several columns of 0 and "
        "1, one for each label that an example may have: [sunny, rainy]."
    )
    one_hot: bool | None = Field(
        default=None, description="Whether of several columns a single one is 1: the row's class."
    )
    shape: Annotated[tuple[Count, ...], Field(strict=False, max_length=7)] | None = Field(
        default=None, description="The shape of the pixels in the other columns; left out, they are features."
    )
    header: bool = Field(default=True, description="Whether the first row names the columns.")

    def read(self, path: Path) -> Found:
        """Return the examples in the order of the rows: pixels, or numbers and then categories, one column for each.

        Categories are those of the whole table: which there are, not how often, so that nothing is fitted to it.
        """
        frame = _frame(path, header=self.header)
        for name in self.columns:
            if name not in frame.columns:
                raise DataRefused(f"{path}: there is no column {shown(name)}; {_known(name, frame)}.")
        if not len(frame) or frame.shape[1] <= len(self.columns):
            raise DataRefused(f"{path}: holds no examples; give a row for each, with values beside the label.")
        classes, labels = self._labelled(path, frame)
        rest = frame.drop(columns=list(self.columns))
        if self.shape is not None:
            return Found(LabelledValues(_pixels(path, rest, self.shape), labels), classes=classes)
        return Found(LabelledValues(_features(path, rest), labels), classes=classes, numbers=len(_numeric(rest)))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns with labels."""
        return (self.label,) if isinstance(self.label, str) else self.label

    def _labelled(self, path: Path, frame: pd.DataFrame) -> tuple[tuple[str, ...], NDArray[Any]]:
        """Return the names of the classes, and each row's number, shape (n,), or 0 and 1, shape (n, labels)."""
        if isinstance(self.label, str):
            if self.one_hot:
                raise DataRefused(f"{path}: one-hot rows stand in several columns; name them, or leave out --one-hot.")
            return numbered(_labels(path, frame[self.label]), f"{path}, column {shown(self.label)}")
        sets = _label_sets(path, frame, self.label)
        if self.one_hot:
            return numbered(np.array(self.label)[single_labels(sets, str(path))], str(path))
        if is_one_hot(sets):
            raise one_hot_refusal(str(path))
        check_several(sets, self.label, str(path))
        return self.label, sets


def columns_of(path: Path) -> tuple[str, ...]:
    """Return the names of a table's columns."""
    return tuple(_frame(path, header=True, rows=1).columns)


def _frame(path: Path, *, header: bool, rows: int | None = None) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - half a second

    try:
        with path.open("rb") as file:
            start = file.read(len(PARQUET_START))
        frame = _parquet(path) if start == PARQUET_START else _csv(path, start, header=header, rows=rows)
    except OSError as error:
        raise DataRefused(f"{path}: can't be read ({error.strerror or error}).") from None
    except (pd.errors.ParserError, pd.errors.ParserWarning, ValueError, zlib.error, EOFError) as error:
        reason = one_line(str(error).strip())[:200]
        raise DataRefused(f"{path}: can't be read as a table ({reason}).") from None
    frame.columns = [str(name) for name in frame.columns]
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise DataRefused(f"{path}: has the column {shown(str(twice[0]))} twice; rename one of them.")
    return frame


def _csv(path: Path, start: bytes, *, header: bool, rows: int | None) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - as above

    size = path.stat().st_size
    # A number takes as much memory as its digits take in the file, more or less.
    check_fits(path, size)
    content: Any = io.BytesIO(_unpacked(path, size)) if start.startswith(GZIP_START) else path
    # No index_col: a first column without a name is one of the table's. Words stay words, but for empty cells.
    with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
        return pd.read_csv(
            content,
            header=0 if header else None,
            index_col=False,
            nrows=rows,
            compression=None,
            low_memory=False,
            keep_default_na=False,
            na_values=["", "NA", "NaN", "nan", "null", "NULL"],
        )


def _unpacked(path: Path, size: int) -> bytes:
    limit = MOST_UNPACKED * size + SURPLUS_BYTES
    with gzip.open(path) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"unpacks to more than {MOST_UNPACKED} times its size")
    return content


def _parquet(path: Path) -> pd.DataFrame:
    try:
        from pyarrow import parquet  # noqa: PLC0415 - an extra
        from pyarrow.lib import ArrowException  # noqa: PLC0415 - as above
    except ImportError:
        install = "pip install 'architecture-bench[parquet]'"
        raise DataRefused(f"{path}: reading Parquet needs pyarrow; {install} installs it.") from None
    try:
        file = parquet.ParquetFile(path)
        check_fits(path, file.metadata.num_rows * file.metadata.num_columns * NUMBER_BYTES)
        frame: pd.DataFrame = file.read().to_pandas(ignore_metadata=True)
    except ArrowException as error:
        raise ValueError(str(error)) from None
    return frame


def _known(label: str, frame: pd.DataFrame) -> str:
    names = list(frame.columns)
    more = ", …" if len(names) > MOST_COLUMNS_SHOWN else ""
    listed = ", ".join(shown(name).strip("'") for name in names[:MOST_COLUMNS_SHOWN])
    return did_you_mean(label, names) or f"the columns are {listed}{more}"


def _check_complete(path: Path, column: pd.Series[Any]) -> None:
    missing = column.isna().to_numpy()
    if missing.any():
        what = f"{int(missing.sum()):,} of {len(column):,} rows have no value in the column {shown(str(column.name))}"
        raise DataRefused(
            f"{path}: {what} (the first is row {int(np.argmax(missing)) + 1}); fill them in or remove them."
        )


def _labels(path: Path, column: pd.Series[Any]) -> Values:
    """Return the labels as whole numbers, or as words."""
    _check_complete(path, column)
    if column.dtype.kind in "uif":
        return check_numbers(column.to_numpy(), f"{path}, column {shown(str(column.name))}")
    return np.array([str(label) for label in column])


def _label_sets(path: Path, frame: pd.DataFrame, columns: tuple[str, ...]) -> NDArray[np.uint8]:
    """Return which of the labels each row has, as 0 and 1."""
    if len(set(columns)) < len(columns):
        raise DataRefused(f"{path}: a column is named twice for labels; name each once.")
    for name in columns:
        _check_complete(path, frame[name])
        if frame[name].dtype.kind not in "buif":
            first = shown(str(frame[name].iloc[0]))
            what = f"the column {shown(name)} holds words such as {first}, and labels in several columns are 0 or 1"
            raise DataRefused(f"{path}: {what}; write 1 where an example has the label, else 0.")
    return label_sets(frame[list(columns)].to_numpy(np.float64), columns, str(path))


def _pixels(path: Path, frame: pd.DataFrame, shape: tuple[int, ...]) -> Values:
    if frame.shape[1] != prod(shape):
        what = f"{frame.shape[1]:,} columns beside the label are not the {prod(shape):,} pixels of"
        raise DataRefused(f"{path}: {what} {'×'.join(map(str, shape))}; correct the shape.")
    for name in frame.columns:
        _check_complete(path, frame[name])
        if frame[name].dtype.kind not in "buif":
            raise DataRefused(f"{path}: the column {shown(name)} holds words, not pixels; remove it, or the shape.")
    (values,) = as_values([frame.to_numpy()], [str(path)])
    return values.reshape(len(frame), *shape)


def _numeric(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if frame[name].dtype.kind in "buif"]


def _features(path: Path, frame: pd.DataFrame) -> Values:
    """Return numbers as they are and then, for each category of each other column, whether it is the row's."""
    for name in frame.columns:
        _check_complete(path, frame[name])
    numeric = _numeric(frame)
    parts: list[Values] = [frame[name].to_numpy(np.float32)[:, np.newaxis] for name in numeric]
    parts += [_one_hot(path, frame[name]) for name in frame.columns if name not in numeric]
    (values,) = as_values([np.concatenate(parts, axis=1)], [str(path)])
    return values


def _one_hot(path: Path, column: pd.Series[Any]) -> Values:
    words = np.array([str(word) for word in column])
    categories, indices = np.unique(words, return_inverse=True)
    if len(categories) > MOST_CATEGORIES:
        what = f"the column {shown(str(column.name))} holds {len(categories):,} different words"
        raise DataRefused(f"{path}: {what}; remove it, or number what they mean.")
    return np.eye(len(categories), dtype=np.float32)[indices]
