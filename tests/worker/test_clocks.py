"""The clocks: wall apart from processor, stopped whatever happens, and cheap enough to leave on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import count
from statistics import median

import psutil
import pytest

from harness.records.record import Conditions
from harness.worker import clocks
from harness.worker.clocks import Watch, calibrate, stolen_seconds, stopwatch

# An epoch has two stopwatches; the shortest of the documents' epochs takes more than half a second.
MOST_SECONDS_EACH = 0.5e-3


@dataclass
class SetTime:
    """Both clocks, as a test sets them."""

    wall: float = 0.0
    processor: float = 0.0

    def perf_counter(self) -> float:
        return self.wall

    def process_time(self) -> float:
        return self.processor


@pytest.fixture
def set_time(monkeypatch: pytest.MonkeyPatch) -> SetTime:
    set_time = SetTime()
    monkeypatch.setattr(clocks, "time", set_time)
    return set_time


def test_wall_and_processor_are_apart(set_time: SetTime) -> None:
    with stopwatch() as watch:
        set_time.wall, set_time.processor = 5.0, 3.0
    assert (watch.seconds, watch.cpu_seconds) == (5.0, 3.0)


def test_an_error_stops_the_clock(set_time: SetTime) -> None:
    def fail_after_two_seconds() -> None:
        set_time.wall = 2.0
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"), stopwatch() as watch:
        fail_after_two_seconds()
    set_time.wall = 9.0
    assert watch.seconds == 2.0


def test_both_clocks_run() -> None:
    with stopwatch() as asleep:
        time.sleep(0.05)
    with stopwatch() as at_work:
        end = time.process_time() + 0.05
        while time.process_time() < end:
            pass
    assert asleep.seconds >= 0.05
    assert at_work.cpu_seconds >= 0.05


def test_a_stopwatch_costs_less_than_a_thousandth_of_the_shortest_epoch() -> None:
    seconds = []
    for _ in range(200):
        started = time.perf_counter()
        with stopwatch():
            pass
        seconds.append(time.perf_counter() - started)
    assert median(seconds) < MOST_SECONDS_EACH


def test_a_calibration_counts_the_operations_of_a_product(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = count(0.0, 0.5)
    monkeypatch.setattr(time, "perf_counter", lambda: next(seconds))
    monkeypatch.setattr(clocks, "MATRIX_SIZE", 8)
    assert calibrate() == pytest.approx(2 * 8**3 / 0.5 / 1e9)


def test_conditions_are_what_happened_since(monkeypatch: pytest.MonkeyPatch) -> None:
    calibrations, stolen = iter([200.0, 150.0]), iter([1.0, 3.5])
    monkeypatch.setattr(clocks, "calibrate", lambda: next(calibrations))
    monkeypatch.setattr(clocks, "stolen_seconds", lambda _: next(stolen))
    monkeypatch.setattr(clocks, "load_average", lambda: 0.5)
    expected = Conditions(
        calibration_before_gflops=200.0, calibration_after_gflops=150.0, stolen_seconds=2.5, load_average=0.5
    )
    assert Watch((0,)).conditions() == expected


@pytest.mark.parametrize(("before", "after", "expected"), [(None, None, None), (2.0, 1.0, 0.0)])
def test_unknown_stays_unknown_and_nothing_is_given_back(
    monkeypatch: pytest.MonkeyPatch, before: float | None, after: float | None, expected: float | None
) -> None:
    stolen = iter([before, after])
    monkeypatch.setattr(clocks, "calibrate", lambda: 100.0)
    monkeypatch.setattr(clocks, "stolen_seconds", lambda _: next(stolen))
    assert Watch(()).conditions().stolen_seconds == expected


@dataclass
class CoreTimes:
    steal: float


def test_time_is_stolen_from_the_cores_that_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_times", lambda **_: [CoreTimes(1.0), CoreTimes(2.0), CoreTimes(4.0)])
    assert (stolen_seconds((1,)), stolen_seconds((0, 2))) == (2.0, 5.0)
    assert stolen_seconds(()) == stolen_seconds((10_000,)) == 7.0, "unknown cores mean all of them"


def test_where_no_time_is_counted_as_stolen_it_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_times", lambda **_: [object()])
    assert stolen_seconds(()) is None
