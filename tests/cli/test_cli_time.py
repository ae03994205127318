"""`bench time` as a user meets it: what it prints, keeps, and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from fake_times import HOST, benchmark, document
from typer.testing import CliRunner

from harness.app import timing
from harness.app.timing_plugin import Chosen
from harness.cli.time import time
from harness.planning.settings import Settings
from harness.planning.trial import trial_computation
from harness.records.times import PREDICT_MANY, PREDICT_ONE, TRAIN_STEP
from harness.spec.reading import read_architecture

ROOT = Path(__file__).parents[2]


def timed(chosen: Chosen, harness: bool) -> dict[str, Any]:  # noqa: FBT001 - as `run_benchmarks`
    del harness
    found = []
    for name in chosen.networks:
        trial = trial_computation(read_architecture(ROOT / "architectures" / f"{name}.yaml"), Settings()).fingerprint
        found += [
            benchmark(TRAIN_STEP, 0.01, trial, 64),
            benchmark(PREDICT_ONE, 0.0002, trial),
            benchmark(PREDICT_MANY, 0.0128, trial, 256),
        ]
    return document(found)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setattr(timing, "run_benchmarks", timed)
    app = typer.Typer()
    app.command("time")(time)
    return app


def test_times_are_printed_and_kept_beside_the_records(bench: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(bench, ["dense_512", "--results", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "20,000" in result.stdout
    (path,) = (tmp_path / "times").glob("*.json")
    assert HOST not in path.read_text()
    assert not (tmp_path / "README.md").exists()


def test_json_is_the_document_that_is_kept(bench: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(bench, ["dense_512", "--json", "--results", str(tmp_path)])
    (path,) = (tmp_path / "times").glob("*.json")
    assert json.loads(result.stdout) == json.loads(path.read_text())


def test_an_unknown_name_is_wrong_usage(bench: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(bench, ["no_such_network", "--results", str(tmp_path)])
    assert getattr(result.exception, "exit_code", None) == 2
    assert not list(tmp_path.iterdir())
