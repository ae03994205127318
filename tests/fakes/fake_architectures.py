"""Small architectures, as values without a file, as spec files, and as a text."""

from __future__ import annotations

from pathlib import Path

from harness.data.declarations import find_dataset
from harness.spec.architecture import Architecture

# A spec that ends with its recipe, so that a test may add fields to that.
PLAIN = """\
title: A small one
dataset: mnist
layers:
  - Flatten
  - Dense: {units: 10, activation: softmax}
training:
  optimizer: Adam
  loss: categorical_crossentropy
  batch_size: 64
  epochs: 2
"""


def architecture(name: str, *, units: int = 16, epochs: int = 5) -> Architecture:
    return Architecture.model_validate(
        {
            "name": name,
            "path": Path(f"{name}.yaml"),
            "title": f"Dense {units}, {epochs} epochs",
            "dataset": "mnist",
            "data": find_dataset("mnist"),
            "layers": ["Flatten", {"Dense": {"units": units}}, {"Dense": {"units": 10, "activation": "softmax"}}],
            "training": {
                "optimizer": "Adam",
                "loss": "categorical_crossentropy",
                "batch_size": 100,
                "epochs": epochs,
            },
        }
    )


SPEC = """\
title: Dense {units}, {epochs} epochs
dataset: mnist
layers:
  - Flatten
  - Dense: {{units: {units}}}
  - Dense: {{units: 10, activation: softmax}}
training: {{optimizer: Adam, loss: categorical_crossentropy, batch_size: 100, epochs: {epochs}}}
claims:
  - test_accuracy: {{value: 0.96, where: here}}
"""


def write_spec(folder: Path, name: str, *, units: int = 16, epochs: int = 5) -> Path:
    """Write the spec of ``architecture``, with a claim, and return its file."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.yaml"
    file.write_text(SPEC.format(units=units, epochs=epochs), encoding="utf-8")
    return file
