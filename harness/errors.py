"""Every message a user can be given about bad input or a bad day; it raises nothing and prints nothing itself."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


class BenchError(Exception):
    """A sentence for the user: where, what, and how to mend it.

    The command line prints it without a traceback and exits with ``exit_code``.
    """

    exit_code = 2


def nearest(name: str, known: Sequence[str]) -> str:
    """Return ``; did you mean 'a' or 'b'?`` for the known names like ``name``, or nothing."""
    matches = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(repr(match) for match in matches)}?" if matches else ""
