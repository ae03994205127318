"""The clocks: wall apart from processor, stopped whatever happens, and cheap enough to leave on."""

from __future__ import annotations

import time
from statistics import median

import pytest

from harness.worker.clocks import Watch, calibrate, stolen_seconds, stopwatch

# An epoch has two stopwatches; the shortest of the documents' epochs takes more than half a second.
MOST_SECONDS_EACH = 0.5e-3


def test_sleep_is_wall_time_alone() -> None:
    with stopwatch() as watch:
        time.sleep(0.05)
    assert watch.seconds >= 0.05
    assert watch.cpu_seconds < 0.04


def test_work_is_processor_time() -> None:
    with stopwatch() as watch:
        end = time.process_time() + 0.05
        while time.process_time() < end:
            pass
    assert watch.cpu_seconds >= 0.05
    assert watch.seconds >= watch.cpu_seconds - 0.01


def test_an_error_stops_the_clock() -> None:
    with pytest.raises(ValueError, match="sleep length"), stopwatch() as watch:
        time.sleep(-1)
    assert watch.seconds > 0


def test_a_stopwatch_costs_less_than_a_thousandth_of_the_shortest_epoch() -> None:
    seconds = []
    for _ in range(200):
        started = time.perf_counter()
        with stopwatch():
            pass
        seconds.append(time.perf_counter() - started)
    assert median(seconds) < MOST_SECONDS_EACH


def test_conditions_hold_both_calibrations() -> None:
    conditions = Watch((0,)).conditions()
    assert conditions.calibration_before_gflops > 0
    assert conditions.calibration_after_gflops > 0
    assert conditions.stolen_seconds is None or conditions.stolen_seconds >= 0


def test_a_calibration_is_a_speed_that_a_processor_can_have() -> None:
    assert 0.1 < calibrate() < 10_000


def test_unknown_cores_mean_all_of_them() -> None:
    everywhere = stolen_seconds(())
    assert stolen_seconds((10_000,)) == pytest.approx(everywhere, abs=5) or everywhere is None
