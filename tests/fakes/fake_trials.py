"""Trials that cost nothing, records and a trainer with made-up but steady numbers; trains nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from harness.execute.engine import (
    EpochEnded,
    Outcome,
    Queue,
    TrialBuilt,
    TrialCompiling,
    TrialEnded,
    TrialEvent,
    TrialStarted,
)
from harness.planning.trial import Computation, Trial
from harness.records.environment import Environment, Machine, Numerics
from harness.records.predictions import Classes, Predictions, digest
from harness.records.record import Clocks, Conditions, EpochMeasurement, Evaluation, Failure, Measurement, Record

ENVIRONMENT = Environment(
    numerics=Numerics(
        threads=1,
        deterministic=True,
        tensorflow="2.21.0",
        keras="3.15.1",
        numpy="2.4.6",
        onednn=True,
        instruction_set="avx2",
    ),
    machine=Machine(
        processor="Fake Processor",
        processor_features=("avx2",),
        cores=2,
        memory_bytes=2**34,
        system="Linux x86_64",
        python="3.11",
    ),
    harness="0.1.0",
)
CLOCKS = Clocks(
    start_up_seconds=1.0,
    start_up_cpu_seconds=0.1,
    data_seconds=0.1,
    data_cpu_seconds=0.1,
    build_seconds=0.1,
    build_cpu_seconds=0.1,
    compile_seconds=0.3,
    compile_cpu_seconds=0.3,
)
CONDITIONS = Conditions(
    calibration_before_gflops=200.0, calibration_after_gflops=199.0, stolen_seconds=0.0, load_average=1.0
)


def dense_trial(seed: int = 0, epochs: int = 2, units: int = 16) -> Trial:
    computation = Computation.model_validate(
        {
            "dataset": "mnist",
            "layers": ["Flatten", {"Dense": {"units": units}}, {"Dense": {"units": 10, "activation": "softmax"}}],
            "recipe": {"optimizer": "Adam", "loss": "categorical_crossentropy", "batch_size": 100},
        }
    )
    return Trial(computation, seed, epochs, (f"dense_{units}",))


def fake_epoch(trial: Trial, epoch: int) -> tuple[EpochMeasurement, dict[str, Classes]]:
    rng = np.random.default_rng((trial.seed, epoch, int(trial.fingerprint, 16) % 2**32))
    predictions = rng.integers(0, 10, 100, dtype=np.uint8)
    accuracy = 0.95 + 0.005 * epoch + rng.normal(0, 0.001)
    measurement = EpochMeasurement(
        epoch=epoch,
        train_metrics={"loss": 1 / epoch, "accuracy": accuracy},
        train_seconds=2.0 + rng.normal(0, 0.01),
        train_cpu_seconds=2.0,
        order_sha256="0" * 64,
        weights_sha256=hashlib.sha256(rng.bytes(8)).hexdigest(),
        evaluations={"test": fake_evaluation(accuracy - 0.001, 1.1 / epoch, predictions)},
    )
    return measurement, {"test": predictions}


def fake_evaluation(accuracy: float, loss: float, predictions: Classes) -> Evaluation:
    return Evaluation(
        metrics={"loss": loss, "accuracy": accuracy},
        predictions_sha256=digest(predictions),
        seconds=0.2,
        cpu_seconds=0.2,
    )


def elsewhere(where: Environment = ENVIRONMENT, /, **facts: object) -> Environment:
    """Return the environment with other facts, of numerics and machine alike by their names."""
    content = where.model_dump()
    for name, value in facts.items():
        part = next((part for part in ("numerics", "machine") if name in content[part]), None)
        (content[part] if part else content)[name] = value
    return Environment.model_validate(content)


def changed_epoch(epoch: EpochMeasurement, /, **columns: object) -> EpochMeasurement:
    """Return the epoch with other values, by the names of their columns: ``test_accuracy=0.5``."""
    content = epoch.model_dump()
    places = {column: (content, column) for column in content}
    places |= {f"train_{metric}": (content["train_metrics"], metric) for metric in content["train_metrics"]}
    for name, evaluation in content["evaluations"].items():
        places |= {f"{name}_{metric}": (evaluation["metrics"], metric) for metric in evaluation["metrics"]}
        places |= {f"{name}_{clock}": (evaluation, clock) for clock in ("seconds", "cpu_seconds")}
        places["predictions_sha256" if name == "test" else f"{name}_predictions_sha256"] = (
            evaluation,
            "predictions_sha256",
        )
    for column, value in columns.items():
        where, name = places[column]
        where[name] = value
    return EpochMeasurement.model_validate(content)


def fake_outcome(trial: Trial, epochs: int | None = None, failure: Failure | None = None) -> Outcome:
    done = [fake_epoch(trial, epoch) for epoch in range(1, (trial.epochs if epochs is None else epochs) + 1)]
    measurement = Measurement(
        parameters=100,
        trainable_parameters=100,
        initial_weights_sha256=hashlib.sha256(trial.name.encode()).hexdigest(),
        data_sha256="0" * 64,
        clocks=CLOCKS,
        conditions=CONDITIONS,
        peak_memory_bytes=2**29,
        epochs=tuple(measured for measured, _ in done),
    )
    return Outcome(measurement, {measured.epoch: predictions for measured, predictions in done}, failure)


def fake_record(trial: Trial, outcome: Outcome | None = None) -> tuple[Record, Predictions]:
    outcome = outcome or fake_outcome(trial)
    record = Record(
        fingerprint=trial.fingerprint,
        seed=trial.seed,
        epochs=trial.epochs,
        computation=trial.computation,
        environment=ENVIRONMENT,
        finished=datetime(2026, 1, 1, tzinfo=UTC),
        concurrent_trials=0,
        measurement=outcome.measurement,
        failure=outcome.failure,
    )
    return record, outcome.predictions


@dataclass
class FakeTrainer:
    """An engine that trains one trial after the other in no time and remembers which."""

    outcome: Callable[[Trial], Outcome] = fake_outcome
    trained: list[Trial] = field(default_factory=list)
    jobs: int = 1

    def __call__(self, queue: Queue) -> Generator[TrialEvent, None, None]:
        while (trial := queue.take()) is not None:
            yield TrialStarted(trial)
            yield TrialCompiling(trial)
            yield TrialBuilt(trial, 0)
            outcome = self.outcome(trial)
            for measured in outcome.measurement.epochs if outcome.measurement else ():
                yield EpochEnded(trial, measured)
            self.trained.append(trial)
            yield TrialEnded(trial, outcome)
