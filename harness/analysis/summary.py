"""What one architecture's runs amount to; compares it with nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.analysis.classes import means_over_classes
from harness.analysis.images import Labels, right_predictions, uncontested
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import Quantity
from harness.statistics.samples import Estimate, Spread, discordant_deviation, estimate, spread


@dataclass(frozen=True)
class Summary:
    """Centre and spread over the seeds of one architecture, times over those of one machine; None: nothing measured.

    ``metrics`` are what every run has measured after its last epoch, by the names of columns, and means over classes,
    where predictions and labels are known; ``of`` finds them by quantity. Times are those of ``timed_seeds``, all of
    them or, where ``quiet``, those whose trials had the machine to themselves; ``epoch_seconds`` is over all their
    epochs. ``discordant_deviation`` is the spread of the share of right predictions that the runs' disagreement on
    single images implies. ``uncontested_accuracy`` leaves out the test images whose label is contested.
    """

    metrics: Mapping[str, Estimate] = field(default_factory=dict)
    train_seconds: Spread | None = None
    epoch_seconds: Spread | None = None
    discordant_deviation: float | None = None
    uncontested_accuracy: Estimate | None = None
    timed_seeds: tuple[int, ...] = ()
    quiet: bool = False

    def of(self, quantity: Quantity) -> Estimate | None:
        """Return the quantity's centre and spread, or None where it is not known of every run."""
        return self.metrics.get(quantity.column)


def summarize(entry: ArchitectureResults, labels: Labels) -> Summary:
    """Return one architecture's summary; ``labels`` are the true test labels by data set, where known."""
    runs, timed = entry.runs, entry.timing
    right = right_predictions(entry, labels)
    kept = None if right is None else right[:, uncontested(entry.architecture.data, right.shape[1])]
    return Summary(
        metrics=_estimates([run.last.metrics for run in runs]) | _over_classes(entry, labels),
        train_seconds=spread([run.train_seconds for run in timed.runs]),
        epoch_seconds=spread([epoch.train_seconds for run in timed.runs for epoch in run.epochs]),
        discordant_deviation=None if right is None else discordant_deviation(right),
        uncontested_accuracy=None if kept is None else estimate(kept.mean(axis=1).tolist()),
        timed_seeds=tuple(run.seed for run in timed.runs),
        quiet=timed.quiet,
    )


def _over_classes(entry: ArchitectureResults, labels: Labels) -> dict[str, Estimate]:
    found = means_over_classes(entry, labels)
    known = {quantity.column: estimate(values) for quantity, values in found.items()}
    return {name: mean for name, mean in known.items() if mean is not None}


def _estimates(runs: Sequence[Mapping[str, float]]) -> dict[str, Estimate]:
    """Return an estimate of each metric that all runs have."""
    shared = [name for name in (runs[0] if runs else ()) if all(name in metrics for metrics in runs)]
    found = {name: estimate([metrics[name] for metrics in runs]) for name in shared}
    return {name: known for name, known in found.items() if known is not None}
