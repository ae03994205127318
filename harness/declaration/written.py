"""Numbers that remember how they were written; it rounds nothing.

A published 0.9902 and a published 0.99 make different promises: a number's last digit says how far it was rounded.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


class WrittenFloat(float):
    """A float that keeps the text it was written as: ``WrittenFloat("0.9860").decimals == 4``."""

    text: str

    def __new__(cls, text: str | float) -> Self:
        """Make one from text, or from a number whose shortest text is meant."""
        number = super().__new__(cls, text)
        number.text = text.text if isinstance(text, WrittenFloat) else str(text)
        return number

    def __str__(self) -> str:
        """Return the number as it was written."""
        return self.text

    @property
    def decimals(self) -> int:
        """How many digits stand after the point: 4 for 0.9902, 2 for 0.99, 5 for 3.14e-3."""
        exponent = Decimal(self.text).as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0

    @property
    def half_unit(self) -> float:
        """Half a unit of the last written digit: how far the true value can be from the written one."""
        return 0.5 * 10.0**-self.decimals

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        """Validate as a finite number; true and "0.99" are none."""
        del source, handler
        number = core_schema.float_schema(strict=True, allow_inf_nan=False)
        return core_schema.no_info_wrap_validator_function(
            lambda value, check: (check(value), cls(value))[1],
            number,
            serialization=core_schema.plain_serializer_function_ser_schema(float),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe it as a number."""
        del schema, handler
        return {"type": "number"}
