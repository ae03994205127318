"""A quiet machine is called quiet, and each noise is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.app import doctor
from harness.app.doctor import Quietness, measure_quietness, quiet, spread
from harness.execute.cores import physical_cores

QUIET = Quietness(busy_share=0.01, stolen_share=0.0, load_average=0.1, gflops=(250.0, 249.0), spread=0.01)


def test_a_quiet_machine_needs_nothing() -> None:
    assert quiet(QUIET).state == "fine"
    assert quiet(replace(QUIET, stolen_share=None, load_average=None)).state == "fine"


@pytest.mark.parametrize(
    ("noise", "words"),
    [
        ({"busy_share": 0.5}, "other programs"),
        ({"stolen_share": 0.2}, "hypervisor"),
        ({"spread": 0.3}, "varies by 30%"),
    ],
)
def test_each_noise_is_named(noise: dict[str, float], words: str) -> None:
    found = quiet(replace(QUIET, **noise))  # type: ignore[arg-type]  # each is a float
    assert found.state == "advice"
    assert words in found.what


def test_the_spread_leaves_out_the_outermost_tenths() -> None:
    assert spread([100.0] * 30) == 0
    assert spread([100.0] * 30 + [1.0]) == pytest.approx(0, abs=0.01)
    assert spread([90.0, 110.0] * 20) == pytest.approx(0.2, abs=0.01)


def test_every_core_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "WATCH_SECONDS", 0.05)
    monkeypatch.setattr(doctor, "CALIBRATION_SECONDS", 0.1)
    found = measure_quietness(physical_cores()[:1])
    assert len(found.gflops) == 1
    assert found.gflops[0] > 0
    assert 0 <= found.busy_share <= 1
