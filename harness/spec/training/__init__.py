"""How a network is trained: the recipe, and the ``training:`` block of a spec file; trains nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from harness.declaration.values import BelowOne, Count
from harness.spec.training.losses import LOSSES, Loss
from harness.spec.training.optimizers import OPTIMIZERS, Optimizer, OptimizerKind
from harness.spec.training.schedules import SCHEDULES

__all__ = ["LOSSES", "OPTIMIZERS", "SCHEDULES", "Optimizer", "OptimizerKind", "Recipe", "Training", "with_losses"]


class Recipe(BaseModel):
    """What a training step computes, whatever the number of epochs."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)

    optimizer: Annotated[Optimizer, Field(description="Optimizer, with its learning rate.")]
    loss: Annotated[Loss, Field(description="Loss that training minimizes.")]
    batch_size: Annotated[Count, Field(description="Images per training step.")]
    validation_split: Annotated[
        BelowOne, Field(description="Share of the training images, the last ones, that is held out of training.")
    ] = 0.0

    @property
    def depends_on_epochs(self) -> bool:
        """Tell whether another number of epochs changes the first ones too, as a schedule over all of them does."""
        return self.optimizer.spans_training

    def training_examples(self, examples: int) -> int:
        """Return how many of n images are trained on: those that Keras' ``validation_split`` leaves."""
        return int(examples * (1.0 - self.validation_split))

    def steps_per_epoch(self, examples: int) -> int:
        """Return the batches of an epoch over n images, the last one smaller where they don't divide."""
        return -(-self.training_examples(examples) // self.batch_size)


class Training(Recipe):
    """How a document trains its network: a recipe, and for how many epochs."""

    epochs: Annotated[Count, Field(description="Passes over the training images.")]


def with_losses(phases: Any, loss: object = "categorical_crossentropy") -> Any:  # noqa: ANN401 - whatever the file holds
    """Return phases as a file has them, each with a loss: where it says none, the one before it, ``loss`` at first."""
    if not isinstance(phases, list | tuple):
        return phases
    whole: list[object] = []
    for phase in phases:
        if isinstance(phase, Mapping):
            loss = phase.get("loss", loss)
        whole.append({"loss": loss, **phase} if isinstance(phase, Mapping) else phase)
    return whole
