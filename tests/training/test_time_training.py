"""`bench time` on a real network, through pytest-benchmark in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.timing import run_benchmarks
from harness.app.timing_plugin import Chosen
from harness.planning.settings import Settings
from harness.planning.trial import trial_computation
from harness.records.times import PREDICT_MANY, PREDICT_ONE, TRAIN_STEP, parse_times
from harness.spec.reading import read_architecture

pytest_plugins = ["real_mnist"]
pytestmark = [pytest.mark.training, pytest.mark.usefixtures("mnist")]
ARCHITECTURES = Path(__file__).parents[2] / "architectures"


def test_every_work_of_a_network_is_timed() -> None:
    chosen = Chosen(("dense_512",), ARCHITECTURES, threads=1, repetitions=1)
    times = parse_times(run_benchmarks(chosen, harness=False))
    fingerprint = trial_computation(read_architecture(ARCHITECTURES / "dense_512.yaml"), Settings()).fingerprint
    works = times.networks[fingerprint]
    assert set(works) == {TRAIN_STEP, PREDICT_ONE, PREDICT_MANY}
    assert times.peak_gflops is not None
    assert works[TRAIN_STEP].images == 128
    # An image more costs something, but less than an image alone.
    assert works[PREDICT_ONE].seconds < works[PREDICT_MANY].seconds < 256 * works[PREDICT_ONE].seconds
