"""Losses for classification, under the names that Keras' ``compile`` takes; labels are one-hot.

Keras' sparse cross-entropy is the categorical one on labels that are not one-hot: here it is another name for it.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from harness.declaration.kinds import Family, KerasKind, snake_case
from harness.declaration.values import BelowOne, NonNegative, Positive
from harness.spec import other_words

FromLogits = Annotated[bool, Field(description="Whether the network outputs logits, without softmax or sigmoid.")]
LabelSmoothing = Annotated[BelowOne, Field(description="Share of each label that is spread over all classes.")]


class LossKind(KerasKind):
    """The loss that training minimizes."""

    keras_module = "losses"
    short_names: ClassVar[tuple[str, ...]] = ()
    # Whether it takes each output by itself, whose label is 0 or 1: one for two classes, or one for each of several
    # labels. The others compare outputs with one another.
    takes_one_output: ClassVar[bool] = False
    # Whether it takes logarithms of the outputs.
    of_probabilities: ClassVar[bool] = False
    # Whether it does so of any number: a negative one makes the loss NaN.
    of_rates: ClassVar[bool] = False

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the function's name, which ``compile`` takes, and the other names that Keras takes."""
        return (snake_case(cls.__name__), cls.__name__, *cls.short_names)


class CategoricalCrossentropy(LossKind):
    """Categorical cross-entropy: negative log probability of the correct class."""

    short_names = ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy")
    of_probabilities = True

    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0


class CategoricalFocalCrossentropy(LossKind):
    """Focal cross-entropy: gives less weight to examples that are classified well."""

    of_probabilities = True

    alpha: Annotated[NonNegative, Field(description="Weight of each class.")] = 0.25
    gamma: Annotated[NonNegative, Field(description="Exponent that gives less weight to easy examples.")] = 2.0
    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0


class BinaryCrossentropy(LossKind):
    """Binary cross-entropy of each class, or of one output for two classes: for networks that end in sigmoids."""

    short_names = ("bce", "BCE")
    takes_one_output = True
    of_probabilities = True

    from_logits: FromLogits = False
    label_smoothing: LabelSmoothing = 0.0


class KLDivergence(LossKind):
    """Kullback-Leibler divergence of the predicted probabilities from the labels."""

    short_names = ("kld", "KLD")
    of_probabilities = True


class Poisson(LossKind):
    """Poisson loss, with the outputs as rates: for networks whose outputs are not negative."""

    takes_one_output = True
    of_rates = True


class MeanSquaredError(LossKind):
    """Mean squared error against the one-hot label."""

    short_names = ("mse", "MSE")
    takes_one_output = True


class MeanAbsoluteError(LossKind):
    """Mean absolute error against the one-hot label."""

    short_names = ("mae", "MAE")
    takes_one_output = True


class Huber(LossKind):
    """Huber loss: quadratic up to delta, linear beyond it."""

    takes_one_output = True

    delta: Annotated[Positive, Field(description="Error beyond which the loss is linear.")] = 1.0


class LogCosh(LossKind):
    """Logarithm of the hyperbolic cosine of the error against the one-hot label."""

    takes_one_output = True


class CategoricalHinge(LossKind):
    """Categorical hinge loss: margin of 1 between the correct class and the best wrong one."""


class CosineSimilarity(LossKind):
    """Negative cosine similarity of the outputs and the one-hot label."""


LOSSES = Family("loss", LossKind, __name__, other_words.LOSSES)
Loss = Annotated[LossKind, LOSSES]
