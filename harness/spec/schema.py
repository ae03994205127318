"""The JSON Schema of spec files, for editors: ``python -m harness.spec.schema`` writes it; it validates nothing.

An editor that finds it (``# yaml-language-server: $schema=schema.json``) completes kinds and fields, shows their
one-line help and marks the mistakes that a schema can see. Shapes and classes are beyond it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.declaration.json_schema import KindJsonSchema
from harness.spec.architecture import SpecFile
from harness.spec.folder import architectures_folder

FILE_NAME = "schema.json"
DIALECT = "http://json-schema.org/draft-07/schema#"  # what VS Code's YAML extension knows best


def spec_schema() -> dict[str, Any]:
    """Return the schema of one spec file."""
    schema = _without_field_titles(SpecFile.model_json_schema(schema_generator=KindJsonSchema))
    schema["title"] = "An architecture"
    schema["description"] = "One architecture: its layers, how it is trained, and what its document claims."
    return {"$schema": DIALECT, **schema}


def _without_field_titles(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """Leave out pydantic's 'Learning Rate' for learning_rate, which an editor would show above the help."""
    if isinstance(schema, list):
        return [_without_field_titles(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _without_field_titles(value) for key, value in schema.items()}
    for field in kept.get("properties", {}).values():
        if isinstance(field, dict):
            field.pop("title", None)
    return kept


def schema_text() -> str:
    """Return the schema as its file has it: the same bytes every time."""
    return json.dumps(spec_schema(), indent=2, ensure_ascii=False) + "\n"


def write_schema(folder: Path) -> Path:
    """Write the schema beside the architectures and return its path."""
    path = folder / FILE_NAME
    path.write_text(schema_text(), encoding="utf-8")
    return path


if __name__ == "__main__":
    write_schema(architectures_folder())
