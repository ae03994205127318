"""What a verb reports while it works, and how much of it is wanted; draws nothing and imports nothing heavy."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from harness.data.fetching import OnEvent
    from harness.execute.engine import TrialEvent
    from harness.planning.plan import Plan


class ProgressMode(StrEnum):
    """How progress is shown."""

    AUTO = "auto"
    LIVE = "live"
    PLAIN = "plain"
    JSON = "json"
    NONE = "none"

    @property
    def has_sentences(self) -> bool:
        """Whether messages may stand on stderr: not among events for programs, nor where silence is asked for."""
        return self not in {ProgressMode.JSON, ProgressMode.NONE}


class Progress(Protocol):
    """Takes what a verb reports: warnings, messages, the bytes of a download, the events of a training."""

    def warn(self, sentence: str) -> None:
        """Report what the user should know of although the verb goes on."""

    def say(self, sentence: str) -> None:
        """Report a step."""

    def fetching(self) -> AbstractContextManager[OnEvent]:
        """Give the function that takes the events of a download; data in the cache causes none."""

    def training(self, plan: Plan, jobs: int) -> AbstractContextManager[Callable[[TrialEvent], None]]:
        """Give the function that takes the events of the plan's training, ``jobs`` trials at once."""


class Silent:
    """Reports warnings alone, as Python's: for programs that show progress themselves, or none."""

    def warn(self, sentence: str) -> None:
        """Raise a Python warning, which notebooks show and tests can turn into an error."""
        warnings.warn(sentence, stacklevel=2)

    def say(self, sentence: str) -> None:
        """Do nothing."""

    def fetching(self) -> AbstractContextManager[OnEvent]:
        """Give a function that does nothing."""
        return nullcontext(lambda _: None)

    def training(self, plan: Plan, jobs: int) -> AbstractContextManager[Callable[[TrialEvent], None]]:
        """Give a function that does nothing."""
        del plan, jobs
        return nullcontext(lambda _: None)


SILENT = Silent()
