"""`bench time` beneath the command line: how pytest is asked, and what is kept of its document."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from fake_times import HOST, benchmark, document
from fake_trials import ENVIRONMENT

from harness.app import timing
from harness.app.timing import HARNESS, NETWORKS, benchmark_file, merged, published, run_benchmarks, save
from harness.app.timing_plugin import Chosen
from harness.errors import NoBenchmarks, TimingFailed
from harness.records.times import TRAIN_STEP, read_times

ROOT = Path(__file__).parents[2]


def test_the_data_set_that_is_asked_for_reaches_the_benchmarks() -> None:
    assert "--bench-dataset=digits" in Chosen(dataset="digits").arguments
    assert not [argument for argument in Chosen().arguments if "dataset" in argument]


def test_both_files_are_found_in_the_repository() -> None:
    for name in (NETWORKS, HARNESS):
        assert benchmark_file(name) == ROOT / "tests" / "benchmarks" / name


def test_the_networks_file_ships_with_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    included = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert included["force-include"][f"tests/benchmarks/{NETWORKS}"] == f"harness/benchmarks/{NETWORKS}"
    shipped = tmp_path / "benchmarks" / NETWORKS
    shipped.parent.mkdir()
    shipped.write_text("")
    monkeypatch.setattr(timing, "PACKAGE", tmp_path)
    assert benchmark_file(NETWORKS) == shipped


def test_without_the_repository_the_harness_itself_is_not_timed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "PACKAGE", tmp_path / "harness")
    with pytest.raises(NoBenchmarks, match="leave out --harness"):
        benchmark_file(HARNESS)


def collected(*arguments: str) -> list[str]:
    """Return the benchmarks that pytest finds with these options."""
    command = [sys.executable, "-m", "pytest", str(benchmark_file(NETWORKS)), *timing.PYTEST, *arguments]
    done = subprocess.run(
        [*command, "--collect-only"],
        cwd=ROOT,
        env=timing.variables(str(ROOT)),
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.partition("::")[2] for line in done.stdout.splitlines() if "::" in line]


def test_what_is_chosen_reaches_the_benchmarks_as_options() -> None:
    chosen = Chosen(("000_convnet", "dense_512"), ROOT / "architectures", threads=2, repetitions=2)
    found = collected(*chosen.arguments)
    assert found[:3] == ["test_peak[1]", "test_peak[2]", "test_network[1-train_step-000_convnet]"]
    assert len(found) == 2 + 2 * 3 * 2
    assert found[-1] == "test_network[2-predict_256-dense_512]"


def test_benchmarks_that_fail_are_one_sentence_and_leave_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TimingFailed, match="exit code"):
        run_benchmarks(Chosen(("no_such_network",), ROOT / "architectures", repetitions=1), harness=False)
    assert list(tmp_path.iterdir()) == []


def test_no_host_name_path_or_branch_is_published() -> None:
    text = json.dumps(published(document([benchmark(TRAIN_STEP, 0.01, "abc", 64)]), ENVIRONMENT))
    for private in (HOST, "my-folder", "mine", "/home"):
        assert private not in text
    assert ENVIRONMENT.machine.processor in text


def test_single_timings_are_left_out_and_statistics_kept() -> None:
    (one,) = published(document([benchmark(TRAIN_STEP, 0.01, "abc", 64)]), ENVIRONMENT)["benchmarks"]
    assert one["stats"] == {"median": 0.01, "min": 0.01, "rounds": 3}


def test_what_is_timed_anew_replaces_the_earlier_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "times" / "here.json"
    earlier = [benchmark(TRAIN_STEP, 0.01, "abc", 64, repetition) for repetition in (1, 2)]
    save(path, published(document([*earlier, benchmark(TRAIN_STEP, 0.03, "other", 64)]), ENVIRONMENT))
    save(path, published(document([benchmark(TRAIN_STEP, 0.02, "abc", 64)]), ENVIRONMENT))
    times = read_times(path)
    assert times.networks["abc"][TRAIN_STEP].seconds == 0.02
    assert times.networks["other"][TRAIN_STEP].seconds == 0.03


def test_what_is_timed_anew_replaces_what_an_earlier_version_timed(tmp_path: Path) -> None:
    path = tmp_path / "here.json"
    save(path, published(document([benchmark("training step", 0.01, "abc", 64)]), ENVIRONMENT))
    save(path, published(document([benchmark(TRAIN_STEP, 0.02, "abc", 64)]), ENVIRONMENT))
    assert read_times(path).networks["abc"][TRAIN_STEP].seconds == 0.02


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "here.json"
    path.write_text("[1, ")
    save(path, published(document([benchmark("plan", 0.02)]), ENVIRONMENT))
    assert read_times(path).harness["plan"].seconds == 0.02


def test_merging_with_nothing_changes_nothing() -> None:
    found = published(document([benchmark("plan", 0.02)]), ENVIRONMENT)
    assert merged(found, {}) == found
