"""Which recorded trials are verified, and under which names; trains nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.evaluations.evaluation import evaluation_names
from harness.plan.settings import DEFAULT_EVALUATIONS, Settings
from harness.plan.trial import Trial, trial_computation
from harness.records.record import Record
from harness.spec.architecture import Architecture

SHORT_FINGERPRINT = 8


@dataclass(frozen=True)
class Choice:
    """What to verify.

    Args:
        fingerprints: What the named architectures compute; None: all that is recorded.
        seeds: Those seeds; None: every recorded one; empty: the first recorded one of each trial.
    """

    fingerprints: frozenset[str] | None = None
    seeds: tuple[int, ...] | None = ()

    def of(self, records: Iterable[Record]) -> tuple[Record, ...]:
        """Return the records to verify, each trial once; those without a finished epoch hold nothing to compare."""
        measured = [record for record in records if record.measurement and record.measurement.epochs]
        chosen = [record for record in measured if self.fingerprints is None or record.fingerprint in self.fingerprints]
        if self.seeds == ():
            return tuple(_first_seeds(chosen))
        return tuple(record for record in chosen if self.seeds is None or record.seed in self.seeds)


def readers(architectures: Iterable[Architecture], settings: Settings) -> Mapping[str, tuple[str, ...]]:
    """Return the names of the architectures that read each trial, by its fingerprint."""
    found: dict[str, tuple[str, ...]] = {}
    for architecture in architectures:
        fingerprint = trial_computation(architecture, settings).fingerprint
        found[fingerprint] = (*found.get(fingerprint, ()), architecture.name)
    return found


def trial_of(record: Record, names: Mapping[str, Sequence[str]]) -> Trial:
    """Return the trial up to the record's last finished epoch; one that nobody reads goes by its fingerprint."""
    epochs = len(record.measurement.epochs) if record.measurement else record.epochs
    labels = tuple(names.get(record.fingerprint, (record.fingerprint[:SHORT_FINGERPRINT],)))
    evaluations = record.measurement.evaluations if record.measurement else DEFAULT_EVALUATIONS
    known = tuple(name for name in evaluations if name in evaluation_names())
    return Trial(record.computation, record.seed, epochs, labels, known)


def _first_seeds(records: Iterable[Record]) -> Iterable[Record]:
    first: dict[str, Record] = {}
    for record in sorted(records, key=lambda one: one.seed):
        first.setdefault(record.fingerprint, record)
    return first.values()
