"""Keras' optimizers that make sense here, under its names and with today's rules and defaults; updates nothing.

RMSprop adds epsilon inside the square root, as Keras has done since 2.11: lr·g / sqrt(v + epsilon).
Left out are moving averages of the weights (they act at the end of ``fit`` only), loss scaling (one precision
here) and gradient accumulation (use a larger batch).
"""

from collections.abc import Mapping
from types import ModuleType
from typing import Annotated, Any, Self

from annotated_types import Gt
from pydantic import AfterValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from harness.declaration.kinds import Family, KerasKind
from harness.declaration.spec_error import refused, shown
from harness.declaration.values import BelowOne, NonNegative, Positive
from harness.spec import other_words
from harness.spec.training.schedules import LearningRate, ScheduleKind


def _none_for_zero(value: float | None) -> float | None:
    return value or None


_DECAY = Field(description="Weight decay: share of each weight, times the learning rate, that each update subtracts.")
WeightDecay = Annotated[NonNegative | None, AfterValidator(_none_for_zero), _DECAY]
Epsilon = Annotated[NonNegative, Field(description="Small constant for numerical stability.")]
Beta1 = Annotated[BelowOne, Field(description="Decay rate of the moving average of gradients.")]
Beta2 = Annotated[BelowOne, Field(description="Decay rate of the moving average of squared gradients.")]
Rho = Annotated[BelowOne, Field(description="Decay rate of the moving average of squared gradients.")]
Momentum = Annotated[BelowOne, Field(description="Share of the last update that is added to the next.")]
AmsGrad = Annotated[bool, Field(description="Whether the maximum of the moving averages of squared gradients is used.")]
ClipNorm = Annotated[Positive | None, Field(description="Maximum norm of each weight's gradient.")]
ClipValue = Annotated[Positive | None, Field(description="Maximum absolute value of a gradient's entries.")]
GlobalClipNorm = Annotated[Positive | None, Field(description="Maximum norm of all gradients together.")]


class OptimizerKind(KerasKind):
    """One optimizer. ``slots`` says how many numbers it keeps for each trainable weight."""

    keras_module = "optimizers"
    field_words = other_words.FIELDS

    learning_rate: LearningRate = 0.001
    weight_decay: WeightDecay = None
    clipnorm: ClipNorm = None
    clipvalue: ClipValue = None
    global_clipnorm: GlobalClipNorm = None

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the class's name, and the word that Keras takes for it."""
        return cls.__name__, cls.__name__.lower()

    @model_validator(mode="before")
    @classmethod
    def _old_decay(cls, content: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        """Read the ``decay`` of Keras 2, rate / (1 + decay × step), as the schedule that it is."""
        if not isinstance(content, Mapping) or "decay" not in content:
            return content
        decay, rest = content["decay"], {name: content[name] for name in content if name != "decay"}
        rate = rest.get("learning_rate", cls.model_fields["learning_rate"].default)
        if isinstance(decay, bool) or not isinstance(decay, int | float) or not 0 <= decay < float("inf"):
            raise refused("decay", f"'decay' is {shown(decay)}", "write a number from 0, or leave it out")
        if decay == 0:
            return rest
        if isinstance(rate, bool) or not isinstance(rate, int | float):
            what = "'decay' stands beside a learning rate that is not a number"
            raise refused("decay", what, "keep one: decay is InverseTimeDecay with decay_steps 1")
        schedule = {"initial_learning_rate": rate, "decay_steps": 1, "decay_rate": decay}
        return {**rest, "learning_rate": {"InverseTimeDecay": schedule}}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the fields, and ``decay``, which is read as a schedule."""
        found = handler.resolve_ref_schema(handler(schema))
        description = "Keras 2's decay of the learning rate: rate / (1 + decay × step), as InverseTimeDecay."
        found["properties"]["decay"] = {"description": description, "minimum": 0, "type": "number"}
        return found

    @model_validator(mode="after")
    def _one_clip(self) -> Self:
        clips = (self.clipnorm, self.clipvalue, self.global_clipnorm)
        if sum(clip is not None for clip in clips) > 1:
            what = "more than one of clipnorm, clipvalue and global_clipnorm is set"
            raise refused("clips", what, "keep one of them")
        return self

    @property
    def slots(self) -> int:
        """Numbers kept for each trainable weight."""
        return 2

    @property
    def spans_training(self) -> bool:
        """Tell whether the length of the training is part of the learning rate."""
        return isinstance(self.learning_rate, ScheduleKind) and self.learning_rate.spans_training

    def build(self, keras: ModuleType, total_steps: int | None = None) -> Any:  # noqa: ANN401 (Keras' own types)
        """Return the Keras optimizer; ``total_steps`` is needed where a schedule spans the whole training."""
        if isinstance(self.learning_rate, ScheduleKind) and self.spans_training:
            settled = self.model_copy(update={"learning_rate": self.learning_rate.over(total_steps)})
            return settled.build(keras)
        return super().build(keras)


class SGD(OptimizerKind):
    """Stochastic gradient descent, with momentum if it is set."""

    learning_rate: LearningRate = 0.01
    momentum: Momentum = 0.0
    nesterov: Annotated[bool, Field(description="Whether Nesterov momentum is used.")] = False

    @property
    def slots(self) -> int:
        """A velocity, with momentum."""
        return int(self.momentum > 0)


class RMSprop(OptimizerKind):
    """RMSprop: divides the gradient by the root of the moving average of its square."""

    rho: Rho = 0.9
    momentum: Momentum = 0.0
    epsilon: Epsilon = 1e-7
    centered: Annotated[
        bool, Field(description="Whether the gradient's variance is used instead of its mean square.")
    ] = False

    @property
    def slots(self) -> int:
        """A mean of squares; a velocity with momentum; a mean when centered."""
        return 1 + (self.momentum > 0) + self.centered


class Adam(OptimizerKind):
    """Adam: divides the moving average of the gradient by the root of that of its square."""

    beta_1: Beta1 = 0.9
    beta_2: Beta2 = 0.999
    epsilon: Epsilon = 1e-7
    amsgrad: AmsGrad = False

    @property
    def slots(self) -> int:
        """Two means, and the largest one for amsgrad."""
        return 2 + self.amsgrad


class AdamW(Adam):
    """Adam with decoupled weight decay."""

    weight_decay: Annotated[NonNegative, _DECAY] = 0.004


class Nadam(OptimizerKind):
    """Adam with Nesterov momentum."""

    beta_1: Beta1 = 0.9
    beta_2: Beta2 = 0.999
    epsilon: Epsilon = 1e-7


class Adagrad(OptimizerKind):
    """Adagrad: divides the gradient by the root of the sum of all its squares so far."""

    initial_accumulator_value: Annotated[NonNegative, Field(description="Initial value of the sum.")] = 0.1
    epsilon: Epsilon = 1e-7

    @property
    def slots(self) -> int:
        """A sum of squares."""
        return 1


class Adadelta(OptimizerKind):
    """Adadelta: scales the gradient by the ratio of past updates to past gradients; the original rate is 1.0."""

    rho: Rho = 0.95
    epsilon: Epsilon = 1e-7


class Lion(OptimizerKind):
    """Lion: updates of one size, in the direction of the sign of a momentum."""

    # Keras refuses 0, unlike those of other optimizers.
    beta_1: Annotated[BelowOne, Gt(0), Field(description="Decay rate of the moving average of gradients.")] = 0.9
    beta_2: Annotated[BelowOne, Field(description="Decay rate of the momentum.")] = 0.99

    @property
    def slots(self) -> int:
        """A momentum."""
        return 1


OPTIMIZERS = Family("optimizer", OptimizerKind, __name__, other_words.OPTIMIZERS)
Optimizer = Annotated[OptimizerKind, OPTIMIZERS]
