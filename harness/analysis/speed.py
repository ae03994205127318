"""How fast each network trains and predicts, and how much of the processor that takes; measures nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from harness.analysis.runs import ArchitectureResults, Study
from harness.records.times import PREDICT_MANY, PREDICT_ONE, TRAIN_STEP, Timed, Times

# A multiply-accumulate is two operations; the backward pass takes two products for each of the forward pass: one for
# the gradient of the weights, one for that of the input.
OPERATIONS_PER_MAC = 6


@dataclass(frozen=True)
class Speed:
    """One architecture's speed; unknown is None.

    ``training_images_per_second`` and ``training_gflops`` are over an epoch, from the records. The others come from
    `bench time`: ``peak_share`` in [0, 1] is of the float32 peak that it measured.
    """

    name: str
    training_images_per_second: float | None
    training_gflops: float | None
    peak_share: float | None
    train_step: Timed | None
    predict_one: Timed | None
    predict_many: Timed | None


def speed(study: Study, entry: ArchitectureResults, times: Times) -> Speed:
    """Return the architecture's speed.

    GFLOP/s = 6 · multiply-accumulates · images of an epoch / seconds of the epoch / 10⁹, the seconds being the median
    over the runs of their median epochs. The share of the peak is that over the measured one.
    """
    images = epoch_images(study, entry)
    runs = [median(epoch.train_seconds for epoch in run.epochs) for run in entry.runs]
    seconds = median(runs) if runs else None
    gflops = OPERATIONS_PER_MAC * entry.cost.macs * images / seconds / 1e9 if seconds else None
    timed: Mapping[str, Timed] = times.networks.get(entry.fingerprint, {})
    return Speed(
        name=entry.name,
        training_images_per_second=images / seconds if seconds else None,
        training_gflops=gflops,
        peak_share=gflops / times.peak_gflops if gflops and times.peak_gflops else None,
        train_step=timed.get(TRAIN_STEP),
        predict_one=timed.get(PREDICT_ONE),
        predict_many=timed.get(PREDICT_MANY),
    )


def epoch_images(study: Study, entry: ArchitectureResults) -> int:
    """Return how many images an epoch trains on."""
    architecture = entry.architecture
    images = study.settings.train_examples or architecture.data.train_examples
    return architecture.training.training_examples(images)
