"""The package's face to notebooks: one call each, and nothing heavy before it is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import fake_records as fake
import pytest

import harness
from harness.records.environment import current_environment


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(fake.ARCHITECTURES.parent)
    fake.save(tmp_path, fake.fake_trials(fake.architectures()))
    return tmp_path


def test_one_call_gives_a_tidy_frame_of_all_records(results: Path) -> None:
    tidy = harness.records_frame(results)
    assert len(tidy) == 5 * (8 + 4 + 5 + 5)
    assert {"environment", "trial", "seed", "epoch", "test_accuracy", "train_seconds"} <= set(tidy.columns)


def test_the_reports_tables_come_as_frames(results: Path) -> None:
    summary = harness.summary_frame(str(results))
    assert summary["architecture"].iloc[0] == "001_convnet_8_epochs"
    assert set(harness.verdicts_frame(results)["verdict"]) >= {"reproduced"}
    assert len(harness.comparisons_frame(results)) == 15
    assert len(harness.runs_frame(results)) == 160


def test_a_record_that_cannot_be_read_is_named_in_a_warning(results: Path) -> None:
    path = next((results / "records").glob("*/*.json"))
    path.write_text("{", encoding="utf-8")
    with pytest.warns(UserWarning, match=path.name):
        assert len(harness.records_frame(results)) < 5 * (8 + 4 + 5 + 5)
    with pytest.warns(UserWarning, match=path.name):
        harness.summary_frame(results)


def test_this_machines_records_come_before_those_of_the_environment_with_most(results: Path) -> None:
    here = current_environment(1)
    fake.save(results, fake.fake_trials(fake.architectures("dense_512"), [0], where=here))
    assert harness.findings(results).study.environment == here


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, harness; print([name for name in ('pandas', 'numpy', 'tensorflow') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
