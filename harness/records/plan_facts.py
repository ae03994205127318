"""What a plan needs to know of the records: how far each trial got, what was evaluated; opens no file."""

from __future__ import annotations

from collections.abc import Iterable

from harness.evaluations.metric import TEST
from harness.planning.plan import Recorded
from harness.planning.trial import Due
from harness.records.later import completed
from harness.records.record import Record


def furthest(records: Iterable[Record]) -> dict[str, Record]:
    """Return of every trial, by ``Trial.name``, the record that got furthest, with what the others of it evaluated.

    The records are those of one machine, or of several whose bits are the same.
    """
    by_name: dict[str, list[Record]] = {}
    for record in records:
        by_name.setdefault(record.name, []).append(record)
    return {name: same[0] if len(same) == 1 else _completed(same) for name, same in by_name.items()}


def _completed(same: Iterable[Record]) -> Record:
    return completed(max(same, key=lambda record: (len(record.finished_epochs), record.epochs)), same)


def recorded(record: Record) -> Recorded:
    """Return what a plan needs to know of one record."""
    return Recorded(
        epochs=len(record.finished_epochs),
        failed=record.failure is not None,
        evaluations=_evaluated(record),
        environment=record.environment.id,
        stopped=record.measurement is not None and record.measurement.stopped,
        unfinished=_unfinished(record),
        counted=_counted(record),
    )


def _unfinished(record: Record) -> bool:
    """Whether a failure came after all epochs; one of other bits came before, and its record keeps earlier epochs."""
    failed = record.failure is not None and record.failure.kind != "bits"
    return failed and len(record.finished_epochs) == record.epochs


def _counted(record: Record) -> tuple[int, ...]:
    """Return the epoch whose weights count after each one, where the recipe chooses."""
    epochs = record.finished_epochs
    if not record.computation.chooses_weights:
        return ()
    return tuple(record.computation.counted(epochs[:number]) for number in range(1, len(epochs) + 1))


def _evaluated(record: Record) -> frozenset[Due]:
    """Return what was evaluated beside the test images' own."""
    return frozenset(
        Due(epoch.epoch, name) for epoch in record.finished_epochs for name in epoch.evaluations if name != TEST
    )
