"""Speed and the share of the peak follow from records by the formula that the page states."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

import pytest
from fake_records import architectures, fake_trials, findings
from fake_times import benchmark, document

from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.analysis.speed import Speed, speed
from harness.planning.settings import Settings, smoke
from harness.records.times import PREDICT_MANY, PREDICT_ONE, TRAIN_STEP, Times, parse_times
from harness.reporting.page import page
from harness.reporting.sections.speed import speed_table

CHOSEN = architectures("003_wide_conv_dropout", "dense_512")
FOUND = findings(CHOSEN, fake_trials(CHOSEN, (0, 1, 2)))


def wide(of: Findings) -> ArchitectureResults:
    found = of.study.named("003_wide_conv_dropout")
    assert found is not None
    return found


def wide_speed(of: Findings) -> Speed:
    return speed(of.study, wide(of), of.times)


def test_the_share_of_the_peak_is_the_stated_formula() -> None:
    seconds = median(median(epoch.train_seconds for epoch in run.epochs) for run in wide(FOUND).runs)
    found = speed(FOUND.study, wide(FOUND), Times(peak_gflops=200.0))
    gflops = 6 * wide(FOUND).cost.macs * 60_000 / seconds / 1e9
    assert found.training_images_per_second == pytest.approx(60_000 / seconds)
    assert found.training_gflops == pytest.approx(gflops)
    assert found.peak_share == pytest.approx(gflops / 200)


def test_a_peak_that_was_not_measured_is_unknown() -> None:
    assert wide_speed(FOUND).peak_share is None
    assert wide_speed(FOUND).training_gflops is not None


def test_an_architecture_without_a_run_has_no_speed() -> None:
    found = speed(FOUND.study, replace(wide(FOUND), runs=()), Times(peak_gflops=200.0))
    assert (found.training_images_per_second, found.training_gflops, found.peak_share) == (None, None, None)


def test_a_cut_protocol_counts_its_own_images() -> None:
    cut = smoke(Settings())
    found = wide_speed(findings(CHOSEN, fake_trials(CHOSEN, (0,), cut), cut))
    whole = wide_speed(FOUND)
    assert found.training_images_per_second is not None
    assert whole.training_images_per_second is not None
    assert found.training_images_per_second == pytest.approx(whole.training_images_per_second * 4 / 60, rel=0.1)


def test_the_page_shows_what_was_timed_and_a_dash_for_the_rest() -> None:
    trial = wide(FOUND).fingerprint
    works = [
        benchmark(TRAIN_STEP, 0.08, trial, 128),
        benchmark(PREDICT_ONE, 0.0005, trial, 1),
        benchmark(PREDICT_MANY, 0.1, trial, 256),
    ]
    found = replace(FOUND, times=parse_times(document([*works, benchmark("plan", 0.0123)])))
    rows = {row[0]: row[4:] for row in speed_table(found).rows}
    assert rows["003_wide_conv_dropout"] == ("80.0 [128]", "0.50", "2,560")
    assert set(rows["dense_512"]) == {"\N{EN DASH}"}
    assert "Speed of the harness" in page(found)
    assert "Speed of the harness" not in page(FOUND)
