"""`bench doctor` as a user meets it: every finding with its remedy, exit codes, no TensorFlow, nothing of who."""

from __future__ import annotations

import getpass
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from harness.app.doctor import Quietness
from harness.cli.doctor import doctor

ROOT = Path(__file__).parents[2]
QUIET = Quietness(busy_share=0.01, stolen_share=0.0, load_average=0.1, gflops=(250.0, 249.0), spread=0.01)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> typer.Typer:
    monkeypatch.setattr("harness.app.doctor.measure_quietness", lambda _: QUIET)
    monkeypatch.setenv("HOME", str(tmp_path))
    app = typer.Typer()
    app.command("doctor")(doctor)
    return app


def test_everything_is_looked_at(bench: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(bench, ["--json", "--results", str(tmp_path / "results")])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    subjects = [one["subject"] for one in found["findings"]]
    assert subjects == ["versions", "oneDNN", "harness", "specs", "data mnist", "cache", "results",
                        "cores", "memory", "quiet"]  # fmt: skip
    assert all(one["remedy"] for one in found["findings"] if one["state"] != "fine")
    assert found["quiet"]["gflops"] == [250.0, 249.0]
    assert not (tmp_path / "results").exists()


def test_what_would_stop_a_run_exits_1(bench: typer.Typer, tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file, not a folder")
    result = CliRunner().invoke(bench, ["--results", str(tmp_path / "results")])
    assert result.exit_code == 1
    assert "is not a folder" in result.stdout


def test_a_broken_spec_would_stop_a_run(bench: typer.Typer, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("layers: [")
    assert CliRunner().invoke(bench, ["--architectures", str(tmp_path)]).exit_code == 1


def test_the_environment_names_neither_host_nor_user(bench: typer.Typer) -> None:
    environment = json.dumps(json.loads(CliRunner().invoke(bench, ["--json"]).stdout)["environment"])
    assert socket.gethostname() not in environment
    assert f'"{getpass.getuser()}"' not in environment
    assert str(Path.home()) not in environment


def test_no_tensorflow_is_loaded() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPROFILEIMPORTTIME": "1"}
    quick = "from harness.app.doctor import quiet; quiet.WATCH_SECONDS = quiet.CALIBRATION_SECONDS = 0.05"
    command = [sys.executable, "-c", f"{quick}; from harness.cli import main; main()", "doctor"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert "quiet" in done.stdout
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "harness.app.doctor" in imported
    assert not {"tensorflow", "keras"} & imported
