"""Times of single steps and answers, as `bench time` leaves them beside the records; takes none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

STEP, ONE, MANY = "training step", "answer to 1", "answer to 256"
# A large float32 matrix product.
PEAK = "float32 peak"


@dataclass(frozen=True)
class Timed:
    """Seconds of one work over ``images`` images: the median, and the range, of the repetitions' medians."""

    images: int
    seconds: float
    fastest_seconds: float
    slowest_seconds: float


@dataclass(frozen=True)
class Times:
    """What was timed in one environment: of networks by their fingerprint and by work, of the harness.

    ``peak_gflops`` is the fastest that a float32 matrix product ran on the environment's threads.
    """

    networks: Mapping[str, Mapping[str, Timed]] = field(default_factory=dict)
    harness: Mapping[str, Timed] = field(default_factory=dict)
    peak_gflops: float | None = None


def times_path(results: Path, environment: str) -> Path:
    """Return where an environment's times stand."""
    return results / "times" / f"{environment}.json"


def read_times(path: Path) -> Times:
    """Return what the file holds; nothing where there is none, or what stands there is no such file."""
    try:
        return parse_times(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        return Times()


def parse_times(document: Mapping[str, Any]) -> Times:
    """Return the medians of a pytest-benchmark document, repetitions taken together."""
    networks: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    harness: dict[str, list[Mapping[str, Any]]] = {}
    peaks = []
    for one in document["benchmarks"]:
        info = one["extra_info"]
        if info["work"] == PEAK:
            peaks.append(info["operations"] / one["stats"]["median"] / 1e9)
            continue
        by_work = networks.setdefault(info["trial"], {}) if "trial" in info else harness
        by_work.setdefault(info["work"], []).append(one)
    return Times(
        networks={
            fingerprint: {work: _timed(many) for work, many in works.items()} for fingerprint, works in networks.items()
        },
        harness={work: _timed(many) for work, many in harness.items()},
        peak_gflops=max(peaks, default=None),
    )


def _timed(repetitions: Iterable[Mapping[str, Any]]) -> Timed:
    many = list(repetitions)
    medians = [float(one["stats"]["median"]) for one in many]
    return Timed(int(many[0]["extra_info"].get("images", 0)), median(medians), min(medians), max(medians))
