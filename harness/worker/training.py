"""A trial's life in its own process: it is prepared, resumed, trained, evaluated; a backend does the computing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from harness.data.fetching import load
from harness.data.pipeline import fit
from harness.evaluations.evaluation import find_evaluation
from harness.evaluations.metric import TEST, VALIDATION
from harness.planning.trial import Trial, phase_at
from harness.records.environment import Environment
from harness.records.record import Clocks, EpochMeasurement, Measurement, Stage
from harness.records.weights import weights_digest
from harness.worker.backend import Backend
from harness.worker.checkpoint import Checkpoint, UnusableCheckpoint, read_checkpoint, set_aside, write_checkpoint
from harness.worker.clocks import Watch, peak_memory_bytes, stopwatch
from harness.worker.evaluating import Evaluator
from harness.worker.examples import trial_evaluators, trial_examples, validation_examples
from harness.worker.messages import Built, EpochDone, Finished, Job, KeptWeights, Message, StageBegan, Started
from harness.worker.prepared_trial import PreparedTrial, measured

Report = Callable[[Message], None]


def run_trial(job: Job, backend: Backend[Any], report: Report, environment: Callable[[], Environment]) -> None:
    """Train the trial up to its last epoch, reporting each step of the way; or evaluate weights that were kept of it.

    The environment is taken here, where the trial runs, while no clock runs.

    Raises:
        NotANumber: A loss or a metric is not finite. Errors of the backend and of the data leave this function too:
            the process turns them into a failure.
    """
    environment = cache(environment)
    prepared, measurement = prepare(job, backend, report, environment)
    if job.kept and job.kept.environment == environment().id and prepared.fits(job.kept):
        evaluate_kept(job.kept, prepared, measurement, report)
        return
    done, warning = resumed(job.checkpoint, prepared) if job.checkpoint else ([], None)
    measurement = measurement.model_copy(update={"resumed_epochs": len(done)})
    report(Built(measurement, warning))
    for earlier in done:
        report(earlier)
    report(StageBegan("train"))
    watch = Watch(job.cores)
    while not prepared.is_over(done):
        new = prepared.next_epoch(done)
        # First the checkpoint: whoever hears of an epoch finds its state, and can send it along.
        if job.checkpoint and not prepared.is_over(done):
            state, counted = tuple(prepared.network.state()), tuple(prepared.counted_state)
            write_checkpoint(job.checkpoint, Checkpoint(tuple(done), state, counted))
        for epoch in new:
            report(epoch)
    at_the_end = {
        "conditions": watch.conditions(),
        "peak_memory_bytes": peak_memory_bytes(),
        "stopped": job.trial.computation.stops_after(measured(done)),
    }
    weights = prepared.counted_weights() if job.keep_weights else None
    report(Finished(measurement.model_copy(update=at_the_end), weights))


def evaluate_kept(kept: KeptWeights, prepared: PreparedTrial, measurement: Measurement, report: Report) -> None:
    """Report the recorded epochs, with what is due evaluated of the weights that were kept; nothing is trained.

    Raises:
        NotANumber: A loss or a metric is not finite.
    """
    report(Built(measurement))
    report(StageBegan("train"))
    for epoch in kept.epochs[: prepared.trial.epochs]:
        weights = kept.weights.get(epoch.epoch)
        report(EpochDone(epoch, {}) if weights is None else prepared.evaluated(kept.epochs, epoch, weights))
    report(Finished(measurement, trained=False))


def prepare(
    job: Job, backend: Backend[Any], report: Report, environment: Callable[[], Environment]
) -> tuple[PreparedTrial, Measurement]:
    """Bring the trial to the moment before its first epoch, each stage on its own clock."""
    clocks = {"start_up_seconds": max(0.0, time.time() - job.spawned), "start_up_cpu_seconds": time.process_time()}

    @contextmanager
    def stage(name: Stage) -> Iterator[None]:
        report(StageBegan(name))
        with stopwatch() as clock:
            yield
        clocks.update({f"{name}_seconds": clock.seconds, f"{name}_cpu_seconds": clock.cpu_seconds})

    computation, seed = job.trial.computation, job.trial.seed
    backend.configure(job.threads, deterministic=job.deterministic)
    report(Started(environment()))
    with stage("data"):
        arrays = load(computation.data, job.cache)
        training, test = trial_examples(job.trial, arrays)
        pipeline = fit(arrays.dataset, training.images)
        held, held_test = backend.hold(training, pipeline), backend.hold(test, pipeline)
    evaluators = trial_evaluators(job.trial, training, test, pipeline)
    in_shape = replace(pipeline, reshapings=())
    further = {
        name: backend.hold(evaluator.examples, in_shape)
        for name, evaluator in evaluators.items()
        if evaluator.scored_as != TEST
    }
    if held_out := validation_examples(job.trial, arrays):
        evaluators[VALIDATION] = Evaluator(find_evaluation(VALIDATION), held_out, VALIDATION)
        further[VALIDATION] = backend.hold(held_out, pipeline)
    with stage("build"):
        network = backend.build(computation, seed)
        initial_weights_sha256 = weights_digest(network.weights())
    with stage("compile"):
        network.compile(held, {TEST: held_test, **further})
    return PreparedTrial(network, job.trial, len(training.labels), evaluators), Measurement(
        parameters=network.parameters,
        trainable_parameters=network.trainable_parameters,
        initial_weights_sha256=initial_weights_sha256,
        data_sha256=arrays.sha256,
        pretrained_sha256=network.pretrained_sha256,
        clocks=Clocks(**clocks),
    )


def resumed(path: Path, prepared: PreparedTrial) -> tuple[list[EpochDone], str | None]:
    """Return what `resume` does; a checkpoint that can't be used is set aside, with a warning, and nothing is done."""
    try:
        return resume(path, prepared), None
    except UnusableCheckpoint as error:
        return [], f"{path}: {error}; it was moved to {set_aside(path).name}, and the trial starts from its beginning"


def resume(path: Path, prepared: PreparedTrial) -> list[EpochDone]:
    """Give the network the state that the checkpoint holds, and return the epochs that it has finished then.

    Where an epoch lacks an evaluation, nothing has been finished.

    Raises:
        UnusableCheckpoint: It is damaged, or of another network; the network is as it was.
    """
    network, checkpoint = prepared.network, read_checkpoint(path)
    if checkpoint is None or not _has_all(prepared.trial, measured(checkpoint.epochs)):
        return []
    epochs = measured(checkpoint.epochs)
    network.begin_phase(phase_at(len(epochs), prepared.trial.computation.starts(epochs))[0])
    fresh = network.state()
    with suppress(ValueError):
        if _restored(prepared, checkpoint):
            return list(checkpoint.epochs)
    network.restore(fresh)
    network.begin_phase(0)
    raise UnusableCheckpoint("holds the state of another network")


def _has_all(trial: Trial, epochs: Sequence[EpochMeasurement]) -> bool:
    """Tell whether the epochs have the evaluations that are asked for, of the weights that count."""
    due = [one for one in trial.due if one.epoch <= len(epochs)]
    counted = [trial.computation.counted(epochs[: one.epoch]) for one in due]
    return all(epoch.evaluations.keys() >= set(trial.evaluations_of_all) for epoch in epochs) and all(
        one.evaluation in epochs[number - 1].evaluations for one, number in zip(due, counted, strict=True)
    )


def _restored(prepared: PreparedTrial, checkpoint: Checkpoint) -> bool:
    """Give the network the checkpoint's state, and the trial that of the weights that count; tell whether both hold.

    The digests of the weights were taken before the file was written.
    """
    network, epochs = prepared.network, measured(checkpoint.epochs)
    counted = prepared.trial.computation.counted(epochs)
    state = checkpoint.state if counted == len(epochs) else checkpoint.counted
    if prepared.trial.computation.chooses_weights:
        network.restore(state)
        if weights_digest(network.weights()) != epochs[counted - 1].weights_sha256:
            return False
        prepared.counted_state[:] = state
    network.restore(checkpoint.state)
    return weights_digest(network.weights()) == epochs[-1].weights_sha256
