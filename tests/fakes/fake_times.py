"""Documents as pytest-benchmark writes them, with what it says of the machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

HOST = "my-secret-host"


def benchmark(work: str, median: float, trial: str | None = None, images: int = 1, repetition: int = 1) -> Any:  # noqa: ANN401 - JSON
    info = {"work": work, "repetition": repetition, **({"trial": trial, "images": images} if trial else {})}
    return {
        "group": work,
        "name": f"test[{repetition}-{work}-{trial}]",
        "fullname": f"/home/me/tests/test_networks_speed.py::test[{repetition}-{work}-{trial}]",
        "params": {"work": work},
        "param": work,
        "extra_info": info,
        "options": {"timer": "perf_counter"},
        "stats": {"median": median, "min": median, "rounds": 3, "data": [median] * 3},
    }


def document(benchmarks: Iterable[Any]) -> dict[str, Any]:
    return {
        "machine_info": {"node": HOST, "cpu": {"brand_raw": "Fake"}},
        "commit_info": {"id": "a" * 40, "project": "my-folder", "branch": "mine", "dirty": False},
        "benchmarks": list(benchmarks),
        "datetime": "2026-01-02T03:04:05+00:00",
        "version": "5.3.1",
    }
