"""Values of every kind's fields, drawn at random, train in processes that are watched; the same ones in every run.

``BENCH_FUZZ=500 pytest -k legal`` draws so many; ``tests/benchmarks/legal_sweep.py`` tries all pairs of values.
"""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from legal_sweep import main
from program_processes import start_forked

pytestmark = pytest.mark.training

ATTEMPTS = os.environ.get("BENCH_FUZZ", "24")
PATIENCE_SECONDS = 1800


def sweep(printed: Path) -> None:
    sys.argv = ["legal_sweep.py", "--drawn", ATTEMPTS]
    with printed.open("w", encoding="utf-8") as file, redirect_stdout(file), redirect_stderr(file):
        sys.exit(main())


def test_legal_values_train_or_give_a_number_that_is_none(tmp_path: Path) -> None:
    process = start_forked(sweep, tmp_path / "printed")
    process.join(PATIENCE_SECONDS)
    printed = (tmp_path / "printed").read_text(encoding="utf-8")
    assert process.exitcode == 0, printed
    assert printed.splitlines()[-1].startswith("all: {'trained': ")
