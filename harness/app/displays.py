"""Shows a training as it goes: a live display, plain lines, JSON events or nothing; trains nothing."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table
from rich.text import Text

from harness.app.board import Board
from harness.app.progress import ProgressMode
from harness.evaluations.metric import HEADLINE
from harness.execute.engine import (
    EpochEnded,
    Outcome,
    TrialBuilt,
    TrialCompiling,
    TrialEnded,
    TrialEvent,
    TrialRecordedElsewhere,
    TrialStarted,
    Waiting,
)
from harness.execute.time_left import TimeLeft
from harness.planning.plan import Plan
from harness.planning.trial import Trial
from harness.records.record import EpochMeasurement
from harness.reporting.numbers import duration, measured, plural, with_unit

# Of a terminal's height: the standings' heading, "and 3 more", a blank line, the bar, and the trial that ended last.
OTHER_LINES = 6
# After which a plain display says that a trial still compiles, and again after twice as long.
COMPILING_SECONDS = 20.0


@contextmanager
def display(
    mode: ProgressMode, console: Console, plan: Plan, time_left: TimeLeft
) -> Iterator[Callable[[TrialEvent], None]]:
    """Give the function that shows the training's events in this mode."""
    if mode is ProgressMode.LIVE:
        live = LiveDisplay(console, plan, time_left)
        with live.live:
            yield live.show
    elif mode is ProgressMode.PLAIN:
        plain = PlainDisplay(console, plan, time_left)
        try:
            yield plain.show
        finally:
            plain.close()
    elif mode is ProgressMode.JSON:
        yield JsonLines().show
    else:
        yield lambda _: None


class JsonLines:
    """One JSON object per line on stderr, for programs that watch."""

    def __init__(self) -> None:
        self.last: TrialEvent | None = None

    def show(self, event: TrialEvent) -> None:
        """Write the event's line; waiting is reported once, not twice a second."""
        if event != self.last:
            sys.stderr.write(json.dumps(event_json(event)) + "\n")
            sys.stderr.flush()
        self.last = event


class PlainDisplay:
    """A line when a trial starts, and one when it ends, with the time left; more only while one compiles for long."""

    def __init__(self, console: Console, plan: Plan, time_left: TimeLeft) -> None:
        self.console = console
        self.total = len(plan.pending)
        self.ended = 0
        self.waiting = False
        self.time_left = time_left
        self._compiling: dict[str, threading.Timer] = {}

    def show(self, event: TrialEvent) -> None:
        """Print the event's line, if it has one."""
        self.time_left.observe(event, time.monotonic())
        if isinstance(event, TrialBuilt | TrialEnded):
            self._compiled(event.trial.name)
        match event:
            case TrialStarted(trial):
                self._print(f"training  {trial.label}, {at_most(trial)}{plural(trial.epochs, 'epoch')}")
            case TrialCompiling(trial):
                self._watch(trial, COMPILING_SECONDS)
            case TrialBuilt(trial, _, str(warning)):
                self._print(f"warning: {trial.label}: {warning}")
            case TrialEnded(trial, outcome):
                self.ended += 1
                left = duration(self.time_left.seconds(time.monotonic()))
                self._print(f"{outcome_label(trial, outcome)}  [{self.ended}/{self.total}, {left} left]")
            case TrialRecordedElsewhere(trial):
                self.ended += 1
                self._print(f"recorded  {trial.label} by another run  [{self.ended}/{self.total}]")
            case Waiting() if not self.waiting:
                self.waiting = True
                self._print("waiting for trials that another run is training")
            case _:
                pass

    def close(self) -> None:
        """Say no more of what compiles."""
        for name in list(self._compiling):
            self._compiled(name)

    def _watch(self, trial: Trial, seconds: float) -> None:
        """Say after so many seconds that the trial still compiles: nothing else comes of it until it has."""

        def say() -> None:
            self._print(f"compiling {trial.label}, which takes long")
            if trial.name in self._compiling:
                self._watch(trial, 2 * seconds)

        timer = self._compiling[trial.name] = threading.Timer(seconds, say)
        timer.daemon = True
        timer.start()

    def _compiled(self, name: str) -> None:
        timer = self._compiling.pop(name, None)
        if timer is not None:
            timer.cancel()

    def _print(self, line: str) -> None:
        self.console.print(escape(line), soft_wrap=True)


class LiveDisplay:
    """Finished trials scroll above; below, the standings so far, a line per running trial and a bar for the whole."""

    def __init__(self, console: Console, plan: Plan, time_left: TimeLeft) -> None:
        self.console = console
        self.time_left = time_left
        self.running: dict[str, tuple[Trial, str]] = {}
        self.waiting = False
        self.board = Board()
        self.bar = Progress(
            TextColumn("{task.fields[text]}"), BarColumn(bar_width=24), TaskProgressColumn(), console=console
        )
        epochs = sum(planned.trial.epochs for planned in plan.pending)
        self.task = self.bar.add_task("", total=epochs, text="")
        self.live = Live(get_renderable=self.render, console=console, refresh_per_second=4, transient=True)

    def show(self, event: TrialEvent) -> None:
        """Update the lines; print what has ended above them."""
        self.time_left.observe(event, time.monotonic())
        match event:
            case TrialStarted(trial):
                self.running[trial.name] = (trial, "starting and building")
            case TrialCompiling(trial):
                self.running[trial.name] = (trial, "compiling")
            case TrialBuilt(trial, resumed, warning):
                if warning:
                    self.console.print(f"warning: {trial.label}: {warning}", markup=False, soft_wrap=True)
                self.running[trial.name] = (
                    trial,
                    f"resumed after epoch {resumed}" if resumed else "first epoch",
                )
            case EpochEnded(trial, measurement):
                self.bar.advance(self.task)
                self.running[trial.name] = (
                    trial,
                    f"epoch {measurement.epoch}/{at_most(trial)}{trial.epochs}  {_headline(measurement)}",
                )
            case TrialEnded(trial, outcome):
                self.board.observe(event)
                self.running.pop(trial.name, None)
                missing = trial.epochs - (len(outcome.measurement.epochs) if outcome.measurement else 0)
                self.bar.advance(self.task, missing)
                self.console.print(outcome_label(trial, outcome), markup=False, overflow="ellipsis", no_wrap=True)
            case TrialRecordedElsewhere(trial):
                self.bar.advance(self.task, trial.epochs)
                self.console.print(f"recorded  {trial.label} by another run", markup=False)
            case _:
                pass
        self.waiting = isinstance(event, Waiting)

    def render(self) -> Group:
        """Return the lines as they stand."""
        lines = Table.grid(padding=(0, 2))
        running = list(self.running.values())  # the display has a thread of its own
        for trial, state in running:
            lines.add_row(Text(trial.label, overflow="ellipsis", no_wrap=True), Text(state, no_wrap=True))
        left = duration(self.time_left.seconds(time.monotonic()))
        text = "waiting for another run's trials" if self.waiting else f"about {left} left"
        self.bar.update(self.task, text=text)
        standings = self.board.table(self.console.height - len(running) - OTHER_LINES)
        above: tuple[RenderableType, ...] = (standings, "") if standings else ()
        return Group(*above, lines, self.bar)


def at_most(trial: Trial) -> str:
    """Return what comes before the number of a trial's epochs: its recipe may end the training earlier."""
    return "at most " if trial.may_stop else ""


def outcome_label(trial: Trial, outcome: Outcome) -> str:
    """Return one line on what the trial gave."""
    if outcome.failure:
        return f"failed    {trial.label}: {outcome.failure.reason}"
    if outcome.measurement is None:
        return f"ended     {trial.label}"
    epochs = outcome.measurement.epochs
    last = epochs[trial.computation.counted(epochs) - 1]
    seconds = sum(epoch.train_seconds for epoch in outcome.measurement.epochs)
    after = f"{plural(last.epoch, 'epoch')}{_of(last, len(epochs))}"
    return f"trained   {trial.label}: {_headline(last)} after {after}, {seconds:.1f} s"


def _of(counted: EpochMeasurement, epochs: int) -> str:
    """Return of how many epochs one was chosen, where it is not the last."""
    return f" of {epochs}" if counted.epoch < epochs else ""


def _headline(epoch: EpochMeasurement) -> str:
    value = measured(HEADLINE.metric, HEADLINE.known_of(epoch))
    return f"{HEADLINE.title} {with_unit(HEADLINE.metric, value)}"


def event_json(event: TrialEvent) -> dict[str, Any]:
    """Return the event as plain values."""
    if isinstance(event, Waiting):
        return {"event": "waiting"}
    name, details = _named(event)
    return {"event": name, **event.trial.facts, **details}


def _named(event: TrialEvent) -> tuple[str, dict[str, Any]]:
    """Return the event's name and what only its kind has."""
    match event:
        case TrialStarted():
            return "started", {}
        case TrialCompiling():
            return "compiling", {}
        case TrialBuilt(_, resumed_epochs, warning):
            return "built", {"resumed_epochs": resumed_epochs, **({"warning": warning} if warning else {})}
        case EpochEnded(_, measurement):
            return "epoch", measurement.columns
        case TrialEnded(_, outcome):
            failure = outcome.failure
            return ("failed", failure.model_dump(mode="json")) if failure else ("finished", {})
        case _:
            return "recorded elsewhere", {}
