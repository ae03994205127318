"""The names of Keras' activation functions and their one spelling each; computes none of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from harness.declaration.mistakes import shown
from harness.errors import nearest

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
        hint = nearest(str(value), KNOWN) or f"; known are {', '.join(KNOWN)}"
        raise PydanticCustomError(
            "activation_unknown", "there is no activation {name}{hint}", {"name": shown(str(value)), "hint": hint}
        )
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
