"""Whose times count: those of trials on a quiet machine, where an architecture has enough of them; times nothing."""

from __future__ import annotations

from dataclasses import dataclass

from harness.analysis.runs import ArchitectureResults, Run

FEWEST_QUIET = 3
LEAST_PROCESSOR_SHARE = 0.97
MOST_DRIFT = 0.05
# Of the load average, beyond what the trials themselves account for; a quiet machine has up to about .2 of its own.
MOST_OTHER_LOAD = 0.25


@dataclass(frozen=True)
class TimedRuns:
    """The runs that an architecture's times are taken from; ``quiet`` if they are the quiet ones alone."""

    runs: tuple[Run, ...]
    quiet: bool


def timed_runs(entry: ArchitectureResults) -> TimedRuns:
    """Return the machine's quiet runs where there are at least ``FEWEST_QUIET``, else all of the machine."""
    quiet = tuple(run for run in entry.timed if is_quiet(run))
    return TimedRuns(quiet, quiet=True) if len(quiet) >= FEWEST_QUIET else TimedRuns(entry.timed, quiet=False)


def is_quiet(run: Run) -> bool:
    """Say whether the trial is known to have had the processor to itself, at one speed, all the time.

    A trial that was killed and resumed does not know what its first epochs had.
    """
    conditions = run.measurement.conditions
    if conditions is None or run.drift is None or run.measurement.resumed_epochs:
        return False
    own_load = run.threads * (1 + run.concurrent_trials)
    return (
        (processor_share(run) or 0.0) >= LEAST_PROCESSOR_SHARE
        and run.drift <= MOST_DRIFT
        and (conditions.load_average is None or conditions.load_average - own_load <= MOST_OTHER_LOAD)
    )


def processor_share(run: Run) -> float | None:
    """Return the processor seconds of training per wall second."""
    processor_seconds = sum(epoch.train_cpu_seconds for epoch in run.epochs)
    return processor_seconds / run.train_seconds if run.train_seconds else None
