"""Values of every kind's fields, drawn at random, train in processes that are watched; the same ones in every run.

``BENCH_FUZZ=500 pytest -k legal`` draws so many; ``tests/benchmarks/legal_sweep.py`` tries all pairs of values.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.training

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
ATTEMPTS = os.environ.get("BENCH_FUZZ", "24")


def test_legal_values_train_or_give_a_number_that_is_none() -> None:
    command = [sys.executable, str(BENCHMARKS / "legal_sweep.py"), "--drawn", ATTEMPTS]
    paths = [str(path) for path in (BENCHMARKS.parents[1], BENCHMARKS.parent / "fakes", BENCHMARKS)]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert done.stdout.splitlines()[-1].startswith("all: {'trained': ")
