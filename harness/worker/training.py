"""A trial's life in its own process: it is prepared, resumed, trained, evaluated; a backend does the computing."""

from __future__ import annotations

import hashlib
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.data.arrays import DatasetArrays
from harness.data.fetching import load
from harness.errors import CannotWrite
from harness.evaluations.evaluation import Examples, find_evaluation
from harness.evaluations.metric import TRAIN
from harness.planning.trial import Trial
from harness.records.environment import Environment
from harness.records.predictions import digest
from harness.records.record import Clocks, EpochMeasurement, Measurement
from harness.worker.backend import Array, Backend, Network
from harness.worker.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from harness.worker.clocks import Watch, stopwatch
from harness.worker.evaluating import Evaluator, check_finite, evaluate
from harness.worker.messages import Built, EpochDone, Finished, Job, Message, StageBegan, Started
from harness.worker.order import epoch_order

Report = Callable[[Message], None]


def run_trial(job: Job, backend: Backend[Any], report: Report, environment: Callable[[], Environment]) -> None:
    """Train the trial up to its last epoch, reporting each step of the way.

    The environment is taken here, where the trial runs, while no clock runs.

    Raises:
        NotANumber: A loss or a metric is not finite. Errors of the backend and of the data leave this function too:
            the process turns them into a failure.
    """
    prepared, measurement = prepare(job, backend, report, environment)
    done = resume(job.checkpoint, prepared) if job.checkpoint else []
    measurement = measurement.model_copy(update={"resumed_epochs": len(done)})
    report(Built(measurement))
    for earlier in done:
        report(earlier)
    report(StageBegan("train"))
    watch = Watch(job.cores)
    for epoch in range(len(done) + 1, job.trial.epochs + 1):
        done.append(prepared.run_epoch(epoch))
        report(done[-1])
        if job.checkpoint and epoch < job.trial.epochs:
            keep_checkpoint(job.checkpoint, Checkpoint(tuple(done), tuple(prepared.network.state())))
    at_the_end = {"conditions": watch.conditions(), "peak_memory_bytes": peak_memory_bytes()}
    report(Finished(measurement.model_copy(update=at_the_end)))


def prepare(
    job: Job, backend: Backend[Any], report: Report, environment: Callable[[], Environment]
) -> tuple[PreparedTrial, Measurement]:
    """Bring the trial to the moment before its first epoch, each stage on its own clock."""
    start_up_seconds, start_up_cpu_seconds = max(0.0, time.time() - job.spawned), time.process_time()
    trial = job.trial
    backend.configure(job.threads, deterministic=job.deterministic)
    report(Started(environment()))
    report(StageBegan("data"))
    with stopwatch() as data_clock:
        arrays = load(trial.computation.data, job.cache)
        data = hold_data(trial, arrays, backend)
    report(StageBegan("build"))
    with stopwatch() as build_clock:
        network = backend.build(trial.computation, trial.seed)
        initial_weights_sha256 = weights_digest(network.weights())
    report(StageBegan("compile"))
    with stopwatch() as compile_clock:
        network.compile(data.training, data.evaluations)
    measurement = Measurement(
        parameters=network.parameters,
        trainable_parameters=network.trainable_parameters,
        initial_weights_sha256=initial_weights_sha256,
        data_sha256=arrays.dataset.sha256,
        clocks=Clocks(
            start_up_seconds=start_up_seconds,
            start_up_cpu_seconds=start_up_cpu_seconds,
            data_seconds=data_clock.seconds,
            data_cpu_seconds=data_clock.cpu_seconds,
            build_seconds=build_clock.seconds,
            build_cpu_seconds=build_clock.cpu_seconds,
            compile_seconds=compile_clock.seconds,
            compile_cpu_seconds=compile_clock.cpu_seconds,
        ),
    )
    return PreparedTrial(network, trial.seed, data.examples, data.evaluators), measurement


@dataclass(frozen=True, eq=False)
class HeldData:
    """A trial's data as its backend holds it, to be trained on and, by evaluation, to be scored.

    ``examples`` are how many each epoch trains on.
    """

    training: Any
    examples: int
    evaluations: Mapping[str, Any]
    evaluators: Mapping[str, Evaluator]


def hold_data(trial: Trial, arrays: DatasetArrays, backend: Backend[Any]) -> HeldData:
    """Give the backend the examples that the trial uses; as in Keras, ``validation_split`` holds out the last ones."""
    computation, dataset = trial.computation, arrays.dataset
    used = computation.recipe.training_examples(computation.train_examples or len(arrays.train_labels))
    training = Examples(arrays.train_images, arrays.train_labels).first(used)
    test = Examples(arrays.test_images, arrays.test_labels).first(computation.test_examples)
    kinds = {name: find_evaluation(name) for name in trial.evaluations}
    examples = {name: kind.examples(test) for name, kind in kinds.items()}
    return HeldData(
        training=backend.hold(training, dataset),
        examples=used,
        evaluations={name: backend.hold(made, dataset) for name, made in examples.items()},
        evaluators={name: Evaluator(kind, examples[name].labels) for name, kind in kinds.items()},
    )


def resume(path: Path, prepared: PreparedTrial) -> list[EpochDone]:
    """Give the network the state that the checkpoint holds, and return the epochs that it has finished then.

    The digest of the weights was taken before the file was written. Where it does not hold, or an epoch lacks an
    evaluation, the network stays as it is, and nothing has been finished.
    """
    network, checkpoint = prepared.network, read_checkpoint(path)
    if checkpoint is None or not all(
        prepared.evaluators.keys() <= done.measurement.evaluations.keys() for done in checkpoint.epochs
    ):
        return []
    fresh = network.state()
    try:
        network.restore(checkpoint.state)
        if weights_digest(network.weights()) == checkpoint.epochs[-1].measurement.weights_sha256:
            return list(checkpoint.epochs)
    except ValueError:
        traceback.print_exc()
    network.restore(fresh)
    return []


def keep_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Save the checkpoint if it can be saved: it is a convenience; a full disk is reported when the record is due."""
    try:
        write_checkpoint(path, checkpoint)
    except CannotWrite:
        traceback.print_exc()


@dataclass(frozen=True, eq=False)
class PreparedTrial:
    """A trial that is ready for its next epoch.

    ``examples`` are how many each epoch trains on.
    """

    network: Network[Any]
    seed: int
    examples: int
    evaluators: Mapping[str, Evaluator]

    def run_epoch(self, epoch: int) -> EpochDone:
        """Train and evaluate one epoch, each on its own clock.

        Raises:
            NotANumber: A loss or a metric is not finite.
        """
        order = epoch_order(self.seed, epoch, self.examples)
        with stopwatch() as train_clock:
            means = dict(self.network.train_epoch(order))
        check_finite(epoch, TRAIN, means)
        found = evaluate(epoch, self.evaluators, self.network.score)
        measurement = EpochMeasurement(
            epoch=epoch,
            train_metrics=means,
            train_seconds=train_clock.seconds,
            train_cpu_seconds=train_clock.cpu_seconds,
            order_sha256=digest(order),
            weights_sha256=weights_digest(self.network.weights()),
            evaluations=found.evaluations,
        )
        return EpochDone(measurement, found.predictions)


def weights_digest(weights: Iterable[Array]) -> str:
    """Return the sha256 over the bytes of all weights, in the backend's order."""
    sha256 = hashlib.sha256()
    for array in weights:
        sha256.update(array.tobytes())
    return sha256.hexdigest()


def peak_memory_bytes() -> int | None:
    """Return the most memory that this process has held, where the system counts it."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
