"""Which trials are needed, which are recorded, which are pending, and in what order; starts none of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from harness.planning.forecast import IMPORT_SECONDS, Forecast, makespan
from harness.planning.settings import Settings
from harness.planning.trial import Due, Trial, due_evaluations, trial_computation, trial_epochs
from harness.spec.architecture import Architecture


class Status(StrEnum):
    """Where a needed trial stands; ``elsewhere``: recorded by another machine, whose bits are this one's.

    ``evaluate``: it is recorded, but lacks an evaluation, for which it is trained again to the same bits unless its
    weights were kept.
    """

    RECORDED = "recorded"
    PENDING = "pending"
    EXTEND = "extend"
    RETRY = "retry"
    EVALUATE = "evaluate"
    ELSEWHERE = "elsewhere"


# What is to be trained, unless another machine's record stands for it. A trial that failed here is tried again here.
TRAINABLE = frozenset({Status.PENDING, Status.EXTEND})


@dataclass(frozen=True)
class Recorded:
    """What the store knows of a trial: the epochs it finished, whether it failed in the end, and what was evaluated.

    ``environment`` is the id of the one that it was recorded in. ``stopped`` says that its recipe ended the training:
    there are no more epochs. ``unfinished`` says that it failed after the last epoch that it was asked for, as a
    process does that is killed before its last report. Where other weights than the last may count, ``counted`` are the
    epochs whose weights do after the first, the second and so on.
    """

    epochs: int
    failed: bool
    evaluations: frozenset[Due] = frozenset()
    environment: str | None = None
    stopped: bool = False
    unfinished: bool = False
    counted: tuple[int, ...] = ()

    def has(self, due: Due) -> bool:
        """Whether the evaluation is recorded of the weights that count after the epoch."""
        epoch = self.counted[min(due.epoch, len(self.counted)) - 1] if self.counted else due.epoch
        return Due(epoch, due.evaluation) in self.evaluations


@dataclass(frozen=True)
class RecordedElsewhere:
    """What other machines of the same numerics recorded, by ``Trial.name``.

    ``proven`` says by fingerprint over how many epochs a trial was found to have the same bits here as there.
    """

    recorded: Mapping[str, Recorded] = field(default_factory=dict)
    proven: Mapping[str, int] = field(default_factory=dict)

    def record_for(self, trial: Trial) -> Recorded | None:
        """Return what another machine recorded of the trial, if that is all of it."""
        known = self.recorded.get(trial.name)
        return known if trial_status(trial, known) is Status.RECORDED else None

    def proves(self, trial: Trial) -> bool:
        """Whether a trial of the same computation has the same bits here up to the trial's last epoch."""
        return self.proven.get(trial.fingerprint, 0) >= trial.epochs


@dataclass(frozen=True)
class PlannedTrial:
    """A trial, where it stands, and the seconds that it is expected to take from its start.

    ``environment`` is that of another machine's record, which stands for the trial or, where the trial is still to be
    trained, shows whether the bits here are those of there. ``from_weights`` says that a recorded trial is evaluated
    with the weights that were kept of it, and not trained again.
    """

    trial: Trial
    status: Status
    seconds: float
    environment: str | None = None
    from_weights: bool = False


@dataclass(frozen=True)
class Plan:
    """All trials that a selection needs, in the order in which the pending ones start, and what predicted them."""

    trials: tuple[PlannedTrial, ...]
    forecast: Forecast = field(default_factory=Forecast)

    @property
    def pending(self) -> tuple[PlannedTrial, ...]:
        """The trials that are still to be trained, or evaluated."""
        return tuple(planned for planned in self.trials if planned.status not in {Status.RECORDED, Status.ELSEWHERE})

    @property
    def standing(self) -> tuple[PlannedTrial, ...]:
        """The trials that stand as other machines recorded them, if ``checks`` have the same bits."""
        return tuple(planned for planned in self.trials if planned.status is Status.ELSEWHERE)

    @property
    def checks(self) -> tuple[PlannedTrial, ...]:
        """The trials to be trained that show whether the bits here are those of another machine."""
        return tuple(planned for planned in self.pending if planned.environment)

    def fallen(self, later: Plan) -> Plan:
        """Return what stood as recorded elsewhere and, by the later plan, is to be trained here after all."""
        stood = {planned.trial.name for planned in self.standing}
        return Plan(tuple(planned for planned in later.pending if planned.trial.name in stood), later.forecast)

    def without(self, names: Collection[str]) -> Plan:
        """Return the plan without the trials of these names."""
        return Plan(tuple(planned for planned in self.trials if planned.trial.name not in names), self.forecast)

    @property
    def evaluated(self) -> frozenset[str]:
        """The names of the trials that are evaluated with their weights, and not trained."""
        return frozenset(planned.trial.name for planned in self.trials if planned.from_weights)

    def with_weights(self, kept: Callable[[Trial], object]) -> Plan:
        """Return the plan, where a recorded trial is evaluated without training as far as ``kept`` finds weights."""
        seconds = self.forecast.start_up_seconds
        return Plan(
            tuple(
                replace(planned, seconds=seconds, from_weights=True)
                if planned.status is Status.EVALUATE and kept(planned.trial) is not None
                else planned
                for planned in self.trials
            ),
            self.forecast,
        )

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
    elsewhere: RecordedElsewhere | None = None,
) -> Plan:
    """Decide what is to be trained.

    What another machine of the same numerics recorded stands, where a trial of the same computation has the same bits
    here. Of every computation of which none is known to, the first such seed is trained.

    Order: round-robin over the architectures within each seed, so that drift of the machine hits all alike,
    and the longest of a round first, so that no core idles at the end.

    Args:
        architectures: The selection.
        settings: Seeds and what else is held fixed.
        recorded: What is known, by ``Trial.name``.
        forecast: Predicts a trial's seconds.
        elsewhere: What other machines of the same numerics recorded.
    """
    planned: list[PlannedTrial] = []
    there = elsewhere or RecordedElsewhere()
    checks: set[str] = set()
    # The trials of all seeds differ in the seed alone: what they compute, and how long, is found out once.
    first = needed_trials(architectures, settings, settings.seeds[0]) if settings.seeds else ()
    predicted = {trial.fingerprint: forecast.trial_seconds(trial) for trial in first}
    for seed in settings.seeds:
        trials = []
        for trial in (replace(trial, seed=seed) for trial in first):
            seconds, known = predicted[trial.fingerprint], recorded.get(trial.name)
            status = trial_status(trial, known)
            if known and status is Status.EVALUATE:
                trial = _only_missing(trial, known)  # noqa: PLW2901 - up to the last epoch that lacks something
                seconds = forecast.trial_seconds(trial)
            other = there.record_for(trial) if status in TRAINABLE else None
            if other and (trial.fingerprint in checks or there.proves(trial)):
                status = Status.ELSEWHERE
            elif other:
                checks.add(trial.fingerprint)
            trials.append(PlannedTrial(trial, status, seconds, other.environment if other else None))
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
            due=tuple(sorted({*(known.due if known else ()), *due_evaluations(architecture, settings)})),
        )
    return tuple(trials.values())


def trial_status(trial: Trial, known: Recorded | None) -> Status:
    """Return where the trial stands, given what the store knows of it."""
    if known is None:
        return Status.PENDING
    if known.unfinished and known.epochs == trial.epochs:
        return Status.RETRY
    if known.epochs >= trial.epochs or known.stopped:
        return Status.RECORDED if all(map(known.has, trial.due)) else Status.EVALUATE
    return Status.RETRY if known.failed else Status.EXTEND


def _only_missing(trial: Trial, known: Recorded) -> Trial:
    """Return as much of a recorded trial as must be trained again for the evaluations that it lacks."""
    due = tuple(due for due in trial.due if not known.has(due))
    return replace(trial, epochs=max(missing.epoch for missing in due), due=due)
