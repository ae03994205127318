"""Small architectures, as values, as spec files, and as a text; and what any spec file is held against."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from ruamel.yaml import YAML

from harness.data.declarations import find_dataset
from harness.spec.architecture import Architecture
from harness.spec.schema import spec_schema

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


@cache
def schema_validator() -> Any:  # noqa: ANN401 - jsonschema's
    schema = spec_schema()
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def check_by_schema(file: Path) -> None:
    """Raise jsonschema's error where an editor would find a mistake in the file."""
    data: Any = YAML(typ="safe", pure=True).load(file)
    schema_validator().validate(json.loads(json.dumps(data)))
