"""Cores: one trial to each physical core, and no more trials than memory holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.execute.cores import (
    available_memory,
    cpu_quota,
    jobs_that_fit,
    physical_cores,
    pinned_cores,
)
from harness.records.environment import usable_cores

GIB = 2**30


def test_two_threads_of_one_core_count_once(tmp_path: Path) -> None:
    for core in usable_cores():
        folder = tmp_path / f"cpu{core}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text("0-99\n")
    assert physical_cores(tmp_path) == (usable_cores()[0],)


def test_without_a_topology_every_usable_core_counts(tmp_path: Path) -> None:
    assert physical_cores(tmp_path) == tuple(usable_cores())


def test_nothing_is_pinned_where_cores_do_not_go_round() -> None:
    assert pinned_cores((0, 2, 4, 6), threads=2, jobs=2) == (0, 2, 4, 6)
    assert pinned_cores((0, 1), threads=1, jobs=3) == ()


def test_jobs_are_limited_by_cores_and_by_memory() -> None:
    assert jobs_that_fit(8, 1, trial_bytes=2 * GIB, available_bytes=64 * GIB) == 8
    assert jobs_that_fit(8, 2, trial_bytes=2 * GIB, available_bytes=64 * GIB) == 4
    assert jobs_that_fit(8, 1, trial_bytes=2 * GIB, available_bytes=5 * GIB) == 2
    assert jobs_that_fit(1, 2, trial_bytes=2 * GIB, available_bytes=64 * GIB) == 1


@pytest.mark.parametrize(("text", "quota"), [("max 100000", None), ("150000 100000", 1.5), ("nonsense", None)])
def test_a_containers_quota_is_read(tmp_path: Path, text: str, quota: float | None) -> None:
    (tmp_path / "cpu.max").write_text(text)
    assert cpu_quota(tmp_path) == quota
    assert cpu_quota(tmp_path / "nowhere") is None


def test_memory_is_what_a_container_leaves(tmp_path: Path) -> None:
    free = available_memory(tmp_path)
    assert free > GIB / 64
    (tmp_path / "memory.max").write_text(str(2 * 2**20))
    (tmp_path / "memory.current").write_text(str(2**20))
    assert available_memory(tmp_path) == 2**20
    (tmp_path / "memory.max").write_text("max")
    assert available_memory(tmp_path) > GIB / 64
