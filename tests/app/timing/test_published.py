"""What is kept of a benchmark's document: times and the environment, nothing of who and where."""

from __future__ import annotations

import json
from pathlib import Path

from fake_times import HOST, benchmark, document
from fake_trials import ENVIRONMENT

from harness.app.timing.published import merged, published, save
from harness.records.times import read_times


def test_no_host_name_path_or_branch_is_published() -> None:
    text = json.dumps(published(document([benchmark("training step", 0.01, "abc", 64)]), ENVIRONMENT))
    for private in (HOST, "my-folder", "mine", "/home"):
        assert private not in text
    assert ENVIRONMENT.machine.processor in text


def test_single_timings_are_left_out_and_statistics_kept() -> None:
    (one,) = published(document([benchmark("training step", 0.01, "abc", 64)]), ENVIRONMENT)["benchmarks"]
    assert one["stats"] == {"median": 0.01, "min": 0.01, "rounds": 3}


def test_what_is_timed_anew_replaces_the_earlier_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "times" / "here.json"
    earlier = [benchmark("training step", 0.01, "abc", 64, repetition) for repetition in (1, 2)]
    save(path, published(document([*earlier, benchmark("training step", 0.03, "other", 64)]), ENVIRONMENT))
    save(path, published(document([benchmark("training step", 0.02, "abc", 64)]), ENVIRONMENT))
    times = read_times(path)
    assert times.networks["abc"]["training step"].seconds == 0.02
    assert times.networks["other"]["training step"].seconds == 0.03


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "here.json"
    path.write_text("[1, ")
    save(path, published(document([benchmark("plan", 0.02)]), ENVIRONMENT))
    assert read_times(path).harness["plan"].seconds == 0.02


def test_merging_with_nothing_changes_nothing() -> None:
    found = published(document([benchmark("plan", 0.02)]), ENVIRONMENT)
    assert merged(found, {}) == found
