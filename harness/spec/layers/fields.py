"""Fields that several layers share, each with its line of help; holds no layer."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from harness.declaration.naming import remedy
from harness.declaration.spec_error import refused, shown
from harness.declaration.values import Count, Outputs, Pair
from harness.spec import other_words
from harness.spec.layers.layer import PaddingName
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
        meant = remedy(str(value), KNOWN, other_words.ACTIVATIONS) or f"available: {', '.join(KNOWN)}"
        raise refused("activation_unknown", f"there is no activation {shown(str(value))}", meant)
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
Activation = Annotated[
    str | None,
    BeforeValidator(_or_none),
    WithJsonSchema({"anyOf": [_NAME, {"type": "null"}]}),
    Field(description="Activation function applied to the output, such as relu or softmax; none by default."),
]


DENSE_RANK, IMAGE_KERNEL_RANK = 2, 4


def _weight_rank(rank: int) -> AfterValidator:
    """Return the check for an initializer or a constraint that needs more dimensions than the weight has."""

    def check(value: InitializerKind | ConstraintKind | None) -> object:
        if value is not None and value.min_rank > rank:
            needed = f"{value.kind} needs a weight with at least {value.min_rank} dimensions"
            raise refused("weight_rank", f"{needed}, and this one has {rank}", "choose another for this weight")
        return value

    return AfterValidator(check)


VECTOR = _weight_rank(1)

Filters = Annotated[
    Outputs, Field(description="Number of output channels; classes: one for each class of the data set.")
]
KernelSize = Annotated[Pair, Field(description="Height and width of the window: one number or two.")]
Strides = Annotated[Pair, Field(description="Strides along height and width: one number or two.")]
Dilation = Annotated[Pair, Field(description="Dilation rate along height and width: one number or two.")]
Padding = Annotated[
    PaddingName, Field(description="valid: no padding; same: zero padding that keeps the size, but for strides.")
]
Groups = Annotated[Count, Field(description="Number of groups of channels that are convolved separately.")]
DepthMultiplier = Annotated[Count, Field(description="Number of output channels per input channel.")]
UseBias = Annotated[bool, Field(description="Whether a trainable bias is added to each output channel.")]

_INITIALIZER = Field(description="Initializer of the weight.")
_PENALTY = Field(description="Penalty on the weight, added to the loss; none by default.")
_CONSTRAINT = Field(description="Constraint applied after each update; none by default.")

KernelInitializer = Annotated[Initializer, _INITIALIZER]
VectorInitializer = Annotated[Initializer, VECTOR, _INITIALIZER]
WeightRegularizer = Annotated[Regularizer | None, _PENALTY]
DenseConstraint = Annotated[Constraint | None, _weight_rank(DENSE_RANK), _CONSTRAINT]
KernelConstraint = Annotated[Constraint | None, _weight_rank(IMAGE_KERNEL_RANK), _CONSTRAINT]
VectorConstraint = Annotated[Constraint | None, VECTOR, _CONSTRAINT]
ActivityRegularizer = Annotated[
    Regularizer | None, Field(description="Penalty on the output, added to the loss; none by default.")
]
