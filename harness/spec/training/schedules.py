"""Learning rates that change from step to step, under Keras' names; a step is one batch.

Where Keras asks for ``decay_steps``, it may be left out here: the schedule then spans the whole training, and
the recipe's numbers depend on its epochs.
"""

import math
from typing import Annotated, Self

from annotated_types import Ge
from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, SerializationInfo, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from harness.declaration.kinds import Family, KerasKind
from harness.declaration.spec_error import refused
from harness.declaration.values import Count, Fraction, NonNegative, Positive

InitialRate = Annotated[Positive, Field(description="Initial learning rate.")]
DecaySteps = Annotated[
    Count | None, Field(description="Steps (batches) of the decay; by default those of the whole training.")
]


class ScheduleKind(KerasKind):
    """A learning rate that changes from step to step."""

    keras_module = "optimizers.schedules"

    @property
    def spans_training(self) -> bool:
        """Tell whether the length of the training is part of the schedule."""
        return getattr(self, "decay_steps", 1) is None

    @property
    def ends_after(self) -> float:
        """After how many steps there is no rate any more; infinity where there always is one."""
        return math.inf

    def over(self, total_steps: int | None) -> Self:
        """Return the schedule with its open length filled in; raise ValueError where it is not known."""
        if not self.spans_training:
            return self
        if total_steps is None:
            raise ValueError(f"{self.kind} spans the whole training: give its number of steps")
        # CosineDecay counts its warm-up apart from its decay.
        left = total_steps - getattr(self, "warmup_steps", 0)
        return self.model_copy(update={"decay_steps": max(left, 1)})


class _Decay(ScheduleKind):
    initial_learning_rate: InitialRate
    decay_steps: DecaySteps = None
    decay_rate: Annotated[Positive, Field(description="Decay factor per decay_steps.")]
    staircase: Annotated[
        bool, Field(description="Whether the rate decays once every decay_steps rather than at every step.")
    ] = False


class ExponentialDecay(_Decay):
    """Exponential decay: initial × decay_rate ^ (step / decay_steps)."""


class InverseTimeDecay(_Decay):
    """Inverse time decay: initial / (1 + decay_rate × step / decay_steps)."""


class PolynomialDecay(ScheduleKind):
    """Polynomial decay from the initial to the end learning rate; linear by default."""

    initial_learning_rate: InitialRate
    decay_steps: DecaySteps = None
    end_learning_rate: NonNegative = 0.0001
    power: Positive = 1.0
    cycle: bool = False


class CosineDecay(ScheduleKind):
    """Cosine decay from the initial learning rate to alpha × initial, after an optional warm-up."""

    initial_learning_rate: Annotated[NonNegative, Field(description="Initial learning rate.")]
    decay_steps: DecaySteps = None
    alpha: Annotated[Fraction, Field(description="Final learning rate as a share of the initial one.")] = 0.0
    warmup_target: Annotated[Positive | None, Field(description="Learning rate at the end of the warm-up.")] = None
    warmup_steps: Annotated[int, Ge(0), Field(description="Steps (batches) of the warm-up.")] = 0


class CosineDecayRestarts(ScheduleKind):
    """Cosine decay with restarts, each period longer than the one before, or shorter where t_mul is below 1."""

    initial_learning_rate: InitialRate
    first_decay_steps: Annotated[Count, Field(description="Steps (batches) of the first period.")]
    t_mul: Annotated[Positive, Field(description="Factor on the length of each further period.")] = 2.0
    m_mul: Annotated[Positive, Field(description="Factor on the initial rate of each further period.")] = 1.0
    alpha: Annotated[Fraction, Field(description="Final learning rate as a share of the initial one.")] = 0.0

    @property
    def ends_after(self) -> float:
        """The length of all periods together, each t_mul times as long as the one before.

        Keras' number of restarts until a step is the logarithm, to the base t_mul, of 1 - step × (1 - t_mul) / first.
        """
        return self.first_decay_steps / (1 - self.t_mul) if self.t_mul < 1 else math.inf


class PiecewiseConstantDecay(ScheduleKind):
    """Piecewise constant: values[i] up to and including step boundaries[i], the last value after them."""

    boundaries: Annotated[
        tuple[Count, ...], Field(strict=False, min_length=1, description="Steps at which the rate changes.")
    ]
    values: Annotated[
        tuple[Positive, ...], Field(strict=False, description="Learning rates: one more than there are boundaries.")
    ]

    @model_validator(mode="after")
    def _one_more_value(self) -> Self:
        if len(self.values) != len(self.boundaries) + 1:
            rates, steps = len(self.values), len(self.boundaries)
            what = f"there are {rates} values for {steps} boundaries"
            raise refused("piecewise", what, f"give {steps + 1} values: one more than boundaries")
        if list(self.boundaries) != sorted(set(self.boundaries)):
            raise refused("piecewise", "boundaries do not increase", "list each step once, the first one first")
        return self


SCHEDULES = Family("schedule", ScheduleKind, __name__)
LARGEST_RATE = 1000.0


class NumberOrSchedule:
    """Reads a positive number as it is and all else as a schedule, without a union's detour in error paths."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Put the number before the family."""
        del source
        dump = core_schema.plain_serializer_function_ser_schema(self._dump, info_arg=True)
        family = handler.generate_schema(Annotated[ScheduleKind, SCHEDULES])
        return core_schema.no_info_wrap_validator_function(self._read, family, serialization=dump)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Offer both."""
        return {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST_RATE}, handler(schema)]}

    @staticmethod
    def _read(value: object, family: core_schema.ValidatorFunctionWrapHandler) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return family(value)
        if value > LARGEST_RATE:
            raise PydanticKnownError("less_than_equal", {"le": LARGEST_RATE})
        if not value > 0:  # NaN is not
            raise PydanticKnownError("greater_than", {"gt": 0})
        return float(value)

    @staticmethod
    def _dump(value: float | ScheduleKind, info: SerializationInfo) -> object:
        return SCHEDULES.dump(value, info) if isinstance(value, ScheduleKind) else value


LearningRate = Annotated[
    float | ScheduleKind, NumberOrSchedule(), Field(description="Learning rate: a number, or a schedule.")
]
