"""Records of trials that were never trained: realistic numbers from a seeded generator, for any architecture."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from fake_trials import CLOCKS, CONDITIONS, elsewhere
from numpy.typing import NDArray
from scipy import optimize

from harness.analysis.findings import Findings
from harness.analysis.run import FailedRun, Run
from harness.analysis.runs import ArchitectureResults, make_study
from harness.planning.plan import needed_trials
from harness.planning.settings import Settings
from harness.planning.trial import Trial
from harness.records.design import Design
from harness.records.environment import Environment
from harness.records.predictions import Classes, Predictions, digest
from harness.records.record import EpochMeasurement, Evaluation, Failure, Measurement, Record
from harness.records.store import Store
from harness.spec.architecture import Architecture
from harness.spec.claims import Claim
from harness.spec.cost import Cost, cost
from harness.spec.reading import select

ARCHITECTURES = Path(__file__).parents[2] / "architectures"
DOCUMENTS = ("000_convnet", "001_convnet_8_epochs", "002_two_conv_dropout", "003_wide_conv_dropout", "004_convnet")
SEEDS = (0, 1, 2, 3, 4)
TEST_EXAMPLES = 10_000
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

# Where accuracy is heading and how fast an epoch is, by name; others get a plain middle.
LIMITS: Mapping[str, float] = {"dense_512": 0.9785, "002_two_conv_dropout": 0.9905, "003_wide_conv_dropout": 0.987}
EPOCH_SECONDS: Mapping[str, float] = {"dense_512": 0.8, "002_two_conv_dropout": 7.4, "003_wide_conv_dropout": 36.0}


@dataclass(frozen=True)
class FakeTrial:
    record: Record
    predictions: Predictions


def architectures(*names: str) -> tuple[Architecture, ...]:
    """Read some of the repository's architectures; without names, the documents' and ``dense_512``."""
    return tuple(select(names or (*DOCUMENTS, "dense_512"), ARCHITECTURES))


def environment(processor: str = "Fake Processor 9000", threads: int = 1) -> Environment:
    return elsewhere(
        processor=processor,
        processor_features=("avx2", "avx512f", "fma"),
        threads=threads,
        memory_bytes=8 * 2**30,
        python="3.12",
        numpy="2.3.0",
    )


@cache
def labels() -> Classes:
    """Return the true classes of the fake test set, shape (10000,); those that documents speak of are theirs."""
    drawn = np.random.default_rng(11).integers(0, 10, TEST_EXAMPLES, dtype=np.uint8)
    drawn[[0, 99, 9999]] = 7, 9, 6
    return drawn


@cache
def images() -> NDArray[np.uint8]:
    """Return fake test images, a bright bar per class, shape (10000, 28, 28)."""
    drawn = np.random.default_rng(12).integers(0, 40, (TEST_EXAMPLES, 28, 28), dtype=np.uint8)
    drawn[np.arange(TEST_EXAMPLES), 4:24, 4 + 2 * labels()] = 250
    return drawn


@cache
def _hardness() -> NDArray[np.float64]:
    """Return how likely each test image is missed, up to a factor, shape (10000,): a few are hard for all."""
    drawn = np.random.default_rng(13).pareto(0.6, TEST_EXAMPLES)
    drawn[[0, 99, 9999]] = 0
    return np.asarray(drawn)


def _factor(error: float) -> float:
    """Return what the hardness is multiplied by so that this share of the images is missed."""
    return float(optimize.brentq(lambda x: np.minimum(0.95, x * _hardness()).mean() - error, 0, 1))


def fake_trials(
    chosen: Iterable[Architecture],
    seeds: Sequence[int] = SEEDS,
    settings: Settings | None = None,
    where: Environment | None = None,
) -> tuple[FakeTrial, ...]:
    """Return one trial per computation and seed, up to the last epoch that any architecture asks of it."""
    chosen, settings = tuple(chosen), settings or Settings()
    by_name = {one.name: one for one in chosen}
    return tuple(
        _fake_trial(trial, by_name[trial.architectures[0]], where or environment())
        for seed in seeds
        for trial in needed_trials(chosen, settings, seed)
    )


def failed(trial: FakeTrial, epochs: int = 0, kind: str = "nan") -> FakeTrial:
    """Return the trial as if it had ended after ``epochs`` epochs."""
    failure = Failure.model_validate({"stage": "train", "kind": kind, "reason": "the loss is not a number"})
    measured = trial.record.measurement
    cut = measured.model_copy(update={"epochs": measured.epochs[:epochs]}) if measured and epochs else None
    return FakeTrial(trial.record.model_copy(update={"measurement": cut, "failure": failure}), {})


def timed(trial: FakeTrial, seconds: float, *, processor_share: float = 1.0) -> FakeTrial:
    """Return the trial as if each of its epochs had taken so long, with this share of a processor."""
    times = {"train_seconds": seconds, "train_cpu_seconds": processor_share * seconds}
    return _with_epochs(trial, lambda _: times)


def with_other_weights(trial: FakeTrial, epoch: int) -> FakeTrial:
    """Return the trial as if its weights had other bits from that epoch on."""
    return _with_epochs(trial, lambda number: {"weights_sha256": f"{number}" * 64} if number >= epoch else {})


def _with_epochs(trial: FakeTrial, changes: Callable[[int], Mapping[str, object]]) -> FakeTrial:
    measured = trial.record.measurement
    assert measured is not None
    epochs = tuple(epoch.model_copy(update=changes(epoch.epoch)) for epoch in measured.epochs)
    changed = {"measurement": measured.model_copy(update={"epochs": epochs})}
    return FakeTrial(trial.record.model_copy(update=changed), trial.predictions)


def findings(  # noqa: PLR0913 - all that a report is about
    chosen: Iterable[Architecture],
    trials: Iterable[FakeTrial],
    settings: Settings | None = None,
    where: Environment | None = None,
    design: Design | None = None,
    *,
    apart: Iterable[Architecture] = (),
) -> Findings:
    """Derive what a report needs, as if the trials had been read from a store."""
    trials = tuple(trials)
    kept = {(one.record.environment.id, one.record.fingerprint, one.record.seed): one.predictions for one in trials}

    def read(record: Record, epoch: int, evaluation: str) -> Classes | None:
        return kept[record.environment.id, record.fingerprint, record.seed].get(epoch, {}).get(evaluation)

    records = tuple(trial.record for trial in trials)
    study = make_study(chosen, records, settings or Settings(), where or environment(), read, apart=apart)
    return Findings(replace(study, design=design), {"mnist": labels()}, records)


def save(results: Path, trials: Iterable[FakeTrial]) -> None:
    store = Store(results)
    for trial in trials:
        store.save(trial.record, trial.predictions)


def _fake_trial(trial: Trial, reader: Architecture, where: Environment) -> FakeTrial:
    generator = np.random.default_rng([zlib.crc32(reader.name.encode()), trial.seed])
    limit = LIMITS.get(reader.name, 0.9925) + generator.normal(0, 0.0006)
    tests = trial.computation.test_examples or TEST_EXAMPLES
    classes = {
        epoch: _predictions(generator, (1 - limit) + 0.02 * 0.45**epoch, tests) for epoch in range(1, trial.epochs + 1)
    }
    seconds = EPOCH_SECONDS.get(reader.name, 8.2)
    epochs = tuple(_epoch(generator, epoch, predicted, seconds) for epoch, predicted in classes.items())
    found = cost(reader)
    measurement = Measurement(
        parameters=found.parameters,
        trainable_parameters=found.trainable_parameters,
        initial_weights_sha256=_sha(trial.name),
        data_sha256=_sha("data"),
        clocks=CLOCKS,
        conditions=CONDITIONS,
        peak_memory_bytes=900 * 2**20,
        epochs=epochs,
    )
    record = Record(
        fingerprint=trial.fingerprint,
        seed=trial.seed,
        epochs=trial.epochs,
        computation=trial.computation,
        environment=where,
        finished=WHEN,
        concurrent_trials=1,
        measurement=measurement,
    )
    return FakeTrial(record, {epoch: {"test": predicted} for epoch, predicted in classes.items()})


def _predictions(generator: np.random.Generator, error: float, tests: int) -> Classes:
    """Return predicted classes with about this share of errors, mostly on the same hard images."""
    truth = labels()[:tests]
    missed = generator.random(tests) < np.minimum(0.95, _factor(error) * _hardness()[:tests])
    others = (truth + generator.choice([1, 1, 1, 3, 5], tests)) % 10
    return np.asarray(np.where(missed, others, truth), dtype=np.uint8)


def _epoch(generator: np.random.Generator, epoch: int, classes: Classes, seconds: float) -> EpochMeasurement:
    accuracy = float(np.mean(classes == labels()[: len(classes)]))
    train = 1 - 0.06 * 0.5**epoch - 0.002
    took = seconds * (1 + abs(generator.normal(0, 0.02)))
    return EpochMeasurement(
        epoch=epoch,
        train_metrics={"loss": 3.3 * (1 - train), "accuracy": train + generator.normal(0, 0.0004)},
        evaluations={"test": _evaluation(generator, accuracy, classes)},
        train_seconds=took,
        train_cpu_seconds=took * 0.99,
        order_sha256=_sha(f"order {epoch}"),
        weights_sha256=_sha(f"weights {generator.random()}"),
    )


def _evaluation(generator: np.random.Generator, accuracy: float, classes: Classes) -> Evaluation:
    loss = 3.1 * (1 - accuracy) + abs(generator.normal(0, 0.0008))
    return Evaluation(
        metrics={"loss": loss, "accuracy": accuracy},
        predictions_sha256=digest(classes),
        seconds=0.4,
        cpu_seconds=0.4,
    )


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def entry(
    name: str, accuracies: Iterable[float], claims: Iterable[Claim] = (), fingerprint: str | None = None
) -> ArchitectureResults:
    """Return an architecture with one run of one epoch for each test accuracy; its loss is three times the error."""
    base, found = _dense()
    named = base.model_copy(update={"name": name, "claims": tuple(claims)})
    runs = tuple(_run(seed, accuracy) for seed, accuracy in enumerate(accuracies))
    return ArchitectureResults(named, found, fingerprint or f"fingerprint of {name}", 1, runs)


@cache
def _dense() -> tuple[Architecture, Cost]:
    base = architectures("dense_512")[0]
    return base, cost(base)


@cache
def _measured() -> tuple[Evaluation, EpochMeasurement, Measurement]:
    """Return what runs of one epoch are copied from, with the fields that analysis reads, and no others."""
    epoch: dict[str, Any] = {"epoch": 1, "train_seconds": 2.0}
    scored = Evaluation(metrics={}, seconds=0.4, cpu_seconds=0.4)
    return scored, EpochMeasurement.model_construct(**epoch), Measurement.model_construct(parameters=407_050)  # type: ignore[call-arg]


def _run(seed: int, accuracy: float) -> Run:
    scored, epoch, measured = _measured()
    scored = scored.model_copy(update={"metrics": {"accuracy": accuracy, "loss": 3 * (1 - accuracy)}})
    read = {"train_metrics": {"accuracy": accuracy}, "evaluations": {"test": scored}}
    return Run(seed, measured.model_copy(update={"epochs": (epoch.model_copy(update=read),)}))


def with_failures(results: ArchitectureResults, seeds: Iterable[int]) -> ArchitectureResults:
    """Return the results with trials of these seeds that failed."""
    failure = Failure(stage="train", kind="nan", reason="the loss is not a number")
    return replace(results, failures=tuple(FailedRun(seed, failure) for seed in seeds))


def remeasured(run: Run, **changes: object) -> Run:
    """Return the run with other fields of its measurement."""
    return replace(run, measurement=run.measurement.model_copy(update=changes))
