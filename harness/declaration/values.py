"""The plain values that fields take, each in one canonical form; knows no kind.

Equal content must dump equally, since a trial's fingerprint is a hash of the dump: 1 is 1.0, -0.0 is 0.0, and
``3`` is ``[3, 3]`` where a pair is meant.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Self

from annotated_types import Ge, Gt, Le, Lt
from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from harness.declaration.spec_error import refused


def _line(text: str) -> str:
    """Refuse what a terminal could obey or a page not show: control characters, marks that reverse the text."""
    hidden = () if text.isprintable() else (letter for letter in text if not letter.isprintable())
    for letter in hidden:
        if unicodedata.category(letter) != "Zs":  # a non-breaking space is fine
            raise refused("hidden_character", None, f"write it without the character {letter!a}, which can't be shown")
    return text


def _text(text: str) -> str:
    _line(text.replace("\n", " "))
    return text


@dataclass(frozen=True)
class Form:
    """The metadata of text of one form: a regular expression, and what to write where it does not match."""

    pattern: str
    remedy: str

    def check(self, text: str) -> str:
        """Return the text if it has the form."""
        if not re.fullmatch(self.pattern, text):
            raise refused("text_form", None, self.remedy)
        return text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        """Check after the text's own validation."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the form to editors."""
        return {**handler(schema), "pattern": f"^({self.pattern})$"}


Line = Annotated[str, AfterValidator(_line)]
Text = Annotated[str, AfterValidator(_text)]

# What float32 holds, the only precision here: a smaller number is 0 to it, a larger one infinity.
LEAST_FLOAT, LARGEST_FLOAT = 1.2e-38, 3.4e38
# From here on, float32 rounds to 1.
ONE_TO_FLOAT = 1 - 2**-25


def _plain(value: float) -> float:
    if value != 0 and not LEAST_FLOAT <= abs(value) <= LARGEST_FLOAT:
        remedy = f"write 0, or a number between {LEAST_FLOAT:g} and {LARGEST_FLOAT:g}"
        raise refused("float32", f"{value:g} is not a number in float32", remedy)
    return value + 0.0  # -0.0 + 0.0 is 0.0


def _below_one(value: float) -> float:
    if value >= ONE_TO_FLOAT:
        raise refused("float32_one", f"{value!r} is 1 in float32", "write a number further below 1")
    return value


_PLAIN = AfterValidator(_plain)
MOST = 2**31 - 1  # TensorFlow's own limit for most sizes
Count = Annotated[int, Ge(1), Le(MOST)]
# Whoever reads the file writes the number of the data set's classes for the word, before the value is validated.
CLASSES = "classes"
Outputs = Annotated[
    Count,
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST}, {"const": CLASSES}]}),
]
Number = Annotated[float, _PLAIN]
Positive = Annotated[float, Gt(0), _PLAIN]
NonNegative = Annotated[float, Ge(0), _PLAIN]
Fraction = Annotated[float, Ge(0), Le(1), _PLAIN]
BelowOne = Annotated[float, Ge(0), Lt(1), _PLAIN, AfterValidator(_below_one)]


def is_whole(value: object) -> bool:
    """Tell whether the value is a whole number, which True and False are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def listed(value: object) -> object:
    """Return a whole number as a list of one; leave all else to the list's own validation."""
    return (value,) if is_whole(value) else value


def _two(value: object, minimum: int) -> object:
    """Return two values for one whole number, so that one that is too small is one mistake and not two."""
    if isinstance(value, list | tuple) and len(value) == 2:  # noqa: PLR2004 (a pair)
        return value
    if not is_whole(value):
        raise refused("pair_form", None, "write one whole number, or a list of two: [3, 3]")
    if isinstance(value, int) and value < minimum:
        raise PydanticKnownError("greater_than_equal", {"ge": minimum})
    return (value, value)


def _one_or_two(one: dict[str, Any], minimum: int) -> WithJsonSchema:
    size = {"type": "integer", "minimum": minimum}
    item = {"anyOf": [size, one]} if one else size
    return WithJsonSchema({"anyOf": [size, {"type": "array", "items": item, "minItems": 2, "maxItems": 2}]})


_AMOUNTS = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2}
_LIST = Field(strict=False)  # a list of the file is a tuple here
_TWO_SIZES = BeforeValidator(partial(_two, minimum=1))
_TWO_AMOUNTS = BeforeValidator(partial(_two, minimum=0))

Pair = Annotated[tuple[Count, Count], _LIST, _TWO_SIZES, _one_or_two({}, minimum=1)]

_Amount = Annotated[int, Ge(0), Le(2**31 - 1)]
AmountPair = Annotated[tuple[_Amount, _Amount], _LIST, _TWO_AMOUNTS, _one_or_two({}, minimum=0)]
Sides = Annotated[tuple[AmountPair, AmountPair], _LIST, _TWO_AMOUNTS, _one_or_two(_AMOUNTS, minimum=0)]


_EXPONENT = re.compile(r"[eE][+-]?0*(\d+)$")
MOST_DIGITS, MOST_EXPONENT_DIGITS = 40, 2


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
        """Validate as a finite number, which true and "0.99" are not."""
        del source, handler
        number = core_schema.float_schema(strict=True, allow_inf_nan=False)
        return core_schema.no_info_wrap_validator_function(
            lambda value, check: (check(value), written(cls(value)))[1],
            number,
            serialization=core_schema.plain_serializer_function_ser_schema(float),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe it as a number."""
        del schema, handler
        return {"type": "number"}


def written(number: WrittenFloat) -> WrittenFloat:
    """Refuse what no network gives: digits beyond those of a double, or an exponent beyond those of float32."""
    exponent = _EXPONENT.search(number.text)
    if len(number.text) > MOST_DIGITS or (exponent and len(exponent[1]) > MOST_EXPONENT_DIGITS):
        raise refused("written_number", None, "write a number that a network can give, such as 0.9912")
    return number
