"""How fast each network trains and answers, and how much of the processor that takes; measures nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from harness.analysis.runs import Contender, Run, Study
from harness.records.times import MANY, ONE, STEP, Timed, Times
from harness.spec.datasets import facts

# A multiply-accumulate is two operations; the way back takes two products for each of the way forward: one for the
# gradient of the weights, one for that of the input.
OPERATIONS_PER_MAC = 6


@dataclass(frozen=True)
class Speed:
    """One architecture's speed; unknown is None.

    ``training_images_per_second`` and ``training_gflops`` are over an epoch, ``peak_share`` in [0, 1] is of the
    float32 peak that was measured around the trials. The others come from `bench time`.
    """

    name: str
    training_images_per_second: float | None
    training_gflops: float | None
    peak_share: float | None
    step: Timed | None
    one: Timed | None
    many: Timed | None


def speed(study: Study, contender: Contender, times: Times) -> Speed:
    """Return the architecture's speed.

    GFLOP/s = 6 · multiply-accumulates · images of an epoch / seconds of the epoch / 10⁹. The share of the peak is that
    over (threads · GFLOP/s of the calibration, the mean of before and after the trial). Both are medians over runs.
    """
    images = epoch_images(study, contender)
    work = OPERATIONS_PER_MAC * contender.cost.macs * images / 1e9
    seconds = [median(epoch.train_seconds for epoch in run.epochs) for run in contender.runs]
    peaks = [peak_gflops(study, run) for run in contender.runs]
    shares = [work / took / peak for took, peak in zip(seconds, peaks, strict=True) if took and peak]
    typical = median(seconds) if seconds else None
    timed: Mapping[str, Timed] = times.networks.get(contender.trial, {})
    return Speed(
        name=contender.name,
        training_images_per_second=images / typical if typical else None,
        training_gflops=work / typical if typical else None,
        peak_share=median(shares) if shares else None,
        step=timed.get(STEP),
        one=timed.get(ONE),
        many=timed.get(MANY),
    )


def epoch_images(study: Study, contender: Contender) -> int:
    """Return how many images an epoch trains on."""
    architecture = contender.architecture
    images = study.protocol.train_examples or facts(architecture.dataset).train_examples
    return architecture.training.training_examples(images)


def peak_gflops(study: Study, run: Run) -> float | None:
    """Return the float32 peak of the trial's threads that was measured around the run."""
    if run.conditions is None:
        return None
    threads = study.environment.threads if study.environment else 1
    return threads * (run.conditions.calibration_before_gflops + run.conditions.calibration_after_gflops) / 2
