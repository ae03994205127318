"""The JSON Schemas of declared files, for editors: ``python -m harness.spec.schema`` writes them; validates nothing.

An editor that finds it (``# yaml-language-server: $schema=schema.json``) completes kinds and fields, shows their
one-line help and marks the mistakes that a schema can find. Shapes and classes are beyond it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.data.dataset import DatasetFile
from harness.data.folder import FOLDER, dataset_names
from harness.declaration.folders import shipped_folder, specs_folder
from harness.declaration.json_schema import json_schema
from harness.spec.architecture import SpecFile

FILE_NAME = "schema.json"


def spec_schema() -> dict[str, Any]:
    """Return the schema of one spec file."""
    description = "One architecture: its layers, how it is trained, and what its document claims."
    schema = json_schema(SpecFile, "An architecture", description)
    # Names of shipped data sets to choose from; one of the user's own is fine too.
    schema["properties"]["dataset"]["anyOf"] = [{"enum": [*dataset_names(shipped_folder())]}, {"type": "string"}]
    return schema


def dataset_schema() -> dict[str, Any]:
    """Return the schema of one data set's file."""
    description = "One data set: what a network sees of it, its published files, and where to fetch them."
    return json_schema(DatasetFile, "A data set", description)


def schema_text(schema: dict[str, Any]) -> str:
    """Return a schema as its file has it: the same bytes every time."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> tuple[Path, Path]:
    """Write the schemas beside the architectures and beside the data sets, and return their paths."""
    paths = folder / FILE_NAME, folder / FOLDER / FILE_NAME
    for path, schema in zip(paths, (spec_schema(), dataset_schema()), strict=True):
        path.parent.mkdir(exist_ok=True)
        path.write_text(schema_text(schema), encoding="utf-8")
    return paths


if __name__ == "__main__":
    write_schemas(specs_folder())
