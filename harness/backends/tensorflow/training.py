"""Trains one trial in this process and tells what happens; knows nothing of processes, records and other trials."""

from __future__ import annotations

import math
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from harness.backends.tensorflow.checkpoint import restore_checkpoint, save_checkpoint
from harness.backends.tensorflow.epoch import DeviceData, compile_epoch, to_device
from harness.backends.tensorflow.evaluation import Scored, compile_evaluation
from harness.backends.tensorflow.model import build_model, weights_digest
from harness.data import Dataset, load
from harness.errors import CannotWrite
from harness.plan.trial import Computation
from harness.records.environment import Environment
from harness.records.record import TEST, Clocks, EpochMeasurement, Evaluation
from harness.records.store import digest
from harness.spec.datasets import facts
from harness.worker.clocks import stopwatch
from harness.worker.conditions import Watch
from harness.worker.messages import Built, EpochDone, Finished, Job, Message, StageBegan, Started
from harness.worker.order import epoch_order

Tell = Callable[[Message], None]


class NotANumber(Exception):
    """The loss is NaN or infinite: the weights are lost."""


def run_trial(job: Job, tell: Tell, environment: Callable[[], Environment]) -> None:
    """Train the trial up to its last epoch, telling each step of the way.

    The environment is taken here, where the trial runs, between two clocks.

    Raises:
        NotANumber: A loss is not finite. Errors of TensorFlow and of the data leave this function too: the process
            turns them into a failure.
    """
    trial = job.trial
    training, built = prepare(job, tell, environment)
    done = list(restore_checkpoint(job.checkpoint, training.model).epochs) if job.checkpoint else []
    tell(built.resumed(len(done)))
    for earlier in done:
        tell(earlier)
    tell(StageBegan("train"))
    watch = Watch(job.cores)
    for epoch in range(len(done) + 1, trial.epochs + 1):
        done.append(training.run_epoch(epoch))
        tell(done[-1])
        if job.checkpoint and epoch < trial.epochs:
            keep_checkpoint(job.checkpoint, training.model, done)
    tell(Finished(watch.conditions(), peak_memory_bytes()))


def keep_checkpoint(path: Path, model: keras.Model, done: list[EpochDone]) -> None:
    """Save the checkpoint if it can be saved: it is a convenience, and a full disk is told when the record is due."""
    try:
        save_checkpoint(path, model, done)
    except CannotWrite:
        traceback.print_exc()


def prepare(job: Job, tell: Tell, environment: Callable[[], Environment]) -> tuple[Training, Built]:
    """Bring the trial to the moment before its first epoch, each stage on its own clock."""
    trial = job.trial
    start_up_seconds, start_up_cpu_seconds = max(0.0, time.time() - job.spawned), time.process_time()
    configure_tensorflow(job)
    tell(Started(environment()))
    tell(StageBegan("data"))
    with stopwatch() as data_clock:
        dataset = load(trial.computation.dataset, job.cache)
        data, test_data = device_data(dataset, trial.computation)
    tell(StageBegan("build"))
    with stopwatch() as build_clock:
        model = build_model(trial.computation, trial.seed)
        initial_weights_sha256 = weights_digest(model)
    tell(StageBegan("compile"))
    with stopwatch() as compile_clock:
        train = compile_epoch(model, data, trial.computation.recipe.batch_size)
        evaluate = compile_evaluation(model, test_data)
    built = Built(
        parameters=model.count_params(),
        trainable_parameters=sum(math.prod(weights.shape) for weights in model.trainable_weights),
        initial_weights_sha256=initial_weights_sha256,
        data_sha256=dataset.sha256,
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
    return Training(model, trial.seed, data.examples, test_data.labels.numpy(), train, evaluate), built


@dataclass(frozen=True, eq=False)
class Training:
    """A compiled trial: the model, and the functions that train it for an epoch and evaluate it."""

    model: keras.Model
    seed: int
    examples: int
    true_classes: npt.NDArray[np.uint8]
    train: Callable[[npt.NDArray[np.int32]], None]
    evaluate: Callable[[], Scored]

    def run_epoch(self, epoch: int) -> EpochDone:
        """Train and evaluate one epoch, each on its own clock.

        Raises:
            NotANumber: A loss is not finite.
        """
        order = epoch_order(self.seed, epoch, self.examples)
        with stopwatch() as train_clock:
            self.train(order)
            loss, accuracy = (float(self.model.get_metrics_result()[name]) for name in ("loss", "accuracy"))
        with stopwatch() as test_clock:
            scored = self.evaluate()
        check_finite(epoch, train=loss, test=scored.loss)
        test = Evaluation(
            metrics={"loss": scored.loss, "accuracy": float((scored.predictions == self.true_classes).mean())},
            predictions_sha256=digest(scored.predictions),
            seconds=test_clock.seconds,
            cpu_seconds=test_clock.cpu_seconds,
        )
        measurement = EpochMeasurement(
            epoch=epoch,
            train_metrics={"loss": loss, "accuracy": accuracy},
            train_seconds=train_clock.seconds,
            train_cpu_seconds=train_clock.cpu_seconds,
            order_sha256=digest(order),
            weights_sha256=weights_digest(self.model),
            evaluations={TEST: test},
        )
        return EpochDone(measurement, {TEST: scored.predictions})


def check_finite(epoch: int, *, train: float, test: float) -> None:
    """Raise NotANumber if a loss of the epoch is not finite."""
    for name, loss in (("train", train), ("test", test)):
        if not math.isfinite(loss):
            raise NotANumber(f"the {name} loss of epoch {epoch} is {loss}")


def configure_tensorflow(job: Job) -> None:
    """Fix threads and determinism, before TensorFlow's runtime starts; hide accelerators, which are not timed yet."""
    tf.config.set_visible_devices([], "GPU")
    tf.config.threading.set_intra_op_parallelism_threads(job.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    if job.deterministic:
        tf.config.experimental.enable_op_determinism()


def device_data(dataset: Dataset, computation: Computation) -> tuple[DeviceData, DeviceData]:
    """Put the training examples that the computation uses, and the test examples, on the device.

    As in Keras, ``validation_split`` holds out the last examples.
    """
    classes = facts(computation.dataset).classes
    used = computation.recipe.training_examples(computation.train_examples or len(dataset.train_labels))
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
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
