"""Runs the files of benchmarks with pytest in a process of its own; reads and writes no result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import NoBenchmarks, Stopped, TimingFailed

PACKAGE = Path(__file__).resolve().parents[2]
NETWORKS, HARNESS = "test_networks_speed.py", "test_harness_speed.py"
# One pool of threads and no greetings, as in a trial's process; and none of the user's plugins of pytest, some of
# which keep pytest-benchmark from measuring.
VARIABLES = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "KERAS_BACKEND": "tensorflow",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
OPTIONS = (
    *("-p", "pytest_benchmark.plugin", "-p", "no:cacheprovider", "-o", "addopts=", "-q"),
    *("--benchmark-only", "--benchmark-quiet", "--benchmark-disable-gc"),
)


@dataclass(frozen=True)
class Timing:
    """What is timed: the names of architectures (none: all), on how many threads, how many times over."""

    names: Sequence[str]
    architectures: Path
    threads: int
    repetitions: int
    harness: bool

    def variables(self) -> Mapping[str, str]:
        """Return what the files of benchmarks read."""
        return {
            "BENCH_TIME_NAMES": " ".join(self.names),
            "BENCH_ARCHITECTURES": str(self.architectures.absolute()),
            "BENCH_THREADS": str(self.threads),
            "BENCH_TIME_REPETITIONS": str(self.repetitions),
        }


def run_benchmarks(timing: Timing) -> dict[str, Any]:
    """Return pytest-benchmark's document; what pytest says goes to stderr.

    Raises:
        TimingFailed: A benchmark failed.
        Stopped: The user pressed Ctrl-C.
        NoBenchmarks: The harness's own are asked for, where only the package is installed.
    """
    files = [benchmark_file(NETWORKS), *([benchmark_file(HARNESS)] if timing.harness else [])]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        target = Path(folder) / "times.json"
        command = [sys.executable, "-m", "pytest", *map(str, files), *OPTIONS, f"--benchmark-json={target}"]
        environment = {**os.environ, **VARIABLES, "KERAS_HOME": folder, **timing.variables()}
        try:
            done = subprocess.run(command, env=environment, stdout=sys.stderr.fileno(), check=False)
        except KeyboardInterrupt:
            raise Stopped("the benchmarks have not run through") from None
        if done.returncode:
            raise TimingFailed(done.returncode)
        document: dict[str, Any] = json.loads(target.read_bytes())
        return document


def benchmark_file(name: str) -> Path:
    """Return the file as it ships with the package, else that of the repository."""
    shipped = PACKAGE / "benchmarks" / name
    path = shipped if shipped.exists() else PACKAGE.parent / "tests" / "benchmarks" / name
    if not path.exists():
        raise NoBenchmarks(name)
    return path
