"""Fields that several layers share, each with its one line of help; holds no layer."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from harness.declaration.spec_error import refused, shown
from harness.declaration.values import Count, Pair, listed
from harness.errors import did_you_mean
from harness.spec.layers.shapes import PaddingName, Shape, misfit, text
from harness.spec.layers.weights import Constraint, ConstraintKind, Initializer, InitializerKind, Regularizer

# Not in it: glu changes the shape, threshold needs numbers of its own.
NAMES = (
    "relu", "softmax", "sigmoid", "tanh", "elu", "selu", "gelu", "silu", "softplus", "softsign", "leaky_relu",
    "relu6", "celu", "mish", "exponential", "hard_sigmoid", "hard_silu", "hard_tanh", "hard_shrink",
    "soft_shrink", "tanh_shrink", "squareplus", "log_sigmoid", "log_softmax", "sparse_plus", "sparse_sigmoid",
    "sparsemax",
)  # fmt: skip
ALIASES = {"swish": "silu", "hard_swish": "hard_silu"}
KNOWN = ("linear", *NAMES, *ALIASES)


def _known(value: object) -> str:
    if not isinstance(value, str) or value not in KNOWN:
        remedy = did_you_mean(str(value), KNOWN) or f"known are {', '.join(KNOWN)}"
        raise refused("activation_unknown", f"there is no activation {shown(str(value))}", remedy)
    return ALIASES.get(value, value)


def _or_none(value: object) -> str | None:
    # No activation and the linear one are the same computation.
    return None if value is None or value == "linear" else _known(value)


_NAME = {"type": "string", "enum": list(KNOWN)}

ActivationName = Annotated[
    str,
    BeforeValidator(_known),
    WithJsonSchema(_NAME),
    Field(description="Name of the function, such as relu or softmax."),
]
OptionalActivation = Annotated[
    str | None,
    BeforeValidator(_or_none),
    WithJsonSchema({"anyOf": [_NAME, {"type": "null"}]}),
    Field(description="Function applied to the output, such as relu or softmax; none by default."),
]


DENSE_RANK, IMAGE_KERNEL_RANK = 2, 4


class WeightRank:
    """Refuses an initializer or a constraint that a weight of so many dimensions cannot have."""

    def __init__(self, rank: int) -> None:
        self._rank = rank

    def __call__(self, value: InitializerKind | ConstraintKind | None) -> object:
        """Return the value, or raise what does not fit."""
        if value is not None and value.min_rank > self._rank:
            needed = f"{value.kind} needs a weight with at least {value.min_rank} dimensions"
            raise refused("weight_rank", f"{needed}, and this one has {self._rank}", "choose another for this weight")
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


def _in_order(axes: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(axes)) != len(axes):
        raise refused("axis_twice", "a dimension is named twice", "name each dimension once")
    return tuple(sorted(axes))


_INDEX: dict[str, Any] = {"type": "integer", "minimum": -3, "maximum": -1}
LastAxes = Annotated[
    tuple[Annotated[int, Field(ge=-3, le=-1)], ...],
    Field(strict=False, min_length=1, description="Dimensions, counted from the last one: -1 are the channels."),
    BeforeValidator(listed),
    AfterValidator(_in_order),
    WithJsonSchema({"anyOf": [_INDEX, {"type": "array", "items": _INDEX, "minItems": 1}]}),
]


def sizes(kind: str, axes: tuple[int, ...], shape: Shape) -> Shape:
    """Return the shape's sizes along the axes, or raise that it has no such dimension."""
    if -min(axes) > len(shape):
        raise misfit(f"there is no dimension {min(axes)} in {kind}'s input of {text(shape)}", "name fewer dimensions")
    return tuple(shape[axis] for axis in axes)
