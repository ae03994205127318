"""Times of single steps and predictions, as `bench time` leaves them beside the records; takes none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

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
    """Return what the file holds; nothing where there is none, or it is not such a file."""
    try:
        return parse_times(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        return Times()


def parse_times(document: Mapping[str, Any]) -> Times:
    """Return the medians of a pytest-benchmark document, repetitions taken together."""
    networks: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    harness: dict[str, list[Mapping[str, Any]]] = {}
    peaks = []
    for measured in document["benchmarks"]:
        info, work = measured["extra_info"], work_of(measured)
        if work == FLOAT32_PEAK:
            peaks.append(info["operations"] / measured["stats"]["median"] / 1e9)
            continue
        by_work = networks.setdefault(info["trial"], {}) if "trial" in info else harness
        by_work.setdefault(work, []).append(measured)
    return Times(
        networks={trial: {work: _timed(many) for work, many in works.items()} for trial, works in networks.items()},
        harness={work: _timed(many) for work, many in harness.items()},
        peak_gflops=max(peaks, default=None),
    )


def work_of(measured: Mapping[str, Any]) -> str:
    """Return the key of what a benchmark timed, whichever keys its file has."""
    work: str = measured["extra_info"]["work"]
    return FIRST_KEYS.get(work, work)


def _timed(repetitions: Iterable[Mapping[str, Any]]) -> Timed:
    many = list(repetitions)
    medians = [float(measured["stats"]["median"]) for measured in many]
    return Timed(int(many[0]["extra_info"].get("images", 0)), median(medians), min(medians), max(medians))
