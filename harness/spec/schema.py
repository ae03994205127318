"""The JSON Schema of spec files, for editors: ``python -m harness.spec.schema`` writes it; it validates nothing.

An editor that finds it (``# yaml-language-server: $schema=schema.json``) completes kinds and fields, shows their
one-line help and marks the mistakes that a schema can find. Shapes and classes are beyond it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.declaration.json_schema import json_schema
from harness.spec.architecture import SpecFile
from harness.spec.folder import architectures_folder

FILE_NAME = "schema.json"


def spec_schema() -> dict[str, Any]:
    """Return the schema of one spec file."""
    description = "One architecture: its layers, how it is trained, and what its document claims."
    return json_schema(SpecFile, "An architecture", description)


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
