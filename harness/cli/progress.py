"""Shows a run as it goes, on stderr: a live display, plain lines, JSON events or nothing; trains nothing."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table
from rich.text import Text

from harness.cli.console import is_interactive, stderr
from harness.cli.events import event_json, outcome_label, trial_label
from harness.cli.texts import duration

if TYPE_CHECKING:
    from harness.execute.engine import TrialEvent
    from harness.execute.time_left import TimeLeft
    from harness.plan.plan import Plan
    from harness.plan.trial import Trial


class ProgressMode(StrEnum):
    """How progress is shown."""

    AUTO = "auto"
    LIVE = "live"
    PLAIN = "plain"
    JSON = "json"
    NONE = "none"

    @property
    def has_sentences(self) -> bool:
        """Whether sentences may stand on stderr: not among events for programs, and not where silence is asked for."""
        return self not in {ProgressMode.JSON, ProgressMode.NONE}


class Display(Protocol):
    """Shows one event after the other."""

    def show(self, event: TrialEvent) -> None:
        """Show the event."""


@contextmanager
def shown_run(mode: ProgressMode, plan: Plan, time_left: TimeLeft) -> Iterator[Display]:
    """Give the display for the mode; `auto` is live on a terminal and plain lines elsewhere."""
    console = stderr()
    if mode is ProgressMode.AUTO:
        mode = ProgressMode.LIVE if is_interactive() else ProgressMode.PLAIN
    if mode is ProgressMode.LIVE:
        live = LiveDisplay(console, plan, time_left)
        with live.live:
            yield live
    elif mode is ProgressMode.PLAIN:
        yield PlainDisplay(console, plan, time_left)
    else:
        yield JsonDisplay() if mode is ProgressMode.JSON else NoDisplay()


class NoDisplay:
    """Shows nothing."""

    def show(self, event: TrialEvent) -> None:
        """Do nothing."""


class JsonDisplay:
    """One JSON object per line on stderr, for programs that watch."""

    def __init__(self) -> None:
        self.last: TrialEvent | None = None

    def show(self, event: TrialEvent) -> None:
        """Write the event's line; waiting is told once, not twice a second."""
        if event != self.last:
            sys.stderr.write(json.dumps(event_json(event)) + "\n")
            sys.stderr.flush()
        self.last = event


class PlainDisplay:
    """A line when a trial starts, and one when it ends, with the time left."""

    def __init__(self, console: Console, plan: Plan, time_left: TimeLeft) -> None:
        self.console = console
        self.total = len(plan.pending)
        self.ended = 0
        self.waiting = False
        self.time_left = time_left

    def show(self, event: TrialEvent) -> None:
        """Print the event's line, if it has one."""
        from harness.execute.engine import TrialEnded, TrialRecordedElsewhere, TrialStarted, Waiting

        self.time_left.hear(event, time.monotonic())
        match event:
            case TrialStarted(trial):
                self._print(f"training  {trial_label(trial)}, {trial.epochs} epochs")
            case TrialEnded(trial, outcome):
                self.ended += 1
                left = duration(self.time_left.seconds(time.monotonic()))
                self._print(f"{outcome_label(trial, outcome)}  [{self.ended}/{self.total}, {left} left]")
            case TrialRecordedElsewhere(trial):
                self.ended += 1
                self._print(f"recorded  {trial_label(trial)} by another run  [{self.ended}/{self.total}]")
            case Waiting() if not self.waiting:
                self.waiting = True
                self._print("waiting for trials that another run is training")
            case _:
                pass

    def _print(self, line: str) -> None:
        self.console.print(escape(line), soft_wrap=True)


class LiveDisplay:
    """Finished trials scroll above; below, a line per running trial and a bar for the whole with the time left."""

    def __init__(self, console: Console, plan: Plan, time_left: TimeLeft) -> None:
        self.console = console
        self.time_left = time_left
        self.running: dict[str, tuple[Trial, str]] = {}
        self.waiting = False
        self.bar = Progress(
            TextColumn("{task.fields[text]}"), BarColumn(bar_width=24), TaskProgressColumn(), console=console
        )
        epochs = sum(planned.trial.epochs for planned in plan.pending)
        self.task = self.bar.add_task("", total=epochs, text="")
        self.live = Live(get_renderable=self.render, console=console, refresh_per_second=4, transient=True)

    def show(self, event: TrialEvent) -> None:
        """Update the lines; print what has ended above them."""
        from harness.execute.engine import (
            EpochEnded,
            TrialBuilt,
            TrialEnded,
            TrialRecordedElsewhere,
            TrialStarted,
            Waiting,
        )

        self.time_left.hear(event, time.monotonic())
        match event:
            case TrialStarted(trial):
                self.running[trial.name] = (trial, "starting")
            case TrialBuilt(trial, resumed):
                self.running[trial.name] = (
                    trial,
                    f"resumed after epoch {resumed}" if resumed else "first epoch",
                )
            case EpochEnded(trial, measurement):
                self.bar.advance(self.task)
                accuracy = f"test {measurement.value('test', 'accuracy'):.2%}"
                self.running[trial.name] = (trial, f"epoch {measurement.epoch}/{trial.epochs}  {accuracy}")
            case TrialEnded(trial, outcome):
                self.running.pop(trial.name, None)
                missing = trial.epochs - (len(outcome.measurement.epochs) if outcome.measurement else 0)
                self.bar.advance(self.task, missing)
                self.console.print(outcome_label(trial, outcome), markup=False, overflow="ellipsis", no_wrap=True)
            case TrialRecordedElsewhere(trial):
                self.bar.advance(self.task, trial.epochs)
                self.console.print(f"recorded  {trial_label(trial)} by another run", markup=False)
            case _:
                pass
        self.waiting = isinstance(event, Waiting)

    def render(self) -> Group:
        """Return the lines as they stand."""
        lines = Table.grid(padding=(0, 2))
        for trial, state in list(self.running.values()):  # the display has a thread of its own
            lines.add_row(Text(trial_label(trial), overflow="ellipsis", no_wrap=True), Text(state, no_wrap=True))
        left = duration(self.time_left.seconds(time.monotonic()))
        text = "waiting for another run's trials" if self.waiting else f"about {left} left"
        self.bar.update(self.task, text=text)
        return Group(lines, self.bar)
