"""What weights start from, under Keras' names; takes no seed, since the settings's seed rules all of them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from harness.declaration.kinds import Family, KerasKind
from harness.declaration.values import NonNegative, Number, Positive


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
