"""What is recorded of networks' insides, as tables and on the page to explore: there where it is recorded."""

from __future__ import annotations

import base64

import fake_records as fake
import numpy as np
import pytest
from fake_records import FakeTrial
from test_index_page import Elements

from harness.analysis.findings import Findings
from harness.evaluations.evaluation import Scored, find_evaluation
from harness.evaluations.filters import pictured
from harness.records.predictions import digest
from harness.records.record import Evaluation
from harness.reporting.blocks import Table
from harness.reporting.explorer.page import index_page
from harness.reporting.numbers import UNKNOWN
from harness.reporting.page import page
from harness.reporting.sections import insides

NAMES = ("000_convnet", "dense_512")
AGREEMENTS = {"equivariance_by_1@1": 1.0, "invariance_by_1@1": 0.5, "invariance_by_4@2": -0.25}


def looked_into(trial: FakeTrial) -> FakeTrial:
    """Return the trial with filters, of a network that has them, and agreements of two layers."""
    measured = trial.record.measurement
    assert measured is not None
    *first, last = measured.epochs
    kernel = np.random.default_rng(trial.record.seed).standard_normal((3, 3, 1, 4)).astype(np.float32)
    kind, scored = (
        find_evaluation("filters"),
        Scored(np.empty((0, 2), np.float32), fake.labels(), 0.0, weights=[kernel]),
    )
    kept, clock = kind.kept(scored), {"seconds": 0.1, "cpu_seconds": 0.1}
    found = {**last.evaluations, "equivariance": Evaluation(metrics=AGREEMENTS, **clock)}
    predictions = dict(trial.predictions)
    if kept is not None and trial.record.computation.layers[0].kind == "Conv2D":
        found["filters"] = Evaluation(metrics=kind.measure(scored), predictions_sha256=digest(kept), **clock)
        predictions[last.epoch] = {**predictions[last.epoch], "filters": kept}
    longer = measured.model_copy(update={"epochs": (*first, last.model_copy(update={"evaluations": found}))})
    return FakeTrial(trial.record.model_copy(update={"measurement": longer}), predictions)


def findings() -> Findings:
    chosen = fake.architectures(*NAMES)
    return fake.findings(chosen, [looked_into(one) for one in fake.fake_trials(chosen, [1, 2])])


@pytest.fixture(scope="module")
def recorded() -> Findings:
    return findings()


def test_where_nothing_is_recorded_nothing_is_said() -> None:
    chosen = fake.architectures(*NAMES)
    plain = fake.findings(chosen, fake.fake_trials(chosen, [1, 2]))
    assert insides.section(plain) is None
    assert insides.TITLE not in page(plain)
    assert [one["agreements"] for one in Elements(index_page(plain, {})).data["architectures"]] == [[], []]


def test_each_layer_has_a_row_and_what_is_not_known_a_dash(recorded: Findings) -> None:
    section = insides.section(recorded)
    assert section is not None
    agreements, filters = section.blocks
    assert isinstance(agreements, Table)
    assert isinstance(filters, Table)
    assert [row[1] for row in agreements.rows] == ["1 Conv2D", "2 MaxPooling2D", "1 Flatten", "2 Dense"]
    assert agreements.rows[0] == ("000_convnet", "1 Conv2D", "2", "1.00", "0.50", UNKNOWN, UNKNOWN)
    assert agreements.rows[1][2:] == ("2", UNKNOWN, UNKNOWN, UNKNOWN, "-0.25")
    assert [row[:2] for row in filters.rows] == [("000_convnet", "3 × 3 × 1 × 4")]


def test_the_page_to_explore_has_the_first_seeds_filters_one_after_another(recorded: Findings) -> None:
    by_name = {one["name"]: one for one in Elements(index_page(recorded, {})).data["architectures"]}
    assert by_name["dense_512"]["filters"] is None
    found, run = by_name["000_convnet"]["filters"], recorded.study.named("000_convnet").runs[0]  # type: ignore[union-attr]
    kept = run.predicted("filters")
    assert kept is not None
    pictures = pictured(kept)
    assert pictures is not None
    assert (found["seed"], found["shape"]) == (1, [3, 3, 1, 4])
    assert base64.b64decode(found["bytes"])[9:18] == pictures[..., 1].tobytes()


def test_bytes_that_are_no_filters_are_left_out() -> None:
    chosen = fake.architectures("000_convnet")
    [trial] = [looked_into(one) for one in fake.fake_trials(chosen, [1])]
    epoch = max(trial.predictions)
    others = {**trial.predictions[epoch], "filters": np.zeros(3, np.uint8)}
    found = fake.findings(chosen, [FakeTrial(trial.record, {**trial.predictions, epoch: others})])
    assert insides.filters_table(found.ranking) is None
    assert Elements(index_page(found, {})).data["architectures"][0]["filters"] is None
