"""The schema that editors complete and check specs with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from harness.spec.schema import dataset_schema, schema_text, spec_schema, write_schemas

pytest_plugins = ["valid_spec"]
FOLDER = Path(__file__).parents[2] / "architectures"


@cache
def validator() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(spec_schema())


def errors(text: str) -> set[str]:
    """Return the paths at which a validator marks the text, those inside its alternatives included."""
    data: Any = json.loads(json.dumps(YAML(typ="safe", pure=True).load(text)))
    return {path for error in validator().iter_errors(data) for path in _paths(error)}


def _paths(error: jsonschema.ValidationError) -> Iterator[str]:
    if not error.context:
        yield "/".join(map(str, error.absolute_path))
    for inner in error.context:
        yield from _paths(inner)


@pytest.mark.parametrize(("file", "schema"), [("schema.json", spec_schema), ("datasets/schema.json", dataset_schema)])
def test_the_committed_schemas_are_the_generated_ones(file: str, schema: Callable[[], dict[str, Any]]) -> None:
    committed = (FOLDER / file).read_text(encoding="utf-8")
    assert committed == schema_text(schema()), "run: python -m harness.spec.schema"


def test_writing_them_gives_the_same_bytes(tmp_path: Path) -> None:
    schemas = [schema_text(spec_schema()), schema_text(dataset_schema())]
    assert [path.read_text(encoding="utf-8") for path in write_schemas(tmp_path)] == schemas


@pytest.mark.parametrize("schema", [spec_schema(), dataset_schema()], ids=["spec", "data set"])
def test_it_is_a_valid_schema_and_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    jsonschema.Draft7Validator.check_schema(schema)
    references = {part.partition('"')[0] for part in schema_text(schema).split('"$ref": "#/$defs/')[1:]}
    assert {reference.split("/")[0] for reference in references} <= set(schema["$defs"])


def test_kinds_and_fields_carry_their_help() -> None:
    schema = spec_schema()
    kinds = schema["$defs"]["Layer"]["anyOf"][0]["properties"]
    assert all(kind.get("description") for kind in kinds.values())
    fields = schema["$defs"]["Conv2D"]["properties"]
    assert all(field.get("description") for field in fields.values())
    assert all(field.get("description") for field in schema["properties"].values())


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("title: A small one", "titel: A small one", ""),
        ("title: A small one", "title: 3", "title"),
        ("dataset: mnist", "dataset: 3", "dataset"),
        ("Conv2D:", "Con2D:", "layers/0"),
        ("filters: 4", "filters: 0", "layers/0/Conv2D/filters"),
        ("filters: 4", "filters: four", "layers/0/Conv2D/filters"),
        ("filters: 4, ", "", "layers/0/Conv2D"),
        ("kernel_size: 3", "kernel_size: [3, 3, 3]", "layers/0/Conv2D/kernel_size"),
        ("kernel_size", "kernel_siz", "layers/0/Conv2D"),
        ("- Flatten", "- Flaten", "layers/2"),
        ("- Flatten", "- Dense", "layers/2"),
        ("epochs: 2", "epochs: 0", "training/epochs"),
        ("epochs: 2", "epoch: 2", "training"),
        ("Adam:", "Adem:", "training/optimizer"),
        ("value: 0.9900", "value: 99.00", "claims/0/test_accuracy/value"),
        (', where: "In [4]"', "", "claims/0/test_accuracy"),
        ("- Nothing is known.", "- 3", "assumptions/0"),
    ],
)
def test_a_mistake_is_marked_at_its_place(valid: str, old: str, new: str, path: str) -> None:
    assert errors(valid) == set()
    assert path in errors(valid.replace(old, new))


DERIVED = """\
title: Another one
extends: 000_convnet
changes:
  - remove: {layer: Dropout}
  - replace: {number: 4.1, with: [MaxPooling2D, {Dense: {units: 10}}]}
  - insert: {after: Flatten, layers: [ReLU]}
  - insert: {before: 2, layers: [ReLU]}
  - set: {number: 5, rate: 0.1}
  - training: {optimizer: {SGD: {learning_rate: 0.1}}, epochs: 3}
"""


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("extends: 000_convnet", "extend: 000_convnet", ""),
        ("extends: 000_convnet", "extends: 3", "extends"),
        ("extends: 000_convnet", "extends: 000_convnet\nlayers: [Flatten]", ""),
        ("remove: {layer: Dropout}", "remvoe: {layer: Dropout}", "changes/0"),
        ("layer: Dropout", "layer: Droput", "changes/0/remove/layer"),
        ("number: 4.1", "number: last", "changes/1/replace/number"),
        ("with:", "wth:", "changes/1/replace"),
        ("units: 10", "unit: 10", "changes/1/replace/with/1/Dense"),
        ("after: Flatten", "after: Flaten", "changes/2/insert/after"),
        ("epochs: 3", "epochs: 0", "changes/5/training/epochs"),
        ("epochs: 3", "epoch: 3", "changes/5/training"),
    ],
)
def test_a_mistake_in_a_derived_spec_is_marked_at_its_place(old: str, new: str, path: str) -> None:
    assert errors(DERIVED) == set()
    assert path in errors(DERIVED.replace(old, new))


def test_changes_carry_their_help() -> None:
    definitions = spec_schema()["$defs"]
    changes = definitions["Change"]["anyOf"][0]["properties"]
    assert set(changes) == {"remove", "replace", "insert", "set", "training"}
    assert all(change["description"] for change in changes.values())
