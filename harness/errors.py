"""Every message a user can be given about bad input or a bad day; it raises nothing and prints nothing itself."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path


class BenchError(Exception):
    """A sentence for the user: where, what, and how to mend it.

    The command line prints it without a traceback and exits with ``exit_code``.
    """

    exit_code = 2

    @property
    def markup(self) -> str:
        """The sentence for a Rich console, its own brackets escaped."""
        return str(self).replace("[", r"\[")


def nearest(name: str, known: Sequence[str]) -> str:
    """Return ``; did you mean 'a' or 'b'?`` for the known names like ``name``, or nothing."""
    matches = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(repr(match) for match in matches)}?" if matches else ""


class CannotWrite(BenchError):
    """A file could not be written: full disk, missing permission, no folder."""

    def __init__(self, path: Path, error: OSError) -> None:
        reason = error.strerror or str(error)
        super().__init__(
            f"{path}: can't be written: {reason}; nothing is half-written: make room or choose another folder"
        )


class UnknownSeeds(BenchError):
    """The text given as seeds is not a count, a list or a range."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(
            f"--seeds {text!r}: {reason}; give a count (5), a list (0,3,7) or a range (0-9) of whole numbers from 0"
        )


class Interrupted(BenchError):
    """The user ended the command; nothing is lost."""

    exit_code = 130

    def __init__(self, finished: int, pending: int) -> None:
        super().__init__(
            f"interrupted: {finished} trial{'s' if finished != 1 else ''} recorded in this run, "
            f"{pending} still to train; the same command resumes"
        )


class NothingSelected(BenchError):
    """`bench run` without a name."""

    def __init__(self) -> None:
        super().__init__("nothing selected: name architectures (bench run 000_convnet, bench run '00*') or say --all")


class UnknownDuration(BenchError):
    """The text given as a duration is none."""

    def __init__(self, text: str) -> None:
        super().__init__(f"--timeout {text!r}: is no duration; give seconds (90), minutes (30m) or hours (1h30m)")
