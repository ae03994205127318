"""Trains one trial in this process and tells what happens; knows nothing of processes, records and other trials."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

from harness.data import Dataset, load
from harness.plan.trial import Computation, Trial
from harness.records.record import Clocks, EpochMeasurement, Stage
from harness.records.store import digest
from harness.spec.datasets import facts
from harness.train.checkpoint import restore_checkpoint, save_checkpoint
from harness.train.epoch import DeviceData, compile_epoch, to_device
from harness.train.evaluation import Evaluation, compile_evaluation
from harness.train.messages import Built, EpochDone, Failed, Finished, Job, Message, StageBegan
from harness.train.model import build_model, weights_digest
from harness.train.order import epoch_order

Tell = Callable[[Message], None]


def run_trial(job: Job, tell: Tell) -> None:
    """Train the trial up to its last epoch, telling each step of the way.

    Errors of TensorFlow and of the data leave this function: the process turns them into a failure.
    """
    start_up_seconds = max(0.0, time.time() - job.spawned)
    configure_tensorflow(job)
    training = _build(job, tell, start_up_seconds)
    for epoch in range(len(training.done) + 1, job.trial.epochs + 1):
        done = training.run_epoch(epoch)
        tell(done)
        if job.checkpoint and epoch < job.trial.epochs:
            save_checkpoint(job.checkpoint, training.model, training.done)
    tell(Finished(peak_memory_bytes()))


class NotANumber(Exception):
    """The loss is NaN or infinite: the weights are lost."""


class Training:
    """A compiled trial in the middle of its training."""

    def __init__(self, trial: Trial, model: keras.Model, data: DeviceData, test_data: DeviceData) -> None:
        self.trial = trial
        self.model = model
        self.examples = data.examples
        self.train = compile_epoch(model, data, trial.computation.batch_size)
        self.evaluate = compile_evaluation(model, test_data)
        self.true_classes = test_data.labels.numpy()
        self.done: list[EpochDone] = []

    def run_epoch(self, epoch: int) -> EpochDone:
        """Train and evaluate one epoch, each on its own clock.

        Raises:
            NotANumber: The loss is not finite.
        """
        order = epoch_order(self.trial.seed, epoch, self.examples)
        with stopwatch() as train_clock:
            self.train(order)
            means = {name: float(value) for name, value in self.model.get_metrics_result().items()}
        with stopwatch() as test_clock:
            evaluation = self.evaluate()
        for name, loss in (("train", means["loss"]), ("test", evaluation.loss)):
            if not math.isfinite(loss):
                raise NotANumber(f"the {name} loss of epoch {epoch} is {loss}")
        done = EpochDone(self._measurement(epoch, means, train_clock, evaluation, test_clock), evaluation.predictions)
        self.done.append(done)
        return done

    def _measurement(
        self,
        epoch: int,
        means: dict[str, float],
        train_clock: Stopwatch,
        evaluation: Evaluation,
        test_clock: Stopwatch,
    ) -> EpochMeasurement:
        return EpochMeasurement(
            epoch=epoch,
            train_loss=means["loss"],
            train_accuracy=means["accuracy"],
            test_loss=evaluation.loss,
            test_accuracy=float((evaluation.predictions == self.true_classes).mean()),
            train_seconds=train_clock.seconds,
            train_cpu_seconds=train_clock.cpu_seconds,
            test_seconds=test_clock.seconds,
            test_cpu_seconds=test_clock.cpu_seconds,
            weights_sha256=weights_digest(self.model),
            predictions_sha256=digest(evaluation.predictions),
        )


class Stopwatch:
    """Wall and processor seconds of a block."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Time the block; the stopwatch holds the seconds once it is left."""
    watch = Stopwatch()
    start, cpu_start = time.perf_counter(), time.process_time()
    try:
        yield watch
    finally:
        watch.seconds = time.perf_counter() - start
        watch.cpu_seconds = time.process_time() - cpu_start


def configure_tensorflow(job: Job) -> None:
    """Fix threads and determinism, before TensorFlow's runtime starts; hide accelerators, which are not timed yet."""
    tf.config.set_visible_devices([], "GPU")
    tf.config.threading.set_intra_op_parallelism_threads(job.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    if job.deterministic:
        tf.config.experimental.enable_op_determinism()


def _build(job: Job, tell: Tell, start_up_seconds: float) -> Training:
    trial = job.trial
    tell(StageBegan("data"))
    with stopwatch() as data_clock:
        dataset = load(trial.computation.dataset, job.cache)
        data, test_data = device_data(dataset, trial.computation)
    tell(StageBegan("build"))
    with stopwatch() as build_clock:
        model = build_model(trial.computation, trial.seed)
        initial = weights_digest(model)
    tell(StageBegan("compile"))
    with stopwatch() as compile_clock:
        training = Training(trial, model, data, test_data)
    if job.checkpoint and job.checkpoint.exists():
        training.done += restore_checkpoint(job.checkpoint, model).epochs
    tell(
        Built(
            parameters=model.count_params(),
            trainable_parameters=sum(math.prod(weights.shape) for weights in model.trainable_weights),
            initial_weights_sha256=initial,
            data_sha256=dataset.sha256,
            clocks=Clocks(
                start_up_seconds=start_up_seconds,
                data_seconds=data_clock.seconds,
                build_seconds=build_clock.seconds,
                compile_seconds=compile_clock.seconds,
            ),
            resumed_epochs=len(training.done),
        )
    )
    tell(StageBegan("train"))
    for done in training.done:
        tell(done)
    return training


def device_data(dataset: Dataset, computation: Computation) -> tuple[DeviceData, DeviceData]:
    """Put the training examples that the computation uses, and the test examples, on the device.

    As in Keras, ``validation_split`` holds out the last examples.
    """
    classes = facts(computation.dataset).classes
    used = computation.training.training_examples(computation.train_examples or len(dataset.train_labels))
    tested = computation.test_examples or len(dataset.test_labels)
    return (
        to_device(dataset.train_images[:used], dataset.train_labels[:used], classes),
        to_device(dataset.test_images[:tested], dataset.test_labels[:tested], classes),
    )


def peak_memory_bytes() -> int | None:
    """Return the most memory that this process has held, where the system tells it."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    import sys  # noqa: PLC0415

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
