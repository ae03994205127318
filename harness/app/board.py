"""The standings of a run while it goes on: what each network's trials gave so far; prints nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import mean, median

from rich.table import Table
from rich.text import Text

from harness.evaluations.metric import HEADLINE
from harness.execute.engine import TrialEnded
from harness.planning.trial import Trial
from harness.records.record import EpochMeasurement
from harness.reporting import numbers
from harness.statistics.samples import estimate

# What the other columns and the gaps between them leave of 80 columns.
NAME_WIDTH = 36


@dataclass
class Row:
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
        self._rows: dict[str, Row] = {}

    def observe(self, event: TrialEnded) -> None:
        """Take what a trial gave."""
        row = self._rows.setdefault(event.trial.fingerprint, Row(_name(event.trial)))
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
