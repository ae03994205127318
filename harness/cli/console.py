"""The two consoles: results go to stdout, progress and messages to stderr; it formats no result."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.markup import escape


def stdout() -> Console:
    """Return the console for results. Rich respects NO_COLOR, FORCE_COLOR and pipes."""
    return Console(highlight=False)


def stderr() -> Console:
    """Return the console for progress and messages."""
    return Console(stderr=True, highlight=False)


def is_interactive() -> bool:
    """Whether somebody watches stderr: a terminal, and no continuous integration, whatever colours are forced."""
    return sys.stderr.isatty() and "CI" not in os.environ


def say(sentence: str) -> None:
    """Print one message for the user to stderr, as it is, unwrapped."""
    stderr().print(escape(sentence), soft_wrap=True)


def warn(sentence: str) -> None:
    """Print one warning to stderr."""
    stderr().print(f"[yellow]warning:[/] {escape(sentence)}", soft_wrap=True)


def print_json(document: object, default: Callable[[Any], Any] = str) -> None:
    """Print one JSON document to stdout and nothing else."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, default=default) + "\n")
