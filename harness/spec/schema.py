"""The JSON Schemas of declared files, for editors: ``python -m harness.spec.schema`` writes them; validates nothing.

An editor that finds it (``# yaml-language-server: $schema=schema.json``) completes kinds and fields, shows their
one-line help and marks the mistakes that a schema can find. Shapes and classes are beyond it.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import CoreRef, GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from harness.data.dataset import DatasetFile
from harness.data.dataset_files import FOLDER, own_dataset_files
from harness.declaration.files import shipped_folder, specs_folder
from harness.declaration.kinds import Family, Kind
from harness.evaluations.registry import evaluation_names
from harness.spec.architecture import SpecFile
from harness.spec.derived import DerivedFile

FILE_NAME = "schema.json"
DIALECT = "http://json-schema.org/draft-07/schema#"  # what VS Code's YAML extension knows best


def spec_schema() -> dict[str, Any]:
    """Return the schema of one spec file, which stands for itself or extends another one."""
    description = "One architecture: its layers, how it is trained, and what its document claims."
    schema, derived = (_schema(model, "An architecture", description) for model in (SpecFile, DerivedFile))
    # Names of shipped data sets to choose from; one of the user's own is fine too.
    schema["properties"]["dataset"]["anyOf"] = [
        {"enum": [file.stem for file in own_dataset_files(shipped_folder())]},
        {"type": "string"},
    ]
    schema["properties"]["phases"]["items"] = _phase(schema["$defs"]["Training"])
    schema["properties"]["evaluate"]["items"] = {"enum": [*evaluation_names()]}
    own = [name for name in derived["properties"] if name not in schema["properties"]]
    wholly = [name for name in schema["required"] if name not in derived["properties"]]
    needed = [name for name in schema.pop("required") if name != "training"]
    # One list of fields with two sets of rules: an editor completes it better than a choice of two schemas.
    schema["properties"] |= {name: derived["properties"][name] for name in own}
    schema["$defs"] = dict(sorted({**derived["$defs"], **schema["$defs"]}.items()))
    return {
        **schema,
        "if": {"anyOf": [{"required": [name]} for name in own]},
        "then": {"required": derived["required"], "properties": dict.fromkeys(wholly, False)},
        "else": {"required": needed, "oneOf": [{"required": ["training"]}, {"required": ["phases"]}]},
    }


def _phase(training: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a recipe that may leave its loss to the one before."""
    return {**training, "required": [name for name in training["required"] if name != "loss"]}


def dataset_schema() -> dict[str, Any]:
    """Return the schema of one data set's file."""
    description = "One data set: what a network sees of it, its published files, and where to fetch them."
    return _schema(DatasetFile, "A data set", description)


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


def _schema(model: type[BaseModel], title: str, description: str) -> dict[str, Any]:
    """Return the schema of the files that declare such a model."""
    schema = _without_field_titles(model.model_json_schema(schema_generator=KindJsonSchema))
    return {"$schema": DIALECT, **schema, "title": title, "description": description}


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


class KindJsonSchema(GenerateJsonSchema):
    """JSON Schema of models that hold families: pass it as ``model_json_schema(schema_generator=…)``."""

    def function_plain_schema(self, schema: core_schema.PlainValidatorFunctionSchema) -> JsonSchemaValue:
        """Describe a family once, under its noun in ``$defs``, whatever refers to it."""
        family = getattr(schema["function"]["function"], "__self__", None)
        if not isinstance(family, Family):
            return super().function_plain_schema(schema)
        name = CoreRef(f"{family.home}.{family.noun.title().replace(' ', '')}:0")
        definition, reference = self.get_cache_defs_ref_schema(name)
        if definition not in self.definitions:
            self.definitions[definition] = {}  # stands in while its kinds are described
            self.definitions[definition] = self._family(family)
        return reference

    def _family(self, family: Family) -> JsonSchemaValue:
        bare = {name: cls for name, cls in family.kinds.items() if not cls.needs_fields()}
        words = {**bare, **{alias: bare[name] for alias, name in family.aliases.items() if name in bare}}
        # Validators ignore enumDescriptions; VS Code shows them.
        help_texts = [_first_line(cls) for cls in words.values()]
        bare_word = {"type": "string", "enum": list(words), "enumDescriptions": help_texts}
        with_fields = {
            "type": "object",
            "properties": {
                **{name: self._content(cls) for name, cls in family.kinds.items()},
                **{alias: self._content(family.kinds[name]) for alias, name in family.aliases.items()},
            },
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }
        return {"title": family.noun, "anyOf": [with_fields, bare_word] if words else [with_fields]}

    def _content(self, cls: type[Kind]) -> JsonSchemaValue:
        cls.model_rebuild()
        fields = self.generate_inner(cls.__pydantic_core_schema__)
        if cls.needs_fields():
            return {**fields, "description": _first_line(cls)}
        return {"anyOf": [fields, {"type": "null"}], "description": _first_line(cls)}


def _first_line(cls: type[Kind]) -> str:
    return (inspect.getdoc(cls) or "").partition("\n")[0]


if __name__ == "__main__":
    write_schemas(specs_folder())
