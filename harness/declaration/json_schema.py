"""JSON Schema of models that hold families of kinds, good for an editor's completion; validates nothing."""

from __future__ import annotations

import inspect

from pydantic.json_schema import CoreRef, GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from harness.declaration.kinds import Family, Kind


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
        enum = {"type": "string", "enum": list(words), "enumDescriptions": help_texts}
        one = {
            "type": "object",
            "properties": {name: self._content(cls) for name, cls in family.kinds.items()},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }
        return {"title": family.noun, "anyOf": [one, enum] if words else [one]}

    def _content(self, cls: type[Kind]) -> JsonSchemaValue:
        cls.model_rebuild()
        fields = self.generate_inner(cls.__pydantic_core_schema__)
        if cls.needs_fields():
            return {**fields, "description": _first_line(cls)}
        return {"anyOf": [fields, {"type": "null"}], "description": _first_line(cls)}


def _first_line(cls: type[Kind]) -> str:
    return (inspect.getdoc(cls) or "").partition("\n")[0]
