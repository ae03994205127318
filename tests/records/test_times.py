"""Times are read by trial and work, repetitions taken together; what is no such file is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_times import benchmark, document

from harness.records.content import UnusableRecord
from harness.records.times import (
    FLOAT32_PEAK,
    PREDICT_MANY,
    PREDICT_ONE,
    TRAIN_STEP,
    Timed,
    Times,
    parse_times,
    read_times,
    times_path,
)


def test_repetitions_are_taken_together() -> None:
    found = parse_times(document(benchmark(TRAIN_STEP, seconds, "abc", 64) for seconds in (0.03, 0.01, 0.02)))
    assert found.networks == {"abc": {TRAIN_STEP: Timed(64, 0.02, 0.01, 0.03)}}


def test_works_of_the_harness_have_no_trial() -> None:
    found = parse_times(document([benchmark("plan", 0.02), benchmark(TRAIN_STEP, 0.01, "abc", 64)]))
    assert set(found.harness) == {"plan"}
    assert set(found.networks) == {"abc"}


def test_the_peak_is_the_fastest_product() -> None:
    products = [benchmark(FLOAT32_PEAK, seconds) for seconds in (0.1, 0.05)]
    for product in products:
        product["extra_info"]["operations"] = 10**10
    found = parse_times(document(products))
    assert found.peak_gflops == pytest.approx(200)
    assert found.harness == {}


def test_the_keys_of_the_first_files_are_those_of_today() -> None:
    [committed] = (Path(__file__).parents[2] / "results" / "times").glob("*.json")
    times = read_times(committed)
    assert {frozenset(works) for works in times.networks.values()} == {
        frozenset({TRAIN_STEP, PREDICT_ONE, PREDICT_MANY})
    }
    assert set(times.harness) == {
        *("read_specs", "plan", "load_records", "report", "stopwatches", "watch", "epoch_compiled", "epoch_fit")
    }
    assert times.peak_gflops is not None


def test_where_nothing_was_timed_there_is_nothing(tmp_path: Path) -> None:
    assert read_times(times_path(tmp_path, "here")) == Times()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"benchmarks": [{}]}', '{"benchmarks": [1]}'])
def test_what_is_no_such_file_is_refused_with_the_reason(tmp_path: Path, text: str) -> None:
    path = tmp_path / "times.json"
    path.write_text(text)
    with pytest.raises(
        UnusableRecord, match=r"is not a whole JSON document|does not hold times as 'bench time' writes"
    ):
        read_times(path)
