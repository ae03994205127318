"""Initializers, regularizers and constraints of weights, under Keras' names.

None takes a seed: the settings' seed determines all of them.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from harness.declaration.kinds import Family, KerasKind, snake_case
from harness.declaration.spec_error import refused
from harness.declaration.values import Fraction, NonNegative, Number, Positive, listed
from harness.spec import other_words


class _WeightKind(KerasKind):
    short_names: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the class's name, and the words that Keras takes for it."""
        return cls.__name__, snake_case(cls.__name__), *cls.short_names


class InitializerKind(_WeightKind):
    """Initial values of a weight."""

    keras_module = "initializers"
    min_rank: ClassVar[int] = 1


class Zeros(InitializerKind):
    """Initializes all weights to 0."""

    short_names = ("zero",)


class Ones(InitializerKind):
    """Initializes all weights to 1."""

    short_names = ("one",)


class Constant(InitializerKind):
    """Initializes all weights to one value."""

    value: Number = 0.0


class RandomNormal(InitializerKind):
    """Draws initial weights from a normal distribution."""

    short_names = ("normal",)

    mean: Number = 0.0
    stddev: NonNegative = 0.05


class RandomUniform(InitializerKind):
    """Draws initial weights from a uniform distribution."""

    short_names = ("uniform",)

    minval: Number = -0.05
    maxval: Number = 0.05


class TruncatedNormal(InitializerKind):
    """Draws initial weights from a normal distribution, redrawing values beyond two standard deviations."""

    mean: Number = 0.0
    stddev: NonNegative = 0.05


class VarianceScaling(InitializerKind):
    """Draws initial weights with variance scale / n, where n is the number of inputs, of outputs or their mean."""

    scale: Positive = 1.0
    mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in"
    distribution: Literal["truncated_normal", "untruncated_normal", "uniform"] = "truncated_normal"


class GlorotUniform(InitializerKind):
    """Draws initial weights uniformly within ±sqrt(6 / (inputs + outputs)): Keras' default."""


class GlorotNormal(InitializerKind):
    """Draws initial weights from a truncated normal distribution with variance 2 / (inputs + outputs)."""


class HeUniform(InitializerKind):
    """Draws initial weights uniformly within ±sqrt(6 / inputs)."""


class HeNormal(InitializerKind):
    """Draws initial weights from a truncated normal distribution with variance 2 / inputs."""


class LecunUniform(InitializerKind):
    """Draws initial weights uniformly within ±sqrt(3 / inputs)."""


class LecunNormal(InitializerKind):
    """Draws initial weights from a truncated normal distribution with variance 1 / inputs."""


class Orthogonal(InitializerKind):
    """Initializes kernels to an orthogonal matrix; not for biases."""

    min_rank = 2

    gain: Number = 1.0


Initializer = Annotated[InitializerKind, Family("initializer", InitializerKind, __name__, other_words.INITIALIZERS)]


class RegularizerKind(_WeightKind):
    """Penalty that is added to the loss."""

    keras_module = "regularizers"


class L1(RegularizerKind):
    """Adds l1 × the sum of absolute values to the loss."""

    l1: NonNegative = 0.01


class L2(RegularizerKind):
    """Adds l2 × the sum of squares to the loss."""

    l2: NonNegative = 0.01


class L1L2(RegularizerKind):
    """Adds l1 × the sum of absolute values and l2 × the sum of squares to the loss."""

    aliases = ()

    l1: NonNegative = 0.0
    l2: NonNegative = 0.0


Regularizer = Annotated[RegularizerKind, Family("regularizer", RegularizerKind, __name__)]


def _each_once(axes: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(axes)) != len(axes):
        raise refused("axis_twice", "an axis is named twice", "name each axis once")
    return axes


_INDEX: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 3}
Axes = Annotated[
    tuple[Annotated[int, Field(ge=0, le=3)], ...],
    Field(strict=False, min_length=1, description="Axes of the weight along which the norm is taken."),
    BeforeValidator(listed),
    AfterValidator(_each_once),
    WithJsonSchema({"anyOf": [_INDEX, {"type": "array", "items": _INDEX, "minItems": 1}]}),
]


class ConstraintKind(_WeightKind):
    """Constraint applied to a weight after each update."""

    keras_module = "constraints"

    @property
    def min_rank(self) -> int:
        """The dimensions that a weight needs for the constraint to apply to it."""
        return 1 + max(getattr(self, "axis", (0,)))


class MaxNorm(ConstraintKind):
    """Limits the norm of weights to max_value."""

    max_value: Positive = 2.0
    axis: Axes = (0,)


class MinMaxNorm(ConstraintKind):
    """Rescales weights to a norm between min_value and max_value."""

    min_value: NonNegative = 0.0
    max_value: Positive = 1.0
    rate: Fraction = 1.0
    axis: Axes = (0,)


class NonNeg(ConstraintKind):
    """Sets negative weights to 0."""


class UnitNorm(ConstraintKind):
    """Rescales weights to unit norm."""

    axis: Axes = (0,)


Constraint = Annotated[ConstraintKind, Family("constraint", ConstraintKind, __name__)]
