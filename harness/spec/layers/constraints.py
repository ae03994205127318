"""What weights are brought back to after every step, under Keras' names; applies nothing by itself."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, WithJsonSchema

from harness.declaration.kinds import Family, KerasKind
from harness.declaration.values import Fraction, NonNegative, Positive, listed

_INDEX: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 3}
Axes = Annotated[
    tuple[Annotated[int, Field(ge=0, le=3)], ...],
    Field(strict=False, min_length=1, description="Dimensions of the weight over which a norm is taken."),
    BeforeValidator(listed),
    WithJsonSchema({"anyOf": [_INDEX, {"type": "array", "items": _INDEX, "minItems": 1}]}),
]


class ConstraintKind(KerasKind):
    """What a weight is brought back to after every step."""

    keras_module: ClassVar[str] = "constraints"

    @property
    def min_rank(self) -> int:
        """The dimensions that a weight needs for the constraint to apply to it."""
        return 1 + max(getattr(self, "axis", (0,)))


class MaxNorm(ConstraintKind):
    """Scales weights down to a norm of at most max_value."""

    aliases: ClassVar = ("max_norm",)

    max_value: Positive = 2.0
    axis: Axes = (0,)


class MinMaxNorm(ConstraintKind):
    """Scales weights to a norm between min_value and max_value."""

    aliases: ClassVar = ("min_max_norm",)

    min_value: NonNegative = 0.0
    max_value: Positive = 1.0
    rate: Fraction = 1.0
    axis: Axes = (0,)


class NonNeg(ConstraintKind):
    """Sets negative weights to 0."""

    aliases: ClassVar = ("non_neg",)


class UnitNorm(ConstraintKind):
    """Scales weights to a norm of 1."""

    aliases: ClassVar = ("unit_norm",)

    axis: Axes = (0,)


Constraint = Annotated[ConstraintKind, Family("constraint", ConstraintKind, __name__)]
