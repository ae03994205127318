"""Every line of a spec that the page on what can be written gives for a feature is one that is read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from harness.declaration.yaml_text import parse
from harness.spec.layers.layer import Layer
from harness.spec.training import Training

DOCUMENT = Path(__file__).parents[2] / "docs" / "what-can-be-written.md"
ROW = re.compile(r"^\| (?P<feature>[^|]+) \| (?P<where>recipe|layers) \| `(?P<line>.+)` \|$", re.MULTILINE)
ROWS = [match.groupdict() for match in ROW.finditer(DOCUMENT.read_text(encoding="utf-8"))]
RECIPE: dict[str, Any] = {"optimizer": "SGD", "loss": "mse", "batch_size": 32, "epochs": 2}


def check(where: str, line: str) -> None:
    """Raise where the line is none of a spec."""
    if where == "layers":
        content: Any = parse(f"layers:\n  - {line}\n").data["layers"][0]
        TypeAdapter[Any](Layer).validate_python(content, strict=False)
        return
    content = parse(f"training:\n  {line}\n").data["training"]
    if line.startswith("schedule_steps"):
        schedule = {"ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 1, "decay_rate": 0.9}}
        content["optimizer"] = {"SGD": {"learning_rate": schedule}}
    Training.model_validate({**RECIPE, **content})


def test_the_page_has_all_rows_of_the_table() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert len(ROWS) == text.count("| recipe |") + text.count("| layers |") > 25


@pytest.mark.parametrize("row", ROWS, ids=[row["feature"] for row in ROWS])
def test_the_line_of_a_feature_is_read(row: dict[str, str]) -> None:
    check(row["where"], row["line"])


def test_a_line_that_is_none_is_found() -> None:
    for where, line in (("recipe", "validation_spilt: 0.1"), ("layers", "RandomFlop")):
        with pytest.raises(ValidationError):
            check(where, line)
