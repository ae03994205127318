"""Fields that several layers share, each with its line of help; holds no layer."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from harness.declaration.spec_error import refused, shown
from harness.declaration.values import Count, Pair, listed
from harness.errors import did_you_mean
from harness.spec.layers.layer import PaddingName, Shape, misfit, text
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
        remedy = did_you_mean(str(value), KNOWN) or f"available: {', '.join(KNOWN)}"
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
    Field(description="Activation function, such as relu or softmax."),
]
OptionalActivation = Annotated[
    str | None,
    BeforeValidator(_or_none),
    WithJsonSchema({"anyOf": [_NAME, {"type": "null"}]}),
    Field(description="Activation function applied to the output, such as relu or softmax; none by default."),
]


DENSE_RANK, IMAGE_KERNEL_RANK = 2, 4


class WeightRank:
    """Refuses an initializer or a constraint that needs more dimensions than the weight has."""

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
Strides = Annotated[Pair, Field(description="Strides along height and width: one number or two.")]
Dilation = Annotated[Pair, Field(description="Dilation rate along height and width: one number or two.")]
Padding = Annotated[
    PaddingName, Field(description="valid: no padding; same: zero padding that keeps the size, but for strides.")
]
Groups = Annotated[Count, Field(description="Number of groups of channels that are convolved separately.")]
DepthMultiplier = Annotated[Count, Field(description="Number of output channels per input channel.")]
UseBias = Annotated[bool, Field(description="Whether a trainable bias is added to each output channel.")]
ActivationField = OptionalActivation

_INITIALIZER = Field(description="Initializer of the weight.")
_PENALTY = Field(description="Penalty on the weight, added to the loss; none by default.")
_CONSTRAINT = Field(description="Constraint applied after each update; none by default.")

KernelInitializer = Annotated[Initializer, _INITIALIZER]
VectorInitializer = Annotated[Initializer, VECTOR, _INITIALIZER]
WeightRegularizer = Annotated[Regularizer | None, _PENALTY]
DenseConstraint = Annotated[Constraint | None, AfterValidator(WeightRank(DENSE_RANK)), _CONSTRAINT]
KernelConstraint = Annotated[Constraint | None, AfterValidator(WeightRank(IMAGE_KERNEL_RANK)), _CONSTRAINT]
VectorConstraint = Annotated[Constraint | None, VECTOR, _CONSTRAINT]
ActivityRegularizer = Annotated[
    Regularizer | None, Field(description="Penalty on the output, added to the loss; none by default.")
]


def _in_order(axes: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(axes)) != len(axes):
        raise refused("axis_twice", "a dimension is named twice", "name each dimension once")
    return tuple(sorted(axes))


_INDEX: dict[str, Any] = {"type": "integer", "minimum": -3, "maximum": -1}
LastAxes = Annotated[
    tuple[Annotated[int, Field(ge=-3, le=-1)], ...],
    Field(strict=False, min_length=1, description="Axes, counted from the last: -1 is the channel axis."),
    BeforeValidator(listed),
    AfterValidator(_in_order),
    WithJsonSchema({"anyOf": [_INDEX, {"type": "array", "items": _INDEX, "minItems": 1}]}),
]


def sizes(kind: str, axes: tuple[int, ...], shape: Shape) -> Shape:
    """Return the shape's sizes along the axes, or raise that it has no such dimension."""
    if -min(axes) > len(shape):
        raise misfit(f"there is no dimension {min(axes)} in {kind}'s input of {text(shape)}", "name fewer dimensions")
    return tuple(shape[axis] for axis in axes)
