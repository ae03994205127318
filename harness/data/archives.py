"""Reads a data set out of downloaded or imported files and archives, by content; unpacks nothing to the disk.

Names of files and of archive members are never used as paths, and an array is accepted only where its digest is
the published one; where that is not known, the digest of the file that it is in. So an archive may hold anything: it is
read up to a limit, and the rest is named.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import stat
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.arrays import Values
from harness.data.array_formats import UNREADABLE, decode_idx, idx_bytes, idx_content, idx_header, read_member
from harness.data.dataset import Dataset, PublishedArray
from harness.errors import DataRefused
from harness.plain_files import read_plain

Arrays = dict[str, Values]

ZIP_START = b"PK\x03\x04"
GZIP_START = b"\x1f\x8b"
TAR_MARK = b"ustar"
TAR_MARK_AT = 257

SURPLUS_BYTES = 8 * 2**20
"""How much an archive may hold beside the data set: texts, code, headers."""

REMARKS_SHOWN = 6


@dataclass(frozen=True)
class Piece:
    """The content of one file or archive member, or the reason why it could not be read.

    ``published`` tells that the file has the digest of a published one.
    """

    where: str
    content: bytes = b""
    problem: str | None = None
    published: bool = False


def limit_bytes(dataset: Dataset) -> int:
    """Return the length above which a file can't be the data set, however it is packed."""
    return sum(idx_bytes(array.shape, array.dtype) for array in dataset.published.values()) + SURPLUS_BYTES


def published_files(dataset: Dataset) -> str:
    """Return the files that can be imported, as a phrase."""
    if dataset.read_as is not None:
        return " or ".join(file.name for file in dataset.files) or "the files that it was made from"
    *first, last = (array.file or name for name, array in dataset.published.items())
    return f"{', '.join(first)} and {last} (gzipped or not), or an archive (tar.gz or npz) of these arrays"


def read_files(paths: Sequence[Path], dataset: Dataset) -> Arrays:
    """Return the data set's arrays, each with its published digest; raise DataRefused where one is missing.

    Reads the published files, gzipped or not, archives of them (tar.gz, npz), and folders of any of these.
    """
    found: Arrays = {}
    remarks: list[str] = []
    for piece in _pieces(paths, dataset):
        matches = _matches(piece, dataset)
        found |= {name: decode_idx(piece.content, array.shape, array.dtype) for name, array in matches}
        if not matches:
            remarks.append(f"{piece.where}: {piece.problem or f'not a published file of {dataset.title}'}")
        if all(name in found for name in dataset.published):
            return found
    raise DataRefused(_refusal(dataset, found, remarks))


def _matches(piece: Piece, dataset: Dataset) -> list[tuple[str, PublishedArray]]:
    """Return the arrays that these bytes are the published file of; more than one where two arrays are equal."""
    fitting = [(name, array) for name, array in dataset.published.items() if _fits(piece.content, array)]
    if not fitting:
        return []
    digest = hashlib.sha256(piece.content).hexdigest()
    return [
        (name, array) for name, array in fitting if array.sha256 == digest or (array.sha256 is None and piece.published)
    ]


def _fits(content: bytes, array: PublishedArray) -> bool:
    """Tell whether the bytes begin and end where the array's IDX file does."""
    size = idx_bytes(array.shape, array.dtype)
    return len(content) == size and content.startswith(idx_header(array.shape, array.dtype))


def _refusal(dataset: Dataset, found: Arrays, remarks: list[str]) -> str:
    missing = [array.file or name for name, array in dataset.published.items() if name not in found]
    lines = [f"No file with the published digest of {', '.join(missing)} was found; give {published_files(dataset)}."]
    lines += [f"  - {remark}" for remark in remarks[:REMARKS_SHOWN]]
    if len(remarks) > REMARKS_SHOWN:
        lines.append(f"  - and {len(remarks) - REMARKS_SHOWN} more files")
    return "\n".join(lines)


def _pieces(paths: Sequence[Path], dataset: Dataset) -> Iterator[Piece]:
    for path in _files(paths):
        try:
            yield from _file_pieces(path, dataset)
        except (*UNREADABLE, tarfile.TarError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            yield Piece(str(path), problem=f"can't be read ({reason})")


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        try:
            found = sorted(path.iterdir()) if stat.S_ISDIR(path.stat().st_mode) else [path]
        except (FileNotFoundError, NotADirectoryError):
            raise DataRefused(f"{path}: there is no such file or folder.") from None
        except OSError as error:
            raise DataRefused(f"{path}: can't be read ({error.strerror or error}).") from None
        yield from (file for file in found if file.is_file())


def _file_pieces(path: Path, dataset: Dataset) -> Iterator[Piece]:
    size, limit = path.stat().st_size, limit_bytes(dataset)
    if size > limit:
        yield Piece(str(path), problem=f"{size:,} bytes are more than {dataset.title} in any form")
        return
    if not size:  # so are the files of /proc, some of which never end
        yield Piece(str(path), problem="is empty")
        return
    content = read_plain(path, limit)
    if content.startswith(ZIP_START):
        pieces = _npz_pieces(str(path), content, dataset)
    elif content.startswith(GZIP_START):
        pieces = _gzip_pieces(str(path), content, limit)
    else:
        pieces = iter([Piece(str(path), content)])
    digests = {file.sha256 for file in dataset.files}
    published = bool(digests) and hashlib.sha256(content).hexdigest() in digests
    yield from (replace(piece, published=published) for piece in pieces)


def _gzip_pieces(where: str, content: bytes, limit: int) -> Iterator[Piece]:
    with gzip.open(io.BytesIO(content)) as file:
        unpacked = file.read(limit + 1)
    if len(unpacked) > limit:
        yield Piece(where, problem=f"unpacks to more than {limit:,} bytes")
    elif unpacked[TAR_MARK_AT : TAR_MARK_AT + len(TAR_MARK)] == TAR_MARK:
        yield from _tar_pieces(where, unpacked)
    else:
        yield Piece(where, unpacked)


def _tar_pieces(where: str, content: bytes) -> Iterator[Piece]:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
        for member in archive:
            if member.issparse():
                # Its holes would be filled with zeros: a few bytes can stand for all of the memory.
                yield Piece(f"{where} ({member.name})", problem=f"a sparse file of {member.size:,} bytes")
                continue
            file = archive.extractfile(member) if member.isreg() else None
            if file is not None:
                yield Piece(f"{where} ({member.name})", file.read())


def _npz_pieces(where: str, content: bytes, dataset: Dataset) -> Iterator[Piece]:
    largest = max(idx_bytes(array.shape, array.dtype) for array in dataset.published.values())
    dtypes = sorted({array.dtype for array in dataset.published.values()})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            try:
                array = read_member(archive, name, largest, dtypes)
            except UNREADABLE as error:
                yield Piece(f"{where} ({name})", problem=str(error))
            else:
                yield Piece(f"{where} ({name})", idx_content(array))
