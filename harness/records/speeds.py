"""Measured speeds of an environment's records, as a forecast for what is still to be trained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import median

from harness.errors import UnknownDataset
from harness.planning.forecast import START_UP_SECONDS, Forecast, kinds, modelled_epoch_seconds
from harness.planning.trial import Trial
from harness.records.record import Record


def measured_forecast(records: Iterable[Record]) -> Forecast:
    """Return a forecast from the records' epochs; trials never measured are scaled from those that were."""
    trials: dict[str, Trial] = {}
    seconds: dict[str, list[float]] = defaultdict(list)
    start_ups: list[float] = []
    for record in records:
        measured = record.measurement
        if measured is None or not measured.epochs:
            continue
        trials[record.fingerprint] = Trial(record.computation, record.seed, record.epochs)
        seconds[record.fingerprint] += [epoch.train_seconds + epoch.evaluation_seconds for epoch in measured.epochs]
        start_ups.append(measured.clocks.seconds)
    medians = {trial: median(values) for trial, values in seconds.items()}
    speeds = {trial: speed for trial, epoch in medians.items() if (speed := _speed(trials[trial], epoch)) is not None}
    alike: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for trial, speed in speeds.items():
        alike[kinds(trials[trial])].append(speed)
    return Forecast(
        epoch_seconds=medians,
        start_up_seconds=median(start_ups) if start_ups else START_UP_SECONDS,
        speed=median(speeds.values()) if speeds else 1.0,
        alike={layers: median(found) for layers, found in alike.items()},
    )


def _speed(trial: Trial, measured_seconds: float) -> float | None:
    """Return how much faster than modelled the epoch was; None where no model applies: its data set is not known."""
    try:
        return modelled_epoch_seconds(trial) / measured_seconds if measured_seconds > 0 else None
    except UnknownDataset:
        return None
