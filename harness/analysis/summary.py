"""What one architecture's runs amount to; compares it with nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.analysis.contested import uncontested
from harness.analysis.runs import ArchitectureResults
from harness.data.declarations import find_dataset
from harness.records.record import TEST
from harness.records.store import Classes
from harness.statistics.samples import Estimate, Spread, discordant_deviation, estimate, spread

Labels = Mapping[str, Classes]
DRIFT = 0.05


@dataclass(frozen=True)
class Summary:
    """Centre and spread over the seeds of one architecture; None where nothing was measured.

    Accuracies in [0, 1]. ``epoch_seconds`` is over all epochs of all seeds. ``discordant_deviation`` is the
    spread of accuracy that the runs' disagreement on single images implies. ``uncontested_accuracy`` leaves
    out the test images whose label is contested. ``drifted_seeds`` are those whose times to distrust: the
    machine's own speed changed by more than ``DRIFT`` between their start and their end.
    """

    test_accuracy: Estimate | None = None
    test_loss: Estimate | None = None
    train_accuracy: Estimate | None = None
    train_seconds: Spread | None = None
    epoch_seconds: Spread | None = None
    discordant_deviation: float | None = None
    uncontested_accuracy: Estimate | None = None
    drifted_seeds: tuple[int, ...] = ()


def summarize(entry: ArchitectureResults, labels: Labels) -> Summary:
    """Return one architecture's summary; ``labels`` are the true test labels by data set, where known."""
    runs = entry.runs
    dataset = entry.architecture.dataset
    right = right_predictions(entry, labels)
    kept = None if right is None else right[:, uncontested(find_dataset(dataset), right.shape[1])]
    return Summary(
        test_accuracy=estimate(entry.accuracies),
        test_loss=estimate([run.last.value("test", "loss") for run in runs]),
        train_accuracy=estimate([run.last.value("train", "accuracy") for run in runs]),
        train_seconds=spread([run.train_seconds for run in runs]),
        epoch_seconds=spread([epoch.train_seconds for run in runs for epoch in run.epochs]),
        discordant_deviation=None if right is None else discordant_deviation(right),
        drifted_seeds=tuple(run.seed for run in runs if run.drift is not None and run.drift > DRIFT),
        uncontested_accuracy=None if kept is None else estimate(kept.mean(axis=1).tolist()),
    )


def right_predictions(entry: ArchitectureResults, labels: Labels) -> NDArray[np.bool_] | None:
    """Return which predictions are right, shape (runs, test examples); None where one is not known."""
    truth = labels.get(entry.architecture.dataset)
    predicted = stacked_predictions(entry)
    if truth is None or predicted is None:
        return None
    return np.asarray(predicted == truth[: predicted.shape[1]])


def stacked_predictions(entry: ArchitectureResults) -> Classes | None:
    """Return the predicted classes, shape (runs, test examples), or None where a run kept none."""
    kept: Sequence[Classes] = [run.predictions[TEST] for run in entry.runs if TEST in run.predictions]
    return np.stack(kept) if kept and len(kept) == len(entry.runs) else None
