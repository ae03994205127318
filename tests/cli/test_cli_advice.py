"""Advice on specs that are valid and hardly meant, from `bench validate`: on stderr, and no reason to fail."""

from __future__ import annotations

from pathlib import Path

import typer
from typer.testing import CliRunner, Result

from harness.cli.validate import validate

SPEC = """\
title: x
dataset: digits
layers: [Conv2D: {filters: 8, kernel_size: 3%s}, BatchNormalization, Flatten, Dense: {units: 10, activation: softmax}]
training: {optimizer: Adam, loss: categorical_crossentropy, batch_size: 64, epochs: 1}
"""


def bench(*files: Path) -> Result:
    app = typer.Typer()
    app.command()(validate)
    return CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"}).invoke(app, list(map(str, files)), catch_exceptions=False)


def test_validate_says_what_is_valid_and_hardly_meant(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    slow, wrong = (tmp_path / "mine" / f"{name}.yaml" for name in ("slow", "wrong"))
    slow.write_text(SPEC % "")
    result = bench(slow)
    assert result.exit_code == 0
    advised, counted = result.stderr.splitlines()
    assert advised.startswith("slow: Layer 2 normalizes by moving averages that keep")
    assert "after 23 steps" in advised
    assert counted == "1 file: no mistake"
    wrong.write_text(SPEC % ", strides: 0")
    result = bench(slow, wrong)
    assert result.exit_code == 2
    assert advised in result.stderr.splitlines()
