"""Fields that several layers share, each with its one line of help; holds no layer."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from harness.declaration.values import Count, Pair
from harness.spec.layers.activation_names import OptionalActivation
from harness.spec.layers.constraints import Constraint, ConstraintKind
from harness.spec.layers.initializers import Initializer, InitializerKind
from harness.spec.layers.regularizers import Regularizer
from harness.spec.layers.shapes import PaddingName

DENSE_RANK, IMAGE_KERNEL_RANK = 2, 4


class WeightRank:
    """Refuses an initializer or a constraint that a weight of so many dimensions cannot have."""

    def __init__(self, rank: int) -> None:
        self._rank = rank

    def __call__(self, value: InitializerKind | ConstraintKind | None) -> object:
        """Return the value, or raise what does not fit."""
        if value is not None and value.min_rank > self._rank:
            numbers = {"kind": value.kind, "needed": value.min_rank, "rank": self._rank}
            message = "{kind} needs a weight of {needed} dimensions or more, and this one has {rank}"
            raise PydanticCustomError("weight_rank", message, numbers)
        return value


VECTOR = AfterValidator(WeightRank(1))

Filters = Annotated[Count, Field(description="Number of output channels.")]
KernelSize = Annotated[Pair, Field(description="Height and width of the window: one number or two.")]
Strides = Annotated[Pair, Field(description="Steps of the window, down and across: one number or two.")]
Dilation = Annotated[Pair, Field(description="Distance of the window's points: one number or two.")]
Padding = Annotated[
    PaddingName, Field(description="valid: the window stays inside; same: zeros around, so that the size stays.")
]
Groups = Annotated[Count, Field(description="Groups of channels that are convolved apart.")]
DepthMultiplier = Annotated[Count, Field(description="Output channels per input channel.")]
UseBias = Annotated[bool, Field(description="Whether a trained constant is added to each output channel.")]
ActivationField = OptionalActivation

_STARTS = Field(description="What the weight starts from.")
_ADDS = Field(description="What the weight adds to the loss; nothing by default.")
_BACK = Field(description="What the weight is brought back to after every step; nothing by default.")

KernelInitializer = Annotated[Initializer, _STARTS]
VectorInitializer = Annotated[Initializer, VECTOR, _STARTS]
WeightRegularizer = Annotated[Regularizer | None, _ADDS]
DenseConstraint = Annotated[Constraint | None, AfterValidator(WeightRank(DENSE_RANK)), _BACK]
KernelConstraint = Annotated[Constraint | None, AfterValidator(WeightRank(IMAGE_KERNEL_RANK)), _BACK]
VectorConstraint = Annotated[Constraint | None, VECTOR, _BACK]
ActivityRegularizer = Annotated[
    Regularizer | None, Field(description="What the output adds to the loss; nothing by default.")
]
