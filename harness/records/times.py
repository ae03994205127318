"""Times of single steps and predictions, as `bench time` leaves them beside the records; takes none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from harness.records.content import UnusableRecord, read_json

# What is timed, by the keys that files have: of a network, of the processor.
TRAIN_STEP, PREDICT_ONE, PREDICT_MANY = "train_step", "predict_1", "predict_256"
FLOAT32_PEAK = "float32_peak"
# The first files have sentences for keys.
FIRST_KEYS = {
    "training step": TRAIN_STEP,
    "answer to 1": PREDICT_ONE,
    "answer to 256": PREDICT_MANY,
    "float32 peak": FLOAT32_PEAK,
    "read 100 specs": "read_specs",
    "plan 100 architectures, 5 seeds": "plan",
    "load 10,000 records": "load_records",
    "make the report of six architectures": "report",
    "1,000 stopwatches (an epoch has two)": "stopwatches",
    "watch the machine (once per trial)": "watch",
    "epoch of 4,000 images of 002_two_conv_dropout, compiled": "epoch_compiled",
    "epoch of 4,000 images of 002_two_conv_dropout, model.fit": "epoch_fit",
}

# What no clock and no machine goes beyond.
LEAST_SECONDS, MOST_SECONDS = 1e-12, 1e9
MOST_OPERATIONS, MOST_IMAGES = 1e18, 1e9
MOST_SHOWN = 30


@dataclass(frozen=True)
class Timed:
    """Seconds of one work over ``images`` images: the median, and the range, of the repetitions' medians."""

    images: int
    seconds: float
    fastest_seconds: float
    slowest_seconds: float


@dataclass(frozen=True)
class Times:
    """What was timed in one environment: of networks by the fingerprint of their trial and by work, of the harness.

    ``peak_gflops`` is the fastest that a float32 matrix product ran on the environment's threads.
    """

    networks: Mapping[str, Mapping[str, Timed]] = field(default_factory=dict)
    harness: Mapping[str, Timed] = field(default_factory=dict)
    peak_gflops: float | None = None


def times_path(results: Path, environment: str) -> Path:
    """Return where an environment's times are."""
    return results / "times" / f"{environment}.json"


def read_times(path: Path) -> Times:
    """Return what the file holds; nothing where there is none.

    Raises:
        UnusableRecord: It is not such a file, or holds numbers that no clock gives.
    """
    if not os.path.lexists(path):
        return Times()
    try:
        return parse_times(read_json(path))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise UnusableRecord(f"does not hold times as 'bench time' writes them ({error!r})") from error


def parse_times(document: Mapping[str, Any]) -> Times:
    """Return the medians of a pytest-benchmark document, repetitions taken together."""
    networks: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    harness: dict[str, list[Mapping[str, Any]]] = {}
    peaks = []
    for measured in document["benchmarks"]:
        info, work = measured["extra_info"], work_of(measured)
        if work == FLOAT32_PEAK:
            peaks.append(_number(info["operations"], MOST_OPERATIONS) / _median(measured) / 1e9)
            continue
        by_work = networks.setdefault(_word(info["trial"]), {}) if "trial" in info else harness
        by_work.setdefault(work, []).append(measured)
    return Times(
        networks={trial: {work: _timed(many) for work, many in works.items()} for trial, works in networks.items()},
        harness={work: _timed(many) for work, many in harness.items()},
        peak_gflops=max(peaks, default=None),
    )


def work_of(measured: Mapping[str, Any]) -> str:
    """Return the key of what a benchmark timed, whichever keys its file has."""
    work = _word(measured["extra_info"]["work"])
    return FIRST_KEYS.get(work, work)


def _timed(repetitions: Iterable[Mapping[str, Any]]) -> Timed:
    many = list(repetitions)
    medians = [_median(measured) for measured in many]
    images = _number(many[0]["extra_info"].get("images", 0), MOST_IMAGES, least=0)
    return Timed(int(images), median(medians), min(medians), max(medians))


def _median(measured: Mapping[str, Any]) -> float:
    """Return the median seconds of a benchmark."""
    return _number(measured["stats"]["median"], MOST_SECONDS, LEAST_SECONDS)


def _number(value: object, most: float, least: float = 1) -> float:
    """Return a number that a benchmark can give; raise ValueError at any other value."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{str(value)[:MOST_SHOWN]} is not from {least} to {most:g}")
    return float(value)


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{str(value)[:MOST_SHOWN]} is not a text")
    return value
