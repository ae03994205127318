"""JSON Schema of models that hold families of kinds, made for an editor's completion; validates nothing."""

from __future__ import annotations

import inspect
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import CoreRef, GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from harness.declaration.kinds import Family, Kind

DIALECT = "http://json-schema.org/draft-07/schema#"  # what VS Code's YAML extension knows best


def json_schema(model: type[BaseModel], title: str, description: str) -> dict[str, Any]:
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
            "properties": {name: self._content(cls) for name, cls in family.kinds.items()},
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
