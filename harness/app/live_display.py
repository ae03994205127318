"""The standings of a run while it goes on: what each network's trials gave so far; prints nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from statistics import mean, median

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table
from rich.text import Text

from harness.app.displays import at_most, headline_label, outcome_label
from harness.app.time_left import TimeLeft
from harness.evaluations.metric import HEADLINE
from harness.execute.engine import (
    EpochEnded,
    TrialBuilt,
    TrialCompiling,
    TrialEnded,
    TrialEvent,
    TrialRecordedElsewhere,
    TrialStarted,
    Waiting,
)
from harness.planning.plan import Plan
from harness.planning.trial import Trial
from harness.records.record import EpochMeasurement
from harness.reporting import numbers
from harness.reporting.numbers import duration
from harness.statistics.samples import estimate

# What the other columns and the gaps between them leave of 80 columns.
NAME_WIDTH = 36


@dataclass
class NetworkTrials:
    """The trials of one network that ended: the headline after their last epoch, seconds of all epochs."""

    name: str
    failed: int = 0
    values: list[float] = field(default_factory=list)
    epoch_seconds: list[float] = field(default_factory=list)

    def add(self, epochs: tuple[EpochMeasurement, ...]) -> None:
        """Count one more trial."""
        value = HEADLINE.known_of(epochs[-1])
        self.values += [] if value is None else [value]
        self.epoch_seconds += [epoch.train_seconds for epoch in epochs]

    @property
    def merit(self) -> float:
        """What rows are ordered by."""
        return HEADLINE.metric.merit(mean(self.values)) if self.values else float("-inf")

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The row's texts."""
        seeds = f"{len(self.values)}, {self.failed} failed" if self.failed else str(len(self.values))
        seconds = numbers.seconds(median(self.epoch_seconds)) if self.epoch_seconds else numbers.UNKNOWN
        return self.name, seeds, numbers.plus_minus(HEADLINE.metric, estimate(self.values)), seconds


class Board:
    """Takes trials as they end, and shows the networks best first; those that share trials have one row."""

    def __init__(self) -> None:
        self._rows: dict[str, NetworkTrials] = {}

    def observe(self, event: TrialEnded) -> None:
        """Take what a trial gave."""
        row = self._rows.setdefault(event.trial.fingerprint, NetworkTrials(_name(event.trial)))
        measurement = event.outcome.measurement
        if event.outcome.failure:
            row.failed += 1
        elif measurement and measurement.epochs:
            row.add(measurement.epochs)

    def table(self, most: int) -> Table | None:
        """Return the ``most`` best rows; None before the first trial has ended, or where there is no room."""
        if not self._rows or most < 1:
            return None
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        table.add_column("Trained in this run", width=NAME_WIDTH, no_wrap=True, overflow="ellipsis")
        table.add_column("Seeds", justify="right", no_wrap=True)
        table.add_column(numbers.headed(HEADLINE.metric, HEADLINE.heading), justify="right", no_wrap=True)
        table.add_column("s/epoch", justify="right", no_wrap=True)
        rows = [*self._rows.values()]  # at once: the display has a thread of its own
        rows.sort(key=lambda row: -row.merit)
        for row in rows[:most]:
            table.add_row(*map(Text, row.cells))
        if rows[most:]:
            table.add_row(Text(f"and {len(rows) - most} more", style="dim"))
        return table


def _name(trial: Trial) -> str:
    first, *others = trial.architectures
    return f"{first} (+{len(others)})" if others else first


def _first(resumed: int) -> str:
    """Return what a trial begins with."""
    return f"resumed after epoch {resumed}" if resumed else "first epoch"


# Of a terminal's height: the standings' heading, "and 3 more", a blank line, the bar, and the trial that ended last.
OTHER_LINES = 6


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
        self.evaluated = plan.evaluated
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
                    "evaluating" if trial.name in self.evaluated else _first(resumed),
                )
            case EpochEnded(trial, measurement):
                self.bar.advance(self.task)
                if trial.name in self.evaluated:
                    return
                self.running[trial.name] = (
                    trial,
                    f"epoch {measurement.epoch}/{at_most(trial)}{trial.epochs}  {headline_label(measurement)}",
                )
            case TrialEnded(trial, outcome):
                if outcome.trained or outcome.failure:
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
