"""Trains a plan's pending trials and records each the moment it ends; loses nothing that was recorded before."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime

from harness.app.training.benchmark import Benchmark
from harness.execute.engine import Engine, Outcome, TrialEnded, TrialEvent, TrialRecordedElsewhere, TrialStarted
from harness.execute.queue import SharedQueue
from harness.planning.plan import Plan, Status, trial_status
from harness.planning.trial import Trial
from harness.records.compare import first_difference
from harness.records.environment import Environment
from harness.records.later import LaterEvaluation, missing_from
from harness.records.plan_facts import recorded
from harness.records.record import Failure, Record
from harness.records.store import Store
from harness.records.weights import save_weights, weights_file


def run_benchmark(benchmark: Benchmark, plan: Plan, train: Engine) -> Generator[TrialEvent, None, None]:
    """Train the plan's pending trials and record each the moment it ends.

    Args:
        benchmark: Where the records go.
        plan: What is to be trained.
        train: Local processes, a cluster, or a fake for tests.

    Raises:
        CannotWrite: A record could not be saved; the trials that still run are ended.
    """
    store, environment = benchmark.store, benchmark.environment

    def is_recorded(trial: Trial) -> bool:
        found = (store.read(place.id, trial.name) for place in (environment, *benchmark.beside))
        return any(trial_status(trial, recorded(record)) is Status.RECORDED for record in found if record)

    pending = [planned.trial for planned in plan.pending]
    half_written = store.half_written(environment.id)  # looked for once: the folder may have thousands of files
    with SharedQueue(pending, is_recorded, store.locks(environment.id)) as queue:
        for event in train(queue):
            yield from (TrialRecordedElsewhere(trial) for trial in queue.newly_recorded_elsewhere())
            if isinstance(event, TrialStarted) and event.trial.name in half_written:
                store.remove_parts(environment.id, event.trial.name)
            if isinstance(event, TrialEnded):
                yield replace(event, outcome=record_outcome(benchmark, event.trial, event.outcome))
                queue.release(event.trial)
            else:
                yield event
        yield from (TrialRecordedElsewhere(trial) for trial in queue.newly_recorded_elsewhere())


def record_outcome(benchmark: Benchmark, trial: Trial, outcome: Outcome) -> Outcome:
    """Save what the trial gave, and return it; what an earlier run recorded of the trial is never lost.

    The record names the environment that the trial's own process describes: a process may run on another machine.
    A trial that ended before it could describe one is recorded with that of the benchmark.

    Where an earlier run recorded some of its epochs, their bits must be the same now: anything else is a failure. A
    failure that brings fewer or other epochs is added to the earlier record, whose numbers and environment stay. A
    record without a failure is not written again: more epochs, or evaluations that it lacks, stand beside it.
    """
    store, environment = benchmark.store, outcome.environment or benchmark.environment
    known = store.read(environment.id, trial.name)
    if known and trial_status(trial, recorded(known)) is Status.EVALUATE:
        return record_evaluations(benchmark, known, trial, outcome)
    if known and known.measurement and outcome.measurement:
        differs = first_difference(known.measurement, outcome.measurement)
        if differs is not None:
            outcome = replace(outcome, failure=other_bits(differs))
        elif known.failure:  # the new record takes its place
            outcome = keeping(outcome, known, store)
    record, predictions = new_record(trial, outcome, environment, known), outcome.predictions
    if known and outcome.failure and knows_more(known, record):
        changed = {"epochs": record.epochs, "failure": outcome.failure, "extends": record.extends}
        record, predictions = known.model_copy(update=changed), store.predictions(known)
    store.save(record, predictions)
    keep_weights(benchmark.store, record, outcome)
    if outcome.failure is None or outcome.failure.kind == "bits":
        store.checkpoint(benchmark.environment.id, trial.name).unlink(missing_ok=True)
    return outcome


def record_evaluations(benchmark: Benchmark, known: Record, trial: Trial, outcome: Outcome) -> Outcome:
    """Save what else was evaluated, a file for each, if the bits are those of the record; else it is a failure."""
    if known.measurement is None or outcome.measurement is None:
        return outcome
    differs = first_difference(known.measurement, outcome.measurement)
    if differs is not None:
        return replace(outcome, failure=other_bits(differs))
    for epoch in outcome.measurement.epochs:
        for name, measured in missing_from(known, epoch).items():
            later = LaterEvaluation(
                fingerprint=known.fingerprint,
                seed=known.seed,
                epoch=epoch.epoch,
                evaluation=name,
                weights_sha256=epoch.weights_sha256,
                environment=outcome.environment or benchmark.environment,
                finished=datetime.now(UTC),
                measured=measured,
            )
            benchmark.store.save_later(later, outcome.predictions.get(epoch.epoch, {}).get(name))
    keep_weights(benchmark.store, known, outcome)
    if outcome.failure is None and outcome.trained:
        benchmark.store.checkpoint(benchmark.environment.id, trial.name).unlink(missing_ok=True)
    return outcome


def keep_weights(store: Store, record: Record, outcome: Outcome) -> None:
    """Save the weights that the outcome brings, if any: those that count after it, which are no part of the record."""
    if outcome.weights is not None and outcome.failure is None and outcome.measurement:
        counted = record.computation.counted(outcome.measurement.epochs)
        save_weights(weights_file(store, record.environment.id, record.name, counted), outcome.weights)


def keeping(outcome: Outcome, known: Record, store: Store) -> Outcome:
    """Return the outcome, whose bits are those of the known record, with what else that one has evaluated."""
    if known.measurement is None or outcome.measurement is None:
        return outcome
    earlier = store.predictions(known)
    predictions = {epoch: {**earlier.get(epoch, {}), **classes} for epoch, classes in outcome.predictions.items()}
    return replace(outcome, measurement=outcome.measurement.keeping(known.measurement), predictions=predictions)


def new_record(trial: Trial, outcome: Outcome, environment: Environment, known: Record | None) -> Record:
    """Return the outcome as it is kept; a trial that was resumed may have more epochs than are asked for now.

    It stands beside what is ``known`` of the trial, but takes the place of a failure.
    """
    done = len(outcome.measurement.epochs) if outcome.measurement else 0
    return Record(
        fingerprint=trial.fingerprint,
        seed=trial.seed,
        epochs=done if outcome.measurement and outcome.measurement.stopped else max(trial.epochs, done),
        extends=known and (known.extends if known.failure else known.epochs),
        computation=trial.computation,
        environment=environment,
        finished=datetime.now(UTC),
        concurrent_trials=outcome.concurrent_trials,
        measurement=outcome.measurement,
        failure=outcome.failure,
    )


def knows_more(known: Record, record: Record) -> bool:
    """Whether the earlier record has epochs that a failed trial must not replace."""
    if known.measurement is None or record.measurement is None:
        return known.measurement is not None
    other = first_difference(known.measurement, record.measurement) is not None
    return other or len(known.measurement.epochs) > len(record.measurement.epochs)


def other_bits(epoch: int) -> Failure:
    """Return the failure of a trial whose epochs differ from those that it had when it was first recorded."""
    where = "the initial weights differ" if epoch == 0 else f"epoch {epoch} differs"
    return Failure(
        stage="train",
        kind="bits",
        reason=f"not the same bits as recorded: {where}; 'bench verify' looks for the cause",
    )
