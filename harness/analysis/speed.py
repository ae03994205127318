"""How fast each network trains and predicts, and where the time of its trials went; measures and judges no time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from harness.analysis.runs import ArchitectureResults, Study
from harness.records.times import PREDICT_MANY, PREDICT_ONE, TRAIN_STEP, Timed, Times
from harness.statistics.samples import Spread, spread

# A multiply-accumulate is two operations; the backward pass takes two products for each of the forward pass: one for
# the gradient of the weights, one for that of the input.
OPERATIONS_PER_MAC = 6


@dataclass(frozen=True)
class Speed:
    """One architecture's speed; unknown is None.

    ``training_images_per_second`` and ``training_gflops`` are over an epoch, from the records of the timed runs, and
    ``noise`` is half the distance of its quartiles, as a share. The others come from `bench time`: ``peak_share`` in
    [0, 1] is of the float32 peak that it measured.
    """

    name: str
    noise: float | None
    training_images_per_second: float | None
    training_gflops: float | None
    peak_share: float | None
    train_step: Timed | None
    predict_one: Timed | None
    predict_many: Timed | None


def speed(study: Study, entry: ArchitectureResults, times: Times) -> Speed:
    """Return the architecture's speed.

    GFLOP/s = 6 · multiply-accumulates · images of an epoch / seconds of the epoch / 10⁹, the seconds being the median
    over the timed runs of their median epochs. The share of the peak is that over the measured one.
    """
    architecture = entry.architecture
    images = architecture.training.examples_per_epoch(study.settings.train_examples or architecture.data.train_examples)
    epochs = spread([median(epoch.train_seconds for epoch in run.epochs) for run in entry.timing.runs])
    seconds = epochs.median if epochs else None
    gflops = OPERATIONS_PER_MAC * entry.cost.macs * images / seconds / 1e9 if seconds else None
    timed: Mapping[str, Timed] = times.networks.get(entry.fingerprint, {})
    return Speed(
        name=entry.name,
        noise=epochs.noise / epochs.median if epochs and epochs.noise is not None else None,
        training_images_per_second=images / seconds if seconds else None,
        training_gflops=gflops,
        peak_share=gflops / times.peak_gflops if gflops and times.peak_gflops else None,
        train_step=timed.get(TRAIN_STEP),
        predict_one=timed.get(PREDICT_ONE),
        predict_many=timed.get(PREDICT_MANY),
    )


@dataclass(frozen=True)
class Stages:
    """An architecture's timed runs, wall seconds by stage; unknown is None.

    ``processor_share`` is the processor seconds of training per wall second: as many as threads that were busy all
    the time. ``drift`` and ``stolen_seconds`` are the largest of all runs and, as they are taken once per trial, over
    its epochs beyond the architecture's own too; ``concurrent_trials`` is the most.
    """

    name: str
    start_up_seconds: Spread | None
    data_seconds: Spread | None
    build_seconds: Spread | None
    compile_seconds: Spread | None
    train_seconds: Spread | None
    test_seconds: Spread | None
    processor_share: float | None
    peak_memory_bytes: float | None
    concurrent_trials: int | None
    stolen_seconds: float | None
    drift: float | None


def stages(entry: ArchitectureResults) -> Stages:
    """Return where the time of the architecture's own epochs went, and of what came before them."""
    runs = entry.timing.runs
    measurements = [run.measurement for run in runs]
    clocks = [measurement.clocks for measurement in measurements]
    conditions = [measurement.conditions for measurement in measurements if measurement.conditions]
    return Stages(
        name=entry.name,
        start_up_seconds=spread([clock.start_up_seconds for clock in clocks]),
        data_seconds=spread([clock.data_seconds for clock in clocks]),
        build_seconds=spread([clock.build_seconds for clock in clocks]),
        compile_seconds=spread([clock.compile_seconds for clock in clocks]),
        train_seconds=spread([run.train_seconds for run in runs]),
        test_seconds=spread([run.evaluation_seconds for run in runs]),
        processor_share=_middle(run.processor_share for run in runs),
        peak_memory_bytes=_middle(measurement.peak_memory_bytes for measurement in measurements),
        concurrent_trials=max((run.concurrent_trials for run in runs), default=None),
        stolen_seconds=_largest(condition.stolen_seconds for condition in conditions),
        drift=_largest(run.drift for run in runs),
    )


def _middle(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _largest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
