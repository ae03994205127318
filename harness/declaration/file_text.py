"""A declared file's bytes and text, or why the file can't be used; it ignores what the text says."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from harness.declaration.spec_error import InvalidSpec, Place, SpecError

SUFFIX = ".yaml"
MAX_BYTES = 256 * 1024  # a spec is a page of text; this much takes the YAML parser about a second


# Names become parts of other files' names, on every system: Windows has words of its own.
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def read_bytes(path: Path) -> bytes:
    """Return the file's content.

    Raises:
        InvalidSpec: its name is not valid, it is too large, or it can't be read.
    """
    _check_name(path)
    try:
        # Opening a pipe would wait for its writer: look first.
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise invalid(path, "this is not a file", "give a .yaml file")
        if state.st_size > MAX_BYTES:
            raise _too_large(path, state.st_size)
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise invalid(path, f"can't be read: {_reason(error)}", "check the path and its permissions") from None
    if len(raw) > MAX_BYTES:
        raise _too_large(path, len(raw))
    return raw


def decoded(path: Path, raw: bytes) -> str:
    """Return the bytes as UTF-8 text; the mark that some editors put first is left out."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        what = f"not UTF-8: byte 0x{raw[error.start]:02x}"
        place = Place(str(path), line, column)
        raise InvalidSpec([SpecError((), what, "save the file as UTF-8", place=place)]) from None


def is_safe_name(name: str) -> bool:
    """Tell whether a name can be part of a file's name on every system."""
    return bool(_SAFE_NAME.fullmatch(name)) and not _RESERVED.fullmatch(name) and not name.endswith(".")


def leaves(path: Path) -> bool:
    """Tell whether a file is a link to somewhere outside its own folder."""
    # realpath, since Path.resolve raises at a loop of links in Python 3.11 and 3.12.
    target = Path(os.path.realpath(path))
    return path.is_symlink() and not target.is_relative_to(os.path.realpath(path.parent))


def invalid(path: Path, what: str, remedy: str) -> InvalidSpec:
    """Return the error of one mistake about the file as a whole."""
    return InvalidSpec([SpecError((), what, remedy, place=Place(str(path), 1, 1))])


def _check_name(path: Path) -> None:
    if not os.path.lexists(path):
        raise invalid(path, "there is no such file", "check the path; 'bench list' shows the architectures")
    if path.suffix != SUFFIX:
        raise invalid(path, f"the file's name ends in '{path.suffix}'", f"rename it to {path.stem}{SUFFIX}")
    if not is_safe_name(path.stem):
        remedy = "use letters, digits, '_', '-' and '.', a letter or a digit first, 80 at most"
        raise invalid(path, "the file's name is not a valid name", remedy)
    if leaves(path):
        what = "the file is a link to somewhere outside its folder"
        raise invalid(path, what, "copy the file into the folder")


def _too_large(path: Path, size: int) -> InvalidSpec:
    what = f"the file has {size:,} bytes, more than the {MAX_BYTES:,} that are read"
    return invalid(path, what, "keep one architecture or data set per file")


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno)
    return str(error)
