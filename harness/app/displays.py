"""Shows a training as it goes: a live display, plain lines, JSON events or nothing; trains nothing."""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any

from rich.console import Console
from rich.markup import escape

from harness.app.time_left import TimeLeft
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
from harness.planning.plan import Plan
from harness.planning.trial import Trial
from harness.records.record import EpochMeasurement
from harness.reporting.numbers import duration, listed, measured, plural, with_unit

# After which a plain display says that a trial still compiles, and again after twice as long.
COMPILING_SECONDS = 20.0


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
        self.evaluated = plan.evaluated
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
            case TrialStarted(trial) if trial.name in self.evaluated:
                self._print(f"evaluating {trial.label}, with the weights that were kept")
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


def at_most(trial: Trial) -> str:
    """Return what comes before the number of a trial's epochs: its recipe may end the training earlier."""
    return "at most " if trial.may_stop else ""


def outcome_label(trial: Trial, outcome: Outcome) -> str:
    """Return one line on what the trial gave."""
    if outcome.failure:
        return f"failed    {trial.label}: {outcome.failure.reason}"
    if outcome.measurement is None:
        return f"ended     {trial.label}"
    if not outcome.trained:
        return f"evaluated {trial.label}: {listed(trial.evaluations_asked_for)}"
    epochs = outcome.measurement.epochs
    last = epochs[trial.computation.counted(epochs) - 1]
    seconds = sum(epoch.train_seconds for epoch in outcome.measurement.epochs)
    after = f"{plural(last.epoch, 'epoch')}{_of(last, len(epochs))}"
    return f"trained   {trial.label}: {headline_label(last)} after {after}, {seconds:.1f} s"


def _of(counted: EpochMeasurement, epochs: int) -> str:
    """Return of how many epochs one was chosen, where it is not the last."""
    return f" of {epochs}" if counted.epoch < epochs else ""


def headline_label(epoch: EpochMeasurement) -> str:
    """Return the headline's value after an epoch, with its name and its unit."""
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
