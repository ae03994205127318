"""Where declared files and the user's cache lie, and a file's text, or why it can't be used; ignores what it says."""

from __future__ import annotations

import os
import re
import stat
from functools import cache
from pathlib import Path

import platformdirs

from harness.declaration.spec_error import InvalidSpec, Place, SpecError
from harness.errors import NoCacheFolder

HERE = Path("architectures")
DATASETS = "datasets"
SUFFIX = ".yaml"
MAX_BYTES = 256 * 1024  # a declaration is a page of text; this much takes the YAML parser about a second

# Names become parts of other files' names, on every system: Windows has words of its own.
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def specs_folder(given: Path | None = None) -> Path:
    """Return the folder that is given, else ``./architectures``, else the one that ships with the package.

    Where only data sets are declared in ``./architectures`` so far, it has no specs yet.
    """
    if given is not None:
        return given
    return HERE if is_folder(HERE) and not _only_declares_data(HERE) else shipped_folder()


def _only_declares_data(folder: Path) -> bool:
    try:
        return is_folder(folder / DATASETS) and not declared_files(folder)
    except OSError:  # reported by whoever lists it
        return False


@cache
def shipped_folder() -> Path:
    """Return the package's own architectures: inside it in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "architectures"
    return inside if inside.is_dir() else package.parent / "architectures"


def cache_folder() -> Path:
    """Return the folder that BENCH_CACHE names, else the user's own for this program.

    Raises:
        NoCacheFolder: It begins with a home folder that there is not.
    """
    named = os.environ.get("BENCH_CACHE")
    try:
        folder = Path(named) if named else Path(platformdirs.user_cache_dir("architecture-bench"))
        return folder.expanduser()
    except RuntimeError:  # neither a variable nor the system names one
        raise NoCacheFolder(named or "the user's cache") from None


def without_tilde(path: Path) -> Path | None:
    """Return the path with the home folder that it begins with; None where there is no such folder."""
    try:
        return path.expanduser()
    except RuntimeError:
        return None


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder; what can't be looked at does not count."""
    return os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises where the path is too long or closed


def declared_files(folder: Path) -> tuple[Path, ...]:
    """Return the folder's files of YAML, sorted by name, without hidden files; raise OSError where it can't be listed.

    Those that end in ``.yml`` are among them: whoever reads one reports how it must be named.
    """
    names = os.listdir(folder)  # noqa: PTH208 - a list of specs asks a hundred times, and names are enough
    return tuple(folder / name for name in sorted(names) if name.endswith((SUFFIX, ".yml")) and name[0] != ".")


def listed_files(folder: Path) -> tuple[Path, ...]:
    """Return the files of ``declared_files``; none of a folder that can't be listed."""
    try:
        return declared_files(folder)
    except OSError:
        return ()


def file_text(path: Path) -> str:
    """Return the file's text; the mark that some editors put first is left out.

    Raises:
        InvalidSpec: It can't be read as bytes (`read_bytes`), or they are not UTF-8.
    """
    raw = read_bytes(path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        what = f"not UTF-8: byte 0x{raw[error.start]:02x}"
        raise invalid(path, what, "save the file as UTF-8", line, column) from None


def read_bytes(path: Path) -> bytes:
    """Return the file's content.

    Raises:
        InvalidSpec: The file's name, kind or size is not that of a declaration, or it can't be read.
    """
    _check_name(path)
    try:
        # Opening a pipe would wait for its writer: look first.
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise invalid(path, "this is not a file", f"give a {SUFFIX} file")
        _check_size(path, state.st_size)
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else None
        reason = os.strerror(number) if number is not None else error
        raise invalid(path, f"can't be read: {reason}", "check the path and its permissions") from None
    _check_size(path, len(raw))
    return raw


def is_safe_name(name: str) -> bool:
    """Tell whether a name can be part of a file's name on every system."""
    return bool(_SAFE_NAME.fullmatch(name)) and not _RESERVED.fullmatch(name) and not name.endswith(".")


def invalid(path: Path, what: str, remedy: str, line: int = 1, column: int = 1) -> InvalidSpec:
    """Return the error of one mistake about the file as a whole, or about the place that is given."""
    return InvalidSpec([SpecError((), what, remedy, place=Place(str(path), line, column))])


def _check_name(path: Path) -> None:
    if not os.path.lexists(path):
        raise invalid(path, "there is no such file", "check the path")
    if path.suffix != SUFFIX:
        raise invalid(path, f"the file's name ends in '{path.suffix}'", f"rename it to {path.stem}{SUFFIX}")
    if not is_safe_name(path.stem):
        remedy = "use letters, digits, '_', '-' and '.', a letter or a digit first, 80 at most"
        raise invalid(path, "the file's name is not a valid name", remedy)
    # realpath, since Path.resolve raises at a loop of links in Python 3.11 and 3.12.
    target = Path(os.path.realpath(path))
    if path.is_symlink() and not target.is_relative_to(os.path.realpath(path.parent)):
        raise invalid(path, "the file is a link to somewhere outside its folder", "copy the file into the folder")


def _check_size(path: Path, size: int) -> None:
    if size > MAX_BYTES:
        what = f"the file has {size:,} bytes, more than the {MAX_BYTES:,} that are read"
        raise invalid(path, what, "keep one declaration per file")
