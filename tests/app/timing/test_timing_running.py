"""The files that `bench time` runs: both are in the repository, one ships with the package."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from harness.app.timing import running
from harness.app.timing.running import HARNESS, NETWORKS, Timing, benchmark_file, run_benchmarks
from harness.errors import NoBenchmarks, TimingFailed

ROOT = Path(__file__).parents[3]


def timing(*names: str, harness: bool = False) -> Timing:
    return Timing(names, ROOT / "architectures", threads=1, repetitions=1, harness=harness)


def test_both_files_are_found_in_the_repository() -> None:
    for name in (NETWORKS, HARNESS):
        assert benchmark_file(name) == ROOT / "tests" / "benchmarks" / name


def test_the_networks_file_ships_with_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    included = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert included["force-include"][f"tests/benchmarks/{NETWORKS}"] == f"harness/benchmarks/{NETWORKS}"
    shipped = tmp_path / "benchmarks" / NETWORKS
    shipped.parent.mkdir()
    shipped.write_text("")
    monkeypatch.setattr(running, "PACKAGE", tmp_path)
    assert benchmark_file(NETWORKS) == shipped


def test_without_the_repository_the_harness_itself_is_not_timed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PACKAGE", tmp_path / "harness")
    with pytest.raises(NoBenchmarks, match="leave out --harness"):
        benchmark_file(HARNESS)


def test_what_is_chosen_reaches_the_benchmarks() -> None:
    variables = timing("000_convnet", "dense_512").variables()
    assert variables["BENCH_TIME_NAMES"] == "000_convnet dense_512"
    assert variables["BENCH_THREADS"] == "1"


def test_benchmarks_that_fail_are_one_sentence() -> None:
    with pytest.raises(TimingFailed, match="exit code"):
        run_benchmarks(timing("no_such_network"))
