"""Where declared files lie: in a given folder, in ``./architectures``, or in the package; opens none of them."""

from __future__ import annotations

import os
from pathlib import Path

from harness.declaration.file_text import SUFFIX

HERE = Path("architectures")


def specs_folder(given: Path | None = None) -> Path:
    """Return the folder that is given, else ``./architectures``, else the one that ships with the package."""
    if given is not None:
        return given
    return HERE if is_folder(HERE) else shipped_folder()


def shipped_folder() -> Path:
    """Return the package's own architectures: inside it in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "architectures"
    return inside if inside.is_dir() else package.parent / "architectures"


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder; what can't be looked at does not count."""
    return os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises where the path is too long or closed


def declared_files(folder: Path) -> tuple[Path, ...]:
    """Return the folder's files of YAML, sorted by name, without hidden files; raise OSError where it can't be listed.

    Those that end in ``.yml`` are among them: whoever reads one reports how it must be named.
    """
    files = [path for path in folder.iterdir() if path.suffix in {SUFFIX, ".yml"}]
    return tuple(sorted(path for path in files if not path.name.startswith(".")))
