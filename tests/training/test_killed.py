"""Killed at any moment: nothing recorded is lost or half-written, nobody is orphaned, and the numbers are the same."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import psutil
import pytest
from child_processes import still_alive
from program_processes import start_forked, start_fresh
from real_trials import numbers
from slice_program import train_slice

from harness.records.record import Record
from harness.records.store import Store

pytest_plugins = ["real_mnist"]
pytestmark = [pytest.mark.training, pytest.mark.usefixtures("mnist")]

KILLS, SEED = int(os.environ.get("BENCH_TEST_KILLS", "6")), int(os.environ.get("BENCH_TEST_SEED", "0"))
# The first program that is killed imports TensorFlow as a user's does, and takes so much longer.
FRESH, IMPORT_SECONDS = 1, 5.0
PATIENCE_SECONDS = 180.0


def end(process: BaseProcess) -> int | None:
    process.join(PATIENCE_SECONDS)
    return process.exitcode


def family(process: BaseProcess) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def kill(process: BaseProcess, whom: str) -> None:
    below = family(process)
    victims = [psutil.Process(process.pid)] if whom in {"parent", "both"} and process.is_alive() else []
    victims += below if whom in {"child", "both"} else []
    for victim in victims:
        with contextlib.suppress(psutil.NoSuchProcess):
            victim.kill()
    assert end(process) is not None
    alive = still_alive(below)
    assert not alive, f"orphans after killing {whom}: {alive}"


def records(results: Path) -> dict[str, Record]:
    loaded = Store(results).load()
    assert not loaded.unreadable
    return {f"{record.fingerprint}-seed{record.seed}": record for record in loaded.records}


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody disturbs, and how long it took."""

    records: dict[str, Record]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    results = tmp_path_factory.mktemp("undisturbed")
    process = start_forked(train_slice, results)
    started = time.monotonic()
    assert end(process) == 0
    return Undisturbed(records(results), time.monotonic() - started)


def test_killed_at_moments_drawn_from_a_seed_the_final_records_are_those_of_an_undisturbed_run(
    tmp_path: Path, undisturbed: Undisturbed
) -> None:
    rng = np.random.default_rng(SEED)
    for number, whom in enumerate(rng.permutation(["parent", "child", "both"] * KILLS)[:KILLS]):
        before = {name for name, record in records(tmp_path).items() if record.failure is None}
        fresh = number < FRESH
        process = (start_fresh if fresh else start_forked)(train_slice, tmp_path)
        # As long as an undisturbed run, so that kills fall on start-up, epochs, checkpoints and records alike.
        time.sleep(rng.uniform(0, undisturbed.seconds + fresh * IMPORT_SECONDS))
        kill(process, str(whom))
        assert before <= {name for name, record in records(tmp_path).items() if record.failure is None}
    assert end(start_forked(train_slice, tmp_path)) == 0
    final = records(tmp_path)
    assert len(final) == 3
    assert [record.failure for record in final.values() if record.failure] == []
    assert {name: numbers(one) for name, one in final.items()} == {
        name: numbers(one) for name, one in undisturbed.records.items()
    }


def test_two_runs_at_once_share_the_work(tmp_path: Path, undisturbed: Undisturbed) -> None:
    both = [start_forked(train_slice, tmp_path), start_forked(train_slice, tmp_path)]
    assert [end(process) for process in both] == [0, 0]
    final = records(tmp_path)
    assert {name: numbers(one) for name, one in final.items()} == {
        name: numbers(one) for name, one in undisturbed.records.items()
    }
