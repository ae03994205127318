"""The checks that a record must pass to be believed, each by itself; none opens a file or trains."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from harness.data.cache import DatasetArrays
from harness.data.dataset import Dataset
from harness.evaluations.evaluation import Examples, all_right, find_evaluation
from harness.evaluations.metric import ACCURACY, TRAIN, Quantity
from harness.evaluations.registry import evaluation_names
from harness.planning.trial import Computation, phase_at
from harness.records.predictions import Classes, Predictions, digest
from harness.records.record import EpochMeasurement, Record
from harness.spec.cost import network_cost
from harness.worker.examples import trial_order

# Clocks of the processor and of the wall are read one after the other, and are not the same clock.
CLOCK_SLACK_SECONDS = 0.1


@dataclass(frozen=True)
class AuditContext:
    """What stands beside a record: its folder's name, its predictions, and the data set, as far as it is known."""

    folder: str
    predictions: Predictions
    dataset: Dataset | None
    arrays: DatasetArrays | None


Check = Callable[[Record, AuditContext], Iterator[str]]


def environment(record: Record, context: AuditContext) -> Iterator[str]:
    """The folder is that of the environment that the record names."""
    if record.environment.id != context.folder:
        yield f"names the environment {record.environment.id} but stands in another's folder"


def epochs(record: Record, context: AuditContext) -> Iterator[str]:
    """The record has as many epochs as it says; only a failure leaves some out."""
    del context
    found = len(record.finished_epochs)
    if record.failure is None and found != record.epochs:
        yield f"has {found} epochs where it says {record.epochs}, and no failure"


def stops(record: Record, context: AuditContext) -> Iterator[str]:
    """The training ended early where the recipe says so, and nowhere else."""
    del context
    measured = record.measurement
    if measured and measured.stopped != record.computation.stops_after(measured.epochs):
        ended = "ended" if measured.stopped else "went on"
        yield f"{ended} after epoch {len(measured.epochs)}, and its recipe says otherwise"


def parameters(record: Record, context: AuditContext) -> Iterator[str]:
    """The parameters are those that the layers have."""
    if record.measurement is None or context.dataset is None:
        return
    costs = network_cost(record.computation.layers, record.computation.recipes, context.dataset)
    for name in ("parameters", "trainable_parameters"):
        stored, counted = getattr(record.measurement, name), getattr(costs, name)
        if stored != counted:
            yield f"says {stored:,} {name.replace('_', ' ')}; its layers have {counted:,}"


def data(record: Record, context: AuditContext) -> Iterator[str]:
    """The data is the published data."""
    dataset = context.arrays.dataset if context.arrays else context.dataset
    if dataset is None or dataset.sha256 is None:  # the digest is known once the data is at hand
        return
    if record.measurement and record.measurement.data_sha256 != dataset.sha256:
        yield f"was trained on data that is not the published {dataset.title}"


def orders(record: Record, context: AuditContext) -> Iterator[str]:
    """The order of the examples is the one that seed and epoch give."""
    examples, starts = _examples(record, context), record.computation.starts(record.finished_epochs)
    for epoch in record.finished_epochs:
        order = (record.computation, record.seed, epoch.epoch)
        if examples and epoch.order_sha256 != _order_digest(*order, examples, starts):
            yield f"epoch {epoch.epoch}: the order of the examples is not that of seed {record.seed}"


def predictions(record: Record, context: AuditContext) -> Iterator[str]:
    """The predictions beside the record are those that it has the digests of."""
    for epoch in record.finished_epochs:
        arrays = context.predictions.get(epoch.epoch, {})
        for name, evaluation in epoch.evaluations.items():
            if evaluation.predictions_sha256 is None:
                continue
            if name not in arrays:
                yield f"epoch {epoch.epoch}: the {name} predictions are missing"
            elif digest(arrays[name]) != evaluation.predictions_sha256:
                yield f"epoch {epoch.epoch}: the {name} predictions are not those that were recorded"


def accuracy(record: Record, context: AuditContext) -> Iterator[str]:
    """The accuracy of every evaluation is the share of predictions that are right."""
    if context.arrays is None or record.measurement is None:
        return
    test = Examples(context.arrays.test_images, context.arrays.test_labels).first(record.computation.test_examples)
    kinds = {name: find_evaluation(name) for name in record.evaluated if name in evaluation_names()}
    # What changes images, or takes those of the training, only `bench verify` computes again.
    truths = {
        name: kind.examples(test).labels
        for name, kind in kinds.items()
        if not (kind.of_training or kind.of_validation or kind.needs_pictures)
    }
    for epoch in record.finished_epochs:
        arrays = context.predictions.get(epoch.epoch, {})
        for name in (name for name in truths if name in arrays):
            yield from _accuracy(epoch, Quantity(name, ACCURACY), arrays[name], truths[name])


def _accuracy(epoch: EpochMeasurement, quantity: Quantity, predicted: Classes, truth: Classes) -> Iterator[str]:
    recorded = quantity.known_of(epoch)
    if predicted.shape != truth.shape:
        yield f"epoch {epoch.epoch}: {predicted.size:,} predictions for {truth.size:,} {quantity.evaluation} images"
    elif recorded is not None and (right := float(all_right(predicted, truth).mean())) != recorded:
        yield f"epoch {epoch.epoch}: {quantity.title} {recorded} where the predictions give {right}"


def running_means(record: Record, context: AuditContext) -> Iterator[str]:
    """The running means are float32, and the accuracy a whole number of examples out of all.

    A number typed by hand is neither, but for a chance of one in thousands.
    """
    examples = _examples(record, context)
    for epoch in record.finished_epochs:
        for name, value in epoch.train_metrics.items():
            if not _is_float32(value):
                yield f"epoch {epoch.epoch}: {TRAIN} {name} {value} is not a float32, as running means are"
            elif name == ACCURACY.name and examples and not _is_share(value, seen := _seen(record, epoch, examples)):
                yield f"epoch {epoch.epoch}: {TRAIN} {name} {value} is not a share of {seen:,}"


def clocks(record: Record, context: AuditContext) -> Iterator[str]:
    """No epoch took more processor seconds than its threads have on the wall."""
    del context
    most = record.environment.numerics.threads + 1  # and the thread that waits for them
    for epoch in record.finished_epochs:
        clocks = {name: (evaluation.seconds, evaluation.cpu_seconds) for name, evaluation in epoch.evaluations.items()}
        clocks[TRAIN] = (epoch.train_seconds, epoch.train_cpu_seconds)
        for name, (wall, cpu) in clocks.items():
            if cpu > most * wall + CLOCK_SLACK_SECONDS:
                yield f"epoch {epoch.epoch}: {cpu:.2f} processor seconds in {wall:.2f} {name} seconds"


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "environment": environment,
        "epochs": epochs,
        "stops": stops,
        "parameters": parameters,
        "data": data,
        "orders": orders,
        "predictions": predictions,
        "accuracy": accuracy,
        "running means": running_means,
        "clocks": clocks,
    }
)


def _examples(record: Record, context: AuditContext) -> int | None:
    """Return how many examples each epoch trains on; None where the data set is not known."""
    computation = record.computation
    examples = computation.train_examples or (context.dataset and context.dataset.train_examples)
    return computation.recipe.training_examples(examples, record.seed) if examples else None


def _seen(record: Record, epoch: EpochMeasurement, examples: int) -> int:
    """Return how many examples the epoch trained on, some of them several times."""
    phase, _ = phase_at(epoch.epoch, record.computation.starts(record.finished_epochs))
    recipe = record.computation.recipes[phase]
    return examples if recipe.steps_per_epoch is None else recipe.examples_per_epoch(examples)


@lru_cache(maxsize=4096)
def _order_digest(computation: Computation, seed: int, epoch: int, examples: int, starts: tuple[int, ...]) -> str:
    return digest(trial_order(computation, seed, epoch, examples, starts))


def _is_float32(value: float) -> bool:
    return math.isfinite(value) and float(np.float32(value)) == value


def _is_share(value: float, of: int) -> bool:
    return float(np.float32(round(value * of)) / np.float32(of)) == value
