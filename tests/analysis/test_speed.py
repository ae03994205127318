"""Speed and the share of the peak follow from records by the formula that the page states."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_records import architectures, environment, fake_trials, findings
from fake_times import benchmark, document
from fake_trials import CONDITIONS

from harness.analysis.findings import Findings
from harness.analysis.runs import Contender
from harness.analysis.speed import Speed, speed
from harness.plan.protocol import Protocol, smoke
from harness.records.times import MANY, ONE, STEP, Times, parse_times
from harness.report.page import page
from harness.report.tables.speed import speed_table

CHOSEN = architectures("003_wide_conv_dropout", "dense_512")
FOUND = findings(CHOSEN, fake_trials(CHOSEN, (0, 1, 2)))


def wide(of: Findings) -> Contender:
    found = of.study.named("003_wide_conv_dropout")
    assert found is not None
    return found


def wide_speed(of: Findings) -> Speed:
    return speed(of.study, wide(of), of.times)


def test_the_share_of_the_peak_is_the_stated_formula() -> None:
    found = wide_speed(FOUND)
    assert found.training_images_per_second is not None
    gflops = 6 * wide(FOUND).cost.macs * found.training_images_per_second / 1e9
    assert found.training_gflops == pytest.approx(gflops)
    peak = (CONDITIONS.calibration_before_gflops + CONDITIONS.calibration_after_gflops) / 2
    assert found.peak_share == pytest.approx(gflops / peak, rel=0.01)


def test_two_threads_have_twice_the_peak() -> None:
    two = environment(threads=2)
    found = findings(CHOSEN, fake_trials(CHOSEN, (0, 1, 2), where=two), where=two)
    one_share, two_share = wide_speed(FOUND).peak_share, wide_speed(found).peak_share
    assert one_share is not None
    assert two_share == pytest.approx(one_share / 2)


def test_a_cut_protocol_counts_its_own_images() -> None:
    cut = smoke(Protocol())
    found = wide_speed(findings(CHOSEN, fake_trials(CHOSEN, (0,), cut), cut))
    whole = wide_speed(FOUND)
    assert found.training_images_per_second is not None
    assert whole.training_images_per_second is not None
    assert found.training_images_per_second == pytest.approx(whole.training_images_per_second * 4 / 60, rel=0.1)


def test_unknown_conditions_leave_the_share_unknown() -> None:
    unknown = replace(wide(FOUND), runs=tuple(replace(run, conditions=None) for run in wide(FOUND).runs))
    found = speed(FOUND.study, unknown, Times())
    assert found.peak_share is None
    assert found.training_gflops is not None


def test_the_page_shows_what_was_timed_and_a_dash_for_the_rest() -> None:
    trial = wide(FOUND).trial
    works = [benchmark(STEP, 0.08, trial, 128), benchmark(ONE, 0.0005, trial, 1), benchmark(MANY, 0.1, trial, 256)]
    found = replace(FOUND, times=parse_times(document([*works, benchmark("plan", 0.0123)])))
    rows = {row[0]: row[4:] for row in speed_table(found).rows}
    assert rows["003_wide_conv_dropout"] == ("80.0 [128]", "0.50", "2,560")
    assert set(rows["dense_512"]) == {"\N{EN DASH}"}
    assert "Speed of the harness" in page(found)
    assert "Speed of the harness" not in page(FOUND)
