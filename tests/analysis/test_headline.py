"""What architectures are ranked by is a metric that knows its direction: by loss, the lowest is the best everywhere."""

from __future__ import annotations

from dataclasses import replace

import fake_records as fake
import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

from harness.analysis.findings import Findings
from harness.analysis.frame import summary_frame
from harness.analysis.pareto import first_epoch_at
from harness.analysis.rules import judge_difference
from harness.evaluations.metric import TEST_ACCURACY, TEST_LOSS
from harness.reporting import numbers
from harness.reporting.figures.gallery import gallery
from harness.reporting.figures.scale import axis_label, metric_axis
from harness.reporting.page import page
from harness.statistics.samples import Estimate

GOOD, BAD = (0.991, 0.992, 0.993, 0.992, 0.991), (0.981, 0.982, 0.983, 0.982, 0.981)


@pytest.fixture(scope="module")
def by_loss() -> Findings:
    chosen = fake.architectures()
    found = fake.findings(chosen, fake.fake_trials(chosen))
    return Findings(replace(found.study, headline=TEST_LOSS), found.labels, found.records)


def test_the_lowest_mean_loss_ranks_first(by_loss: Findings) -> None:
    means = [float(np.mean(entry.values(TEST_LOSS))) for entry in by_loss.ranking]
    assert means == sorted(means)
    ranks = [by_loss.standings[entry.name].rank.best for entry in by_loss.ranking]
    assert ranks == sorted(ranks)
    assert ranks[0] == 1


def test_the_first_of_a_pair_is_superior_where_its_loss_is_lower(by_loss: Findings) -> None:
    for pair in by_loss.comparisons:
        if pair.difference and pair.superiority and pair.difference.estimate:
            assert (pair.difference.estimate < 0) == (pair.superiority.estimate > 0.5)


def test_nothing_with_a_higher_loss_and_higher_cost_is_on_the_front(by_loss: Findings) -> None:
    best = by_loss.ranking[0]
    assert by_loss.dominated[best.name] == ()
    assert any(best.name in better for better in by_loss.dominated.values())


def test_a_target_is_reached_from_above(by_loss: Findings) -> None:
    run = by_loss.ranking[0].runs[0]
    losses = [TEST_LOSS.of(epoch) for epoch in run.epochs]
    assert first_epoch_at(run, TEST_LOSS, max(losses)) == 1 + losses.index(max(losses))
    assert first_epoch_at(run, TEST_LOSS, min(losses) / 2) is None


def test_better_is_refuted_where_the_loss_is_clearly_higher() -> None:
    ours, theirs = fake.entry("ours", BAD), fake.entry("theirs", GOOD)
    assert judge_difference(ours, theirs, TEST_LOSS).corrected(0.001, 1, 0.05).decision == "refuted"
    assert judge_difference(theirs, ours, TEST_LOSS).corrected(0.001, 1, 0.05).decision == "reproduced"
    assert judge_difference(theirs, ours, TEST_ACCURACY).corrected(0.001, 1, 0.05).decision == "reproduced"
    assert "P(ours < theirs) = 0.00" in judge_difference(ours, theirs, TEST_LOSS).reason


def test_tables_and_columns_have_the_metrics_name_unit_and_digits(by_loss: Findings) -> None:
    assert {"test_loss_mean", "test_loss_sd", "published_test_loss"} <= set(summary_frame(by_loss).columns)
    text = page(by_loss)
    assert "has the lowest mean test loss; with these seeds" in text
    assert "## Loss and cost" in text
    assert "Test loss |" in text
    assert "highest test accuracy" not in text
    assert numbers.plus_minus(TEST_LOSS.metric, Estimate(5, 0.0312, 0.0012, None)) == "0.0312 ± 0.0012"


def test_a_run_without_the_headline_takes_no_part() -> None:
    chosen = fake.architectures("dense_512")
    (trial,) = fake.fake_trials(chosen, [0])
    measured = trial.record.measurement
    assert measured is not None
    epochs = tuple(epoch.model_copy(update={"evaluations": {}}) for epoch in measured.epochs)
    record = trial.record.model_copy(update={"measurement": measured.model_copy(update={"epochs": epochs})})
    assert fake.findings(chosen, [fake.FakeTrial(record, {})]).study.measured == ()


def test_figures_have_axes_of_the_metric(by_loss: Findings) -> None:
    drawn = {figure.name: figure.description for figure in gallery(by_loss, {})}
    assert drawn["accuracy"].startswith("Test loss of every architecture")
    assert drawn["pareto"].startswith("Mean test loss against parameters")
    assert axis_label("Test loss", TEST_LOSS.metric) == "Test loss"
    assert axis_label("Test accuracy", TEST_ACCURACY.metric) == "Test accuracy (%, log scale of the error)"


def test_an_axis_of_plain_numbers_holds_them_all() -> None:
    axis = Canvas().subplots().yaxis
    for values in ([0.03, 0.5, 0.1], [0.2], [0.0]):
        metric_axis(axis, TEST_LOSS.metric, values)
        low, high = axis.get_view_interval()
        assert low < min(values) <= max(values) < high
