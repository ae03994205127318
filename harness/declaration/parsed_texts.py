"""The plain data of YAML texts that were parsed before, kept in the user's cache folder; it parses no YAML itself.

Parsing takes 10 ms a page, ten times as long as all else that reading a file takes. Data is kept under the digest of
its text. Places are not: only a mistake needs them, and a text with a mistake is parsed in full.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from harness.declaration.disk_cache import keep_bytes, kept_bytes
from harness.declaration.values import WrittenFloat

# Part of the files' names, to be raised when the same text comes to mean other data.
VERSION = 1


def kept_data(text: str) -> Any:  # noqa: ANN401 - whatever a text can say
    """Return the data that the text was found to hold; None where that is not known."""
    written = kept_bytes(_name(text))
    return None if written is None else json.loads(written, parse_float=WrittenFloat)


def keep(text: str, data: object) -> None:
    """Keep the data of a text; a cache that can't be written only makes the next reading slower."""
    written = _written(data)
    try:
        json.loads(written)
    except ValueError:  # a number that JSON has no form for, such as '.5'
        return
    keep_bytes(_name(text), written.encode())


def _written(data: object) -> str:
    """Return JSON in which each number stands as it was written."""
    match data:
        case dict():
            return f"{{{', '.join(f'{json.dumps(key)}: {_written(value)}' for key, value in data.items())}}}"
        case list():
            return f"[{', '.join(map(_written, data))}]"
        case WrittenFloat():
            return data.text
    return json.dumps(data)


def _name(text: str) -> str:
    return f"texts/{hashlib.sha256(text.encode()).hexdigest()}-{VERSION}.json"
