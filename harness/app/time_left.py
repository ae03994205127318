"""How long a run will still take, learnt from its own events; reads no clock itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median

from harness.execute.engine import (
    EpochEnded,
    TrialBuilt,
    TrialEnded,
    TrialEvent,
    TrialRecordedElsewhere,
    TrialStarted,
    Waiting,
)
from harness.planning.forecast import Forecast, makespan, modelled_epoch_seconds
from harness.planning.plan import Plan
from harness.planning.trial import Trial


class TimeLeft:
    """Feed it each event with the time at which it came; ask it for the seconds left at any time."""

    def __init__(self, plan: Plan, jobs: int) -> None:
        self._pending = [planned.trial for planned in plan.pending]
        self._evaluated = plan.evaluated
        self._forecast = plan.forecast
        self._jobs = jobs
        self._running: dict[str, _Underway] = {}
        self._measured: dict[str, list[float]] = {}
        self._modelled: dict[str, float] = {}

    def observe(self, event: TrialEvent, now: float) -> None:
        """Learn from an event that came at ``now`` seconds of any one clock."""
        if not isinstance(event, Waiting) and event.trial.name in self._evaluated:
            self._pending = [other for other in self._pending if other.name != event.trial.name]
            return
        match event:
            case TrialStarted(trial):
                self._pending = [other for other in self._pending if other.name != trial.name]
                self._running[trial.name] = _Underway(trial, now)
            case TrialBuilt(trial, resumed_epochs):
                self._running[trial.name] = _Underway(trial, now, resumed_epochs)
            case EpochEnded(trial, measurement):
                done = max(measurement.epoch, self._running[trial.name].done or 0)
                self._running[trial.name] = _Underway(trial, now, done)
                self._measure(trial, measurement.train_seconds + measurement.evaluation_seconds)
            case TrialEnded(trial) | TrialRecordedElsewhere(trial):
                self._pending = [other for other in self._pending if other.name != trial.name]
                self._running.pop(trial.name, None)
            case _:
                pass

    def seconds(self, now: float) -> float:
        """Return the seconds left: the running trials' rest, then the pending ones on the first free place."""
        busy = [underway.seconds_left(self._forecast, now) for underway in list(self._running.values())]
        return makespan(list(map(self._whole, self._pending)), self._jobs, busy)

    def _whole(self, trial: Trial) -> float:
        """Return the seconds of a trial from its start; it takes no more than that where nothing is trained."""
        evaluated = trial.name in self._evaluated
        return self._forecast.start_up_seconds if evaluated else self._forecast.trial_seconds(trial)

    def _measure(self, trial: Trial, seconds: float) -> None:
        self._measured.setdefault(trial.fingerprint, []).append(seconds)
        self._modelled.setdefault(trial.fingerprint, modelled_epoch_seconds(trial))
        measured = {fingerprint: median(values) for fingerprint, values in self._measured.items()}
        speeds = [self._modelled[fingerprint] / value for fingerprint, value in measured.items() if value > 0]
        self._forecast = replace(
            self._forecast,
            epoch_seconds={**self._forecast.epoch_seconds, **measured},
            speed=median(speeds) if speeds else self._forecast.speed,
        )


@dataclass(frozen=True)
class _Underway:
    """A running trial: since when it works on the next epoch, and how many are done; None while it is not built."""

    trial: Trial
    since: float
    done: int | None = None

    def seconds_left(self, forecast: Forecast, now: float) -> float:
        start_up = forecast.start_up_seconds if self.done is None else 0.0
        epochs = self.trial.epochs - (self.done or 0)
        return max(0.0, start_up + epochs * forecast.epoch_seconds_of(self.trial) - (now - self.since))
