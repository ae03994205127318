"""Shows a verb's progress with Rich, on a terminal's stderr or in a notebook; computes nothing."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment

from harness.app.progress import ProgressMode

if TYPE_CHECKING:  # harness.data imports NumPy, which verbs that need no data do without
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from harness.data.fetching import FetchEvent, OnEvent
    from harness.execute.engine import TrialEvent
    from harness.planning.plan import Plan


# What moves a cursor, rings, or turns text around, but for line breaks and tabs.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class SafeConsole(Console):
    """A console that shows control characters instead of sending them: names and reasons come from anybody's files."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the segments; those of Rich itself, which colour and move, stay as they are."""
        for segment in super().render(renderable, options):
            if segment.control is None and CONTROLS.search(segment.text):
                yield Segment(CONTROLS.sub(_shown, segment.text), segment.style)
            else:
                yield segment


def _shown(control: re.Match[str]) -> str:
    """Return a control character as Python writes it."""
    return control[0].encode("unicode_escape").decode("ascii")


def stderr() -> Console:
    """Return the console for progress and messages. Rich respects NO_COLOR, FORCE_COLOR, pipes and notebooks."""
    return SafeConsole(stderr=True, highlight=False, emoji=False)


def is_watched(console: Console) -> bool:
    """Whether somebody watches: a terminal outside continuous integration, whatever colours are forced, or a notebook.

    A notebook without ipywidgets can't redraw what it has shown.
    """
    if console.is_jupyter:
        return find_spec("ipywidgets") is not None
    return sys.stderr.isatty() and "CI" not in os.environ


@dataclass(frozen=True)
class Shown:
    """Progress as people, or with ``json`` programs, see it.

    Args:
        mode: How the training is shown; ``auto`` is live where somebody watches and plain lines elsewhere.
        console: Where to.
    """

    mode: ProgressMode = ProgressMode.AUTO
    console: Console = field(default_factory=stderr)

    def warn(self, sentence: str) -> None:
        """Print one warning, in every mode."""
        self.console.print(f"[yellow]warning:[/] {escape(sentence)}", soft_wrap=True)

    def say(self, sentence: str) -> None:
        """Print one message as it is, unwrapped, unless silence is asked for."""
        if self.mode.has_sentences:
            self.console.print(escape(sentence), soft_wrap=True)

    def fetching(self) -> AbstractContextManager[OnEvent]:
        """Show a download's notices as lines and its bytes as a bar."""
        return _download(self.console) if self.mode.has_sentences else nullcontext(lambda _: None)

    def training(self, plan: Plan, jobs: int) -> AbstractContextManager[Callable[[TrialEvent], None]]:
        """Show the training's events as the mode says."""
        mode = self.mode
        if mode is ProgressMode.AUTO:
            mode = ProgressMode.LIVE if is_watched(self.console) else ProgressMode.PLAIN
        return _training(mode, self.console, plan, jobs)


@contextmanager
def _training(mode: ProgressMode, console: Console, plan: Plan, jobs: int) -> Iterator[Callable[[TrialEvent], None]]:
    from harness.app.displays import JsonLines, PlainDisplay
    from harness.app.live_display import LiveDisplay
    from harness.app.time_left import TimeLeft

    if mode is ProgressMode.LIVE:
        live = LiveDisplay(console, plan, TimeLeft(plan, jobs))
        with live.live:
            yield live.show
    elif mode is ProgressMode.PLAIN:
        plain = PlainDisplay(console, plan, TimeLeft(plan, jobs))
        try:
            yield plain.show
        finally:
            plain.close()
    elif mode is ProgressMode.JSON:
        yield JsonLines().show
    else:
        yield lambda _: None


@contextmanager
def _download(console: Console) -> Iterator[OnEvent]:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not is_watched(console))
    tasks: dict[str, TaskID] = {}

    def show(event: FetchEvent) -> None:
        from harness.data.fetching import FetchNotice

        if isinstance(event, FetchNotice):
            _end(bar, tasks)
            console.print(escape(event.text), soft_wrap=True)
            return
        if event.source not in tasks:
            bar.start()  # only now, so that nothing is drawn where nothing is fetched
            tasks[event.source] = bar.add_task(escape(event.source.rsplit("/", 1)[-1]), total=None)
        bar.update(tasks[event.source], completed=event.done_bytes, total=event.total_bytes)

    try:
        yield show
    finally:
        bar.stop()


def _end(bar: Bar, tasks: dict[str, TaskID]) -> None:
    for task in tasks.values():
        bar.remove_task(task)
    tasks.clear()
