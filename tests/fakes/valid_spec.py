"""A valid spec for tests that break it: its text, and its file in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

VALID = """\
title: A small one
dataset: mnist
layers:
  - Conv2D: {filters: 4, kernel_size: 3, activation: relu}
  - MaxPooling2D
  - Flatten
  - Dense: {units: 10, activation: softmax}
training:
  optimizer: {Adam: {learning_rate: 0.001}}
  loss: categorical_crossentropy
  batch_size: 64
  epochs: 2
claims:
  - test_accuracy: {value: 0.9900, where: "In [4]"}
assumptions:
  - Nothing is known.
"""


@pytest.fixture
def valid() -> str:
    """Return the text of a valid spec."""
    return VALID


@pytest.fixture
def spec_file(tmp_path: Path) -> Path:
    """Return the path of a valid spec in a folder of its own."""
    folder = tmp_path / "architectures"
    folder.mkdir()
    file = folder / "small.yaml"
    file.write_text(VALID)
    return file
