"""Killed at any moment: nothing recorded is lost or half-written, nobody is orphaned, and the numbers are the same."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from child_processes import still_alive
from real_trials import numbers

from harness.records.record import Record
from harness.records.store import Store

pytest_plugins = ["real_mnist"]
pytestmark = [pytest.mark.training, pytest.mark.usefixtures("mnist")]

PROGRAM = Path(__file__).parents[1] / "fakes" / "run_slice.py"
KILLS, SEED = int(os.environ.get("BENCH_TEST_KILLS", "6")), int(os.environ.get("BENCH_TEST_SEED", "0"))
# As long as an undisturbed run, so that kills fall on start-up, epochs, checkpoints and records alike.
LATEST_SECONDS = 9.0


def start(results: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(PROGRAM), str(results)], stderr=subprocess.DEVNULL)


def family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def kill(process: subprocess.Popen[bytes], whom: str) -> None:
    below = family(process)
    victims = [psutil.Process(process.pid)] if whom in {"parent", "both"} and process.poll() is None else []
    victims += below if whom in {"child", "both"} else []
    for victim in victims:
        with contextlib.suppress(psutil.NoSuchProcess):
            victim.kill()
    if whom == "child":
        process.wait(timeout=60)
    process.wait(timeout=60)
    alive = still_alive(below)
    assert not alive, f"orphans after killing {whom}: {alive}"


def records(results: Path) -> dict[str, Record]:
    loaded = Store(results).load()
    assert not loaded.unreadable
    return {f"{record.fingerprint}-seed{record.seed}": record for record in loaded.records}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Record]:
    results = tmp_path_factory.mktemp("undisturbed")
    assert start(results).wait(timeout=120) == 0
    return records(results)


def test_killed_at_moments_drawn_from_a_seed_the_final_records_are_those_of_an_undisturbed_run(
    tmp_path: Path, undisturbed: dict[str, Record]
) -> None:
    rng = np.random.default_rng(SEED)
    for whom in rng.permutation(["parent", "child", "both"] * KILLS)[:KILLS]:
        before = {name for name, record in records(tmp_path).items() if record.failure is None}
        process = start(tmp_path)
        time.sleep(rng.uniform(0, LATEST_SECONDS))
        kill(process, str(whom))
        assert before <= {name for name, record in records(tmp_path).items() if record.failure is None}
    assert start(tmp_path).wait(timeout=120) == 0
    final = records(tmp_path)
    assert len(final) == 3
    assert all(record.failure is None for record in final.values())
    assert {name: numbers(one) for name, one in final.items()} == {
        name: numbers(one) for name, one in undisturbed.items()
    }


def test_two_runs_at_once_share_the_work(tmp_path: Path, undisturbed: dict[str, Record]) -> None:
    both = [start(tmp_path), start(tmp_path)]
    assert [process.wait(timeout=180) for process in both] == [0, 0]
    final = records(tmp_path)
    assert {name: numbers(one) for name, one in final.items()} == {
        name: numbers(one) for name, one in undisturbed.items()
    }
