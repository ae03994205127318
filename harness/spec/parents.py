"""Where the spec that another one extends is looked for; opens none of them."""

from __future__ import annotations

from pathlib import Path

from harness.declaration.files import SUFFIX, declared_files, is_safe_name, shipped_folder


def parent_folders(folder: Path) -> tuple[Path, ...]:
    """Return where the parent of a spec in this folder may lie, in turn: beside it, one folder up, as shipped."""
    above = folder.parent if folder.name not in {"", ".."} else folder.resolve().parent
    return tuple(dict.fromkeys((folder, above, shipped_folder())))


def find_parent(name: str, folder: Path) -> Path | None:
    """Return the file that a spec in this folder extends by this name, or None where there is none."""
    if not is_safe_name(name):
        return None
    candidates = (place / f"{name}{SUFFIX}" for place in parent_folders(folder))
    return next((file for file in candidates if file.is_file()), None)


def parent_names(folder: Path) -> tuple[str, ...]:
    """Return the names of all files that a spec in this folder could extend."""
    return tuple(sorted({file.stem for place in parent_folders(folder) for file in _files(place)}))


def _files(folder: Path) -> tuple[Path, ...]:
    try:
        return declared_files(folder)
    except OSError:
        return ()
