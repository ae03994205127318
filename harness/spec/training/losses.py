"""Losses that fit classification, under the names that Keras' ``compile`` takes; labels are one-hot inside."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from harness.declaration.kinds import Family, KerasKind
from harness.declaration.values import BelowOne, NonNegative, Positive

FromLogits = Annotated[bool, Field(description="Whether the network ends without its softmax or sigmoid.")]
LabelSmoothing = Annotated[BelowOne, Field(description="Share of each label spread over all classes.")]


class LossKind(KerasKind):
    """What training makes small."""

    keras_module: ClassVar[str] = "losses"


class CategoricalCrossentropy(LossKind):
    """Minus the logarithm of the probability given to the right class."""

    kind: ClassVar[str] = "categorical_crossentropy"

    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0


class CategoricalFocalCrossentropy(LossKind):
    """Cross-entropy with less weight on examples that are right already."""

    kind: ClassVar[str] = "categorical_focal_crossentropy"

    alpha: Annotated[NonNegative, Field(description="Weight of every class.")] = 0.25
    gamma: Annotated[NonNegative, Field(description="How much less easy examples count.")] = 2.0
    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0


class BinaryCrossentropy(LossKind):
    """Cross-entropy of each class on its own, for networks that end in sigmoids."""

    kind: ClassVar[str] = "binary_crossentropy"

    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0


class KLDivergence(LossKind):
    """Kullback-Leibler divergence from the labels to the probabilities."""

    kind: ClassVar[str] = "kl_divergence"


class Poisson(LossKind):
    """Poisson loss of the labels under the outputs as rates."""

    kind: ClassVar[str] = "poisson"


class MeanSquaredError(LossKind):
    """Mean of squared differences to the one-hot label."""

    kind: ClassVar[str] = "mean_squared_error"


class MeanAbsoluteError(LossKind):
    """Mean of absolute differences to the one-hot label."""

    kind: ClassVar[str] = "mean_absolute_error"


class Huber(LossKind):
    """Squared difference up to delta, absolute beyond it."""

    kind: ClassVar[str] = "huber"

    delta: Annotated[Positive, Field(description="Difference from which on the loss is a straight line.")] = 1.0


class LogCosh(LossKind):
    """Logarithm of the hyperbolic cosine of the difference to the one-hot label."""

    kind: ClassVar[str] = "log_cosh"


class CategoricalHinge(LossKind):
    """Margin of 1 between the right class and the best wrong one."""

    kind: ClassVar[str] = "categorical_hinge"


class CosineSimilarity(LossKind):
    """Minus the cosine between outputs and one-hot label."""

    kind: ClassVar[str] = "cosine_similarity"


LOSSES = Family("loss", LossKind, __name__)
Loss = Annotated[LossKind, LOSSES]
