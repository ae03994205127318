"""What an unquoted word stands for in YAML 1.2; it reads no structure.

The core schema of YAML 1.2.2 (section 10.3.2), without octal and hexadecimal numbers: nobody writes a number of
filters so, and as text they are told as a mistake.
"""

from __future__ import annotations

import re

from harness.declaration.written import WrittenFloat

MAX_DIGITS = 18

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def plain(text: str) -> object:
    """Return nothing, a truth value, a number, or the text itself; `ValueError` for a number beyond any use."""
    if _INT.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise ValueError(text)
        return int(text)
    if _FLOAT.fullmatch(text):
        return WrittenFloat(text)
    if _NO_NUMBER.fullmatch(text):
        return WrittenFloat(text.lower().replace(".", ""))
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    return None if _NULL.fullmatch(text) else text
