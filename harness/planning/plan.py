"""Which trials are needed, which are recorded, which are pending, and in what order; starts none of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from harness.planning.forecast import IMPORT_SECONDS, Forecast, makespan
from harness.planning.settings import DEFAULT_EVALUATIONS, Settings
from harness.planning.trial import Trial, trial_computation, trial_epochs
from harness.spec.architecture import Architecture


class Status(StrEnum):
    """Where a needed trial stands."""

    RECORDED = "recorded"
    PENDING = "pending"
    EXTEND = "extend"
    RETRY = "retry"


@dataclass(frozen=True)
class Recorded:
    """What the store knows of a trial: the epochs it finished, their evaluations, whether it failed in the end."""

    epochs: int
    failed: bool
    evaluations: tuple[str, ...] = DEFAULT_EVALUATIONS


@dataclass(frozen=True)
class PlannedTrial:
    """A trial, where it stands, and the seconds that it is expected to take from its start."""

    trial: Trial
    status: Status
    seconds: float


@dataclass(frozen=True)
class Plan:
    """All trials that a selection needs, in the order in which the pending ones start, and what predicted them."""

    trials: tuple[PlannedTrial, ...]
    forecast: Forecast = field(default_factory=Forecast)

    @property
    def pending(self) -> tuple[PlannedTrial, ...]:
        """The trials that are still to be trained."""
        return tuple(planned for planned in self.trials if planned.status is not Status.RECORDED)

    @property
    def shared(self) -> tuple[tuple[str, ...], ...]:
        """The groups of architectures that share trials, each once."""
        groups = dict.fromkeys(planned.trial.architectures for planned in self.trials)
        return tuple(group for group in groups if len(group) > 1)

    def seconds(self, jobs: int) -> float:
        """Return the wall seconds that the pending trials will take, ``jobs`` at a time."""
        if not self.pending:
            return 0.0
        return IMPORT_SECONDS + makespan([planned.seconds for planned in self.pending], jobs)


def make_plan(
    architectures: Iterable[Architecture],
    settings: Settings,
    recorded: Mapping[str, Recorded],
    forecast: Forecast,
) -> Plan:
    """Decide what is to be trained.

    Order: round-robin over the architectures within each seed, so that drift of the machine hits all alike,
    and the longest of a round first, so that no core idles at the end.

    Args:
        architectures: The selection.
        settings: Seeds and what else is held fixed.
        recorded: What is known, by ``Trial.name``.
        forecast: Predicts a trial's seconds.
    """
    planned = []
    for seed in settings.seeds:
        trials = [
            PlannedTrial(trial, trial_status(trial, recorded.get(trial.name)), forecast.trial_seconds(trial))
            for trial in needed_trials(architectures, settings, seed)
        ]
        planned += sorted(trials, key=lambda found: (-found.seconds, found.trial.fingerprint))
    return Plan(tuple(planned), forecast)


def needed_trials(architectures: Iterable[Architecture], settings: Settings, seed: int) -> Sequence[Trial]:
    """Return one trial per computation, up to the last epoch that any architecture asks of it."""
    trials: dict[str, Trial] = {}
    for architecture in architectures:
        computation = trial_computation(architecture, settings)
        epochs = trial_epochs(architecture, settings)
        known = trials.get(computation.fingerprint)
        readers = known.architectures if known else ()
        trials[computation.fingerprint] = Trial(
            computation=computation,
            seed=seed,
            epochs=max(epochs, known.epochs) if known else epochs,
            architectures=(*readers, architecture.name),
            evaluations=settings.evaluations,
        )
    return tuple(trials.values())


def trial_status(trial: Trial, known: Recorded | None) -> Status:
    """Return where the trial stands, given what the store knows of it."""
    if known is None:
        return Status.PENDING
    if known.epochs >= trial.epochs and set(trial.evaluations) <= set(known.evaluations):
        return Status.RECORDED
    return Status.RETRY if known.failed else Status.EXTEND
