"""One thing that was looked at, how it stands, and what to do about it; looks at nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class State(StrEnum):
    """How a thing stands: a problem would stop a run, advice would make it better."""

    FINE = "fine"
    ADVICE = "advice"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Diagnosis:
    """What was found, in words; ``remedy`` is what to do, where there is something."""

    subject: str
    state: State
    what: str
    remedy: str | None = None


def fine(subject: str, what: str) -> Diagnosis:
    """Return a diagnosis that asks for nothing."""
    return Diagnosis(subject, State.FINE, what)


def advice(subject: str, what: str, remedy: str) -> Diagnosis:
    """Return a diagnosis that a run survives."""
    return Diagnosis(subject, State.ADVICE, what, remedy)


def problem(subject: str, what: str, remedy: str) -> Diagnosis:
    """Return a diagnosis that would stop a run."""
    return Diagnosis(subject, State.PROBLEM, what, remedy)


def below_home(path: Path) -> str:
    """Return the path with the home folder as ``~``: what the doctor says is pasted into public places."""
    absolute = path.expanduser().absolute()
    try:
        return str(Path("~") / absolute.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(absolute)


def gigabytes(number: float) -> str:
    """Return bytes with their unit."""
    return f"{number / 2**30:.1f} GiB"
