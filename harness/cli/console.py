"""The two consoles: results go to stdout, progress and messages to stderr; it formats no result."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape

from harness.app.console import SafeConsole, stderr


def stdout() -> Console:
    """Return the console for results. Rich respects NO_COLOR, FORCE_COLOR and pipes."""
    return SafeConsole(highlight=False, emoji=False)


def say(sentence: str) -> None:
    """Print one message for the user to stderr, as it is, unwrapped."""
    stderr().print(escape(sentence), soft_wrap=True)


def print_lines(lines: Iterable[str]) -> None:
    """Print lines to stdout as they are."""
    for line in lines:
        stdout().print(line, markup=False, soft_wrap=True)


def print_json(document: object, default: Callable[[Any], Any] = str) -> None:
    """Print one JSON document to stdout and nothing else; characters that it can't hold are escaped."""
    text = json.dumps(document, indent=2, ensure_ascii=False, default=default)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(document, indent=2, default=default)
    sys.stdout.write(text + "\n")
