"""`bench export` from the words typed to the file, the message and the exit code."""

from __future__ import annotations

from pathlib import Path

import fake_records as fake
import pytest
from typer.testing import CliRunner

from harness.cli.export import app
from harness.errors import AlreadyThere
from harness.exports.export import export_names


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared_cache: Path) -> Path:
    monkeypatch.setenv("BENCH_ARCHITECTURES", str(fake.ARCHITECTURES))
    monkeypatch.setenv("BENCH_CACHE", str(shared_cache))
    fake.save(tmp_path / "results", fake.fake_trials(fake.architectures("dense_512"), (0, 1)))
    return tmp_path / "results"


def test_every_export_is_a_command() -> None:
    shown = CliRunner(env={"NO_COLOR": "1"}).invoke(app, ["--help"]).stdout
    assert not [name for name in export_names() if name.replace("_", "-") not in shown]


def test_a_table_is_written_and_named_on_stderr(results: Path, tmp_path: Path) -> None:
    words = ["csv", "dense*", "--to", str(tmp_path / "runs.csv"), "--results", str(results)]
    done = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, words, catch_exceptions=False)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "runs.csv: 1 architecture, 2 runs" in done.stderr
    assert (tmp_path / "runs.csv").read_text().startswith("architecture,trial,seed,")
    again = CliRunner().invoke(app, words)
    assert isinstance(again.exception, AlreadyThere)


def test_a_target_is_needed(results: Path) -> None:
    done = CliRunner().invoke(app, ["csv", "--results", str(results)])
    assert done.exit_code == 2
    assert "--to" in done.output
