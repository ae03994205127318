"""A trial's life in its own process: it is prepared, resumed, trained, evaluated; a backend does the computing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.data.cache import DatasetArrays
from harness.data.fetching import load
from harness.data.pipeline import Pipeline, fit
from harness.data.splitting import parts
from harness.evaluations.evaluation import Examples, Response, find_evaluation
from harness.evaluations.metric import TEST, TRAIN, VALIDATION
from harness.planning.trial import Computation, Trial, phase_at
from harness.records.environment import Environment
from harness.records.predictions import digest
from harness.records.record import LEAST_SECONDS, Clocks, EpochMeasurement, Measurement, Stage
from harness.records.weights import weights_digest
from harness.spec.receptive import layer_steps
from harness.spec.training.folds import fold_of
from harness.worker.backend import Array, Backend, Network
from harness.worker.checkpoint import Checkpoint, UnusableCheckpoint, read_checkpoint, set_aside, write_checkpoint
from harness.worker.clocks import Watch, peak_memory_bytes, stopwatch
from harness.worker.evaluating import Evaluator, Inside, check_finite, evaluate, make_evaluators
from harness.worker.messages import Built, EpochDone, Finished, Job, Message, StageBegan, Started

Report = Callable[[Message], None]


def run_trial(job: Job, backend: Backend[Any], report: Report, environment: Callable[[], Environment]) -> None:
    """Train the trial up to its last epoch, reporting each step of the way.

    The environment is taken here, where the trial runs, while no clock runs.

    Raises:
        NotANumber: A loss or a metric is not finite. Errors of the backend and of the data leave this function too:
            the process turns them into a failure.
    """
    prepared, measurement = prepare(job, backend, report, environment)
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


def measured(done: Sequence[EpochDone]) -> list[EpochMeasurement]:
    """Return the epochs' numbers."""
    return [one.measurement for one in done]


@dataclass(frozen=True, eq=False)
class PreparedTrial:
    """A trial that is ready for its next epoch.

    ``examples`` are how many there are to train on. ``counted_state`` is the state after the epoch whose weights count,
    where the recipe chooses one.
    """

    network: Network[Any]
    trial: Trial
    examples: int
    evaluators: Mapping[str, Evaluator]
    counted_state: list[Array] = field(default_factory=list)

    @property
    def inside(self) -> Inside:
        """What evaluations see of the network beside its scores."""
        return SeenInside(self.network, self.trial.computation)

    def is_over(self, done: Sequence[EpochDone]) -> bool:
        """Tell whether all epochs are done: those that are asked for, or those that the recipe lets there be."""
        return len(done) >= self.trial.epochs or self.trial.computation.stops_after(measured(done))

    def next_epoch(self, done: list[EpochDone]) -> tuple[EpochDone, ...]:
        """Add the next epoch to those that are done, and return it and, after it, what was evaluated further of others.

        Raises:
            NotANumber: A loss or a metric is not finite.
        """
        epoch, chooses = len(done) + 1, self.trial.computation.chooses_weights
        names = self.trial.evaluations_of_all if chooses else self.trial.evaluations_after(epoch)
        starts = self.trial.computation.starts(measured(done))
        if epoch in starts:
            self._begin_phase(done, phase_at(epoch, starts)[0])
        done.append(self.run_epoch(epoch, names, starts))
        further = self._evaluate_counted(done) if chooses else ()
        self._lower_rate(done)
        return (done[epoch - 1], *further)

    def _begin_phase(self, done: Sequence[EpochDone], phase: int) -> None:
        """Go on to a phase, with the weights that count in the one before."""
        if self.trial.computation.counted(measured(done)) < len(done):
            self.network.restore(self.counted_state)
        self.network.begin_phase(phase)

    def counted_weights(self) -> tuple[Array, ...]:
        """Return the weights that count, after the last epoch; the network has them from then on."""
        if self.counted_state:
            self.network.restore(self.counted_state)
        return tuple(self.network.weights())

    def _evaluate_counted(self, done: list[EpochDone]) -> tuple[EpochDone, ...]:
        """Evaluate what is due now with the weights that count now; return their epoch where it is an earlier one."""
        epoch, counted = len(done), self.trial.computation.counted(measured(done))
        if counted == epoch:
            self.counted_state[:] = [array.copy() for array in self.network.state()]
        over, known = self.is_over(done), done[counted - 1]
        asked = {due.evaluation for due in self.trial.due if due.epoch == epoch or (over and due.epoch > epoch)}
        names = sorted(asked - known.measurement.evaluations.keys())
        if not names:
            return ()
        now = [array.copy() for array in self.network.state()]
        if counted < epoch:
            self.network.restore(self.counted_state)
        evaluators = {name: self.evaluators[name] for name in names}
        evaluations, predictions = evaluate(counted, evaluators, self.network.score, self.inside)
        if counted < epoch:
            self.network.restore(now)
        all_of_them = {"evaluations": {**known.measurement.evaluations, **evaluations}}
        longer = known.measurement.model_copy(update=all_of_them)
        done[counted - 1] = EpochDone(longer, {**known.predictions, **predictions})
        return (done[counted - 1],) if counted < epoch else ()

    def _lower_rate(self, done: Sequence[EpochDone]) -> None:
        """Lower the learning rate where the recipe of the phase says so."""
        computation = self.trial.computation
        phase, first = phase_at(len(done), computation.starts(measured(done)))
        plateau = computation.recipes[phase].reduce_on_plateau
        if plateau and plateau.reduces(measured(done)[first - 1 :]):
            self.network.reduce_learning_rate(plateau.factor, plateau.min_lr)

    def run_epoch(self, epoch: int, names: Iterable[str], starts: Sequence[int]) -> EpochDone:
        """Train one epoch and do the evaluations of these names, each on its own clock.

        Raises:
            NotANumber: A loss or a metric is not finite.
        """
        order = trial_order(self.trial.computation, self.trial.seed, epoch, self.examples, starts)
        with stopwatch() as train_clock:
            means = dict(self.network.train_epoch(order))
        check_finite(epoch, TRAIN, means)
        due = {name: self.evaluators[name] for name in names}
        evaluations, predictions = evaluate(epoch, due, self.network.score, self.inside)
        measurement = EpochMeasurement(
            epoch=epoch,
            train_metrics=means,
            train_seconds=max(train_clock.seconds, LEAST_SECONDS),  # a coarse clock may not have moved
            train_cpu_seconds=train_clock.cpu_seconds,
            order_sha256=digest(order),
            weights_sha256=weights_digest(self.network.weights()),
            evaluations=evaluations,
        )
        return EpochDone(measurement, predictions)


@dataclass(frozen=True)
class SeenInside:
    """A network's weights, and each layer's responses with the distance in pixels at which its values stand."""

    network: Network[Any]
    computation: Computation

    def weights(self) -> Sequence[Array]:
        """Return all of the weights."""
        return self.network.weights()

    def responses(self, evaluation: str) -> Iterator[Response]:
        """Yield those of each layer, as `bench show` counts them."""
        steps = layer_steps(self.computation.layers, self.computation.data.inputs)
        for values, step in zip(self.network.responses(evaluation), steps, strict=True):
            yield Response(values, step)


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


def trial_examples(trial: Trial, arrays: DatasetArrays) -> tuple[Examples, Examples]:
    """Return what each epoch trains on, and what is scored after it."""
    test = Examples(arrays.test_images, arrays.test_labels).first(trial.computation.test_examples)
    return _chosen(arrays, trial, held_out=False), test


def validation_examples(trial: Trial, arrays: DatasetArrays) -> Examples | None:
    """Return the examples that the recipe holds out; None where it holds out none."""
    found = _chosen(arrays, trial, held_out=True)
    return found if len(found.labels) else None


def _chosen(arrays: DatasetArrays, trial: Trial, *, held_out: bool) -> Examples:
    """Return the examples to train on, or those that are held out.

    As in Keras, ``validation_split`` holds out the last ones. Of folds, the seed says which one is left out.
    """
    computation, recipe = trial.computation, trial.computation.recipe
    examples = Examples(arrays.train_images, arrays.train_labels).first(computation.train_examples)
    if recipe.folds is not None:
        fold = fold_of(trial.seed, recipe.folds)
        chosen = (parts(examples.labels, recipe.folds, fold.partition) == fold.number) == held_out
        return Examples(examples.images[chosen], examples.labels[chosen])
    used = recipe.training_examples(len(examples.labels))
    return Examples(examples.images[used:], examples.labels[used:]) if held_out else examples.first(used)


def trial_evaluators(trial: Trial, training: Examples, test: Examples, pipeline: Pipeline) -> dict[str, Evaluator]:
    """Return the trial's evaluations by name; those beside the test images' own see examples in the inputs' shape."""
    first = make_evaluators([TEST], training, test)
    names = sorted({due.evaluation for due in trial.due} - {VALIDATION})
    if not names:
        return first
    shaped = (Examples(pipeline.shaped(examples.images), examples.labels) for examples in (training, test))
    return {**first, **make_evaluators(names, *shaped)}


def epoch_order(seed: int, epoch: int, examples: int) -> npt.NDArray[np.int32]:
    """Return a permutation of the examples' indices, shape (examples,); the first epoch is 1.

    The harness's own: Keras' shuffle depends on its version, and in some not on the seed.
    """
    return np.random.default_rng((seed, epoch)).permutation(examples).astype(np.int32)


def trial_order(
    computation: Computation, seed: int, epoch: int, examples: int, starts: Sequence[int] = ()
) -> npt.NDArray[np.int32]:
    """Return the indices of the examples in the order in which an epoch trains on them.

    Where the recipe says how many steps an epoch has, a phase goes through the examples again and again, each time in
    another order unless they are not shuffled, and an epoch goes on where the one before ended. ``starts`` are the
    first epochs of the phases, where one of them has stopped.
    """
    phase, first = phase_at(epoch, starts or computation.phase_starts)
    recipe = computation.recipes[phase]

    def order(time: int) -> npt.NDArray[np.int32]:
        return epoch_order(seed, time, examples) if recipe.shuffle else np.arange(examples, dtype=np.int32)

    if recipe.steps_per_epoch is None:
        return order(epoch)
    wanted = recipe.steps_per_epoch * recipe.batch_size
    start = (epoch - first) * wanted
    times = range(start // examples, -(-(start + wanted) // examples))
    endless = np.concatenate([order(first + time) for time in times])
    return endless[start - times[0] * examples :][:wanted]


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
