"""What weights start from, what they add to the loss and how they are constrained, under Keras' names.

Nothing here takes a seed: the settings' seed rules all of them.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from harness.declaration.kinds import Family, KerasKind
from harness.declaration.values import Fraction, NonNegative, Number, Positive, listed


class InitializerKind(KerasKind):
    """What a weight starts from."""

    keras_module: ClassVar[str] = "initializers"
    min_rank: ClassVar[int] = 1


class Zeros(InitializerKind):
    """All weights start at 0."""

    aliases: ClassVar = ("zeros",)


class Ones(InitializerKind):
    """All weights start at 1."""

    aliases: ClassVar = ("ones",)


class Constant(InitializerKind):
    """All weights start at one value."""

    aliases: ClassVar = ("constant",)

    value: Number = 0.0


class RandomNormal(InitializerKind):
    """Weights start normally distributed."""

    aliases: ClassVar = ("random_normal",)

    mean: Number = 0.0
    stddev: NonNegative = 0.05


class RandomUniform(InitializerKind):
    """Weights start uniformly distributed."""

    aliases: ClassVar = ("random_uniform",)

    minval: Number = -0.05
    maxval: Number = 0.05


class TruncatedNormal(InitializerKind):
    """Weights start normally distributed, drawn again beyond two standard deviations."""

    aliases: ClassVar = ("truncated_normal",)

    mean: Number = 0.0
    stddev: NonNegative = 0.05


class VarianceScaling(InitializerKind):
    """Weights start with a variance of scale / n, n being the inputs, the outputs or their mean."""

    aliases: ClassVar = ("variance_scaling",)

    scale: Positive = 1.0
    mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in"
    distribution: Literal["truncated_normal", "untruncated_normal", "uniform"] = "truncated_normal"


class GlorotUniform(InitializerKind):
    """Weights start uniformly within ±sqrt(6 / (inputs + outputs)): Keras' default."""

    aliases: ClassVar = ("glorot_uniform",)


class GlorotNormal(InitializerKind):
    """Weights start normally with variance 2 / (inputs + outputs)."""

    aliases: ClassVar = ("glorot_normal",)


class HeUniform(InitializerKind):
    """Weights start uniformly within ±sqrt(6 / inputs)."""

    aliases: ClassVar = ("he_uniform",)


class HeNormal(InitializerKind):
    """Weights start normally with variance 2 / inputs."""

    aliases: ClassVar = ("he_normal",)


class LecunUniform(InitializerKind):
    """Weights start uniformly within ±sqrt(3 / inputs)."""

    aliases: ClassVar = ("lecun_uniform",)


class LecunNormal(InitializerKind):
    """Weights start normally with variance 1 / inputs."""

    aliases: ClassVar = ("lecun_normal",)


class Orthogonal(InitializerKind):
    """Weights start as an orthogonal matrix: for kernels, not for biases."""

    aliases: ClassVar = ("orthogonal",)
    min_rank: ClassVar[int] = 2

    gain: Number = 1.0


Initializer = Annotated[InitializerKind, Family("initializer", InitializerKind, __name__)]


class RegularizerKind(KerasKind):
    """What is added to the loss."""

    keras_module: ClassVar[str] = "regularizers"


class L1(RegularizerKind):
    """Adds l1 × the sum of absolute values to the loss."""

    aliases: ClassVar = ("l1",)

    l1: NonNegative = 0.01


class L2(RegularizerKind):
    """Adds l2 × the sum of squares to the loss."""

    aliases: ClassVar = ("l2",)

    l2: NonNegative = 0.01


class L1L2(RegularizerKind):
    """Adds l1 × the sum of absolute values and l2 × the sum of squares to the loss."""

    l1: NonNegative = 0.0
    l2: NonNegative = 0.0


Regularizer = Annotated[RegularizerKind, Family("regularizer", RegularizerKind, __name__)]


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
