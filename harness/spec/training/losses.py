"""Losses for classification, under the names that Keras' ``compile`` takes; labels are one-hot."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from harness.declaration.kinds import Family, KerasKind
from harness.declaration.values import BelowOne, NonNegative, Positive

FromLogits = Annotated[bool, Field(description="Whether the network outputs logits, without softmax or sigmoid.")]
LabelSmoothing = Annotated[BelowOne, Field(description="Share of each label that is spread over all classes.")]


class LossKind(KerasKind):
    """The loss that training minimizes."""

    keras_module: ClassVar[str] = "losses"


class CategoricalCrossentropy(LossKind):
    """Categorical cross-entropy: negative log probability of the correct class."""

    kind: ClassVar[str] = "categorical_crossentropy"

    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0


class CategoricalFocalCrossentropy(LossKind):
    """Focal cross-entropy: gives less weight to examples that are classified well."""

    kind: ClassVar[str] = "categorical_focal_crossentropy"

    alpha: Annotated[NonNegative, Field(description="Weight of each class.")] = 0.25
    gamma: Annotated[NonNegative, Field(description="Exponent that gives less weight to easy examples.")] = 2.0
    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0


class BinaryCrossentropy(LossKind):
    """Binary cross-entropy of each class, for networks that end in sigmoids."""

    kind: ClassVar[str] = "binary_crossentropy"

    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0


class KLDivergence(LossKind):
    """Kullback-Leibler divergence of the predicted probabilities from the labels."""

    kind: ClassVar[str] = "kl_divergence"


class Poisson(LossKind):
    """Poisson loss, with the outputs as rates."""

    kind: ClassVar[str] = "poisson"


class MeanSquaredError(LossKind):
    """Mean squared error against the one-hot label."""

    kind: ClassVar[str] = "mean_squared_error"


class MeanAbsoluteError(LossKind):
    """Mean absolute error against the one-hot label."""

    kind: ClassVar[str] = "mean_absolute_error"


class Huber(LossKind):
    """Huber loss: quadratic up to delta, linear beyond it."""

    kind: ClassVar[str] = "huber"

    delta: Annotated[Positive, Field(description="Error beyond which the loss is linear.")] = 1.0


class LogCosh(LossKind):
    """Logarithm of the hyperbolic cosine of the error against the one-hot label."""

    kind: ClassVar[str] = "log_cosh"


class CategoricalHinge(LossKind):
    """Categorical hinge loss: margin of 1 between the correct class and the best wrong one."""

    kind: ClassVar[str] = "categorical_hinge"


class CosineSimilarity(LossKind):
    """Negative cosine similarity of the outputs and the one-hot label."""

    kind: ClassVar[str] = "cosine_similarity"


LOSSES = Family("loss", LossKind, __name__)
Loss = Annotated[LossKind, LOSSES]
