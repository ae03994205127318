"""What a saved Keras model says of itself: the JSON of a ``.keras`` file, or of ``model.to_json()``; no weights."""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

from harness.declaration.spec_error import one_line
from harness.errors import CannotImport

MEMBER = "config.json"
MOST_BYTES = 16 * 2**20
_UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, EOFError)


def saved_model(path: Path) -> dict[str, Any]:
    """Return the configuration of a saved model.

    Raises:
        CannotImport: There is no such file, or it is not a saved model.
    """
    try:
        text = _text(path)
        found = json.loads(text)
    except RecursionError:
        raise CannotImport(f"{path}: it is nested too deep; no model that Keras saves is") from None
    except _UNREADABLE as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        remedy = "give a .keras file, or what 'model.to_json()' returns; an .h5 file can be saved again as .keras"
        raise CannotImport(f"{path}: can't be read ({one_line(str(reason))}); {remedy}") from None
    if not isinstance(found, dict) or not isinstance(found.get("config"), dict | list) or "class_name" not in found:
        raise CannotImport(f"{path}: this is not a model's configuration; give what 'model.to_json()' returns")
    return found


def _text(path: Path) -> bytes:
    # Opening a pipe would wait for its writer: look first.
    if path.exists() and not path.is_file():
        raise ValueError("it is a folder" if path.is_dir() else "it is not a file")
    if not zipfile.is_zipfile(path):
        with path.open("rb") as stream:
            return _bounded(stream.read(MOST_BYTES + 1))
    with zipfile.ZipFile(path) as archive:
        if MEMBER not in archive.namelist():
            raise ValueError(f"there is no {MEMBER} in it")
        with archive.open(MEMBER) as stream:
            return _bounded(stream.read(MOST_BYTES + 1))


def _bounded(content: bytes) -> bytes:
    if len(content) > MOST_BYTES:
        raise ValueError(f"its configuration has more than {MOST_BYTES:,} bytes")
    return content
