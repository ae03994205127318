"""What is added to the loss for large weights or outputs, under Keras' names; adds nothing by itself."""

from __future__ import annotations

from typing import Annotated, ClassVar

from harness.declaration.kinds import Family, KerasKind
from harness.declaration.values import NonNegative


class RegularizerKind(KerasKind):
    """What is added to the loss."""

    keras_module: ClassVar[str] = "regularizers"


class L1(RegularizerKind):
    """Adds l1 × the sum of absolute values to the loss."""

    aliases: ClassVar = ("l1",)

    l1: NonNegative = 0.01


class L2(RegularizerKind):
    """Adds l2 × the sum of squares to the loss."""

    aliases: ClassVar = ("l2",)

    l2: NonNegative = 0.01


class L1L2(RegularizerKind):
    """Adds l1 × the sum of absolute values and l2 × the sum of squares to the loss."""

    l1: NonNegative = 0.0
    l2: NonNegative = 0.0


Regularizer = Annotated[RegularizerKind, Family("regularizer", RegularizerKind, __name__)]
