"""What a trial computes and its address; trains nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from harness.plan.protocol import Precision, Protocol
from harness.spec.architecture import Architecture
from harness.spec.layers import Layer
from harness.spec.training import Loss, Optimizer, Recipe

ADDRESS_VERSION = 1
ADDRESS_LENGTH = 16


class Computation(BaseModel):
    """All that changes a network's numbers, apart from its seed: data, graph, recipe without epochs, precision.

    ``schedule_epochs`` is None unless the recipe depends on the number of epochs, as a learning-rate schedule
    over the whole training does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    train_examples: int | None = Field(default=None, ge=1)
    test_examples: int | None = Field(default=None, ge=1)
    validation_split: float = Field(default=0.0, ge=0, lt=1)
    layers: tuple[Layer, ...]
    optimizer: Optimizer
    loss: Loss
    batch_size: int = Field(ge=1)
    schedule_epochs: int | None = None
    precision: Precision = "float32"

    @property
    def training(self) -> Recipe:
        """The recipe, its epochs left out as far as they don't change the numbers: what a cost depends on."""
        return Recipe(
            optimizer=self.optimizer,
            loss=self.loss,
            batch_size=self.batch_size,
            epochs=self.schedule_epochs or 1,
            validation_split=self.validation_split,
        )

    @cached_property
    def address(self) -> str:
        """The versioned hash of the canonical content: every field with its default, keys in order."""
        content = {"version": ADDRESS_VERSION, **self.model_dump(mode="json")}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()[:ADDRESS_LENGTH]


@dataclass(frozen=True)
class Trial:
    """One network trained once, up to an epoch, for the architectures that read it."""

    computation: Computation
    seed: int
    epochs: int
    architectures: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """What the trial computes: the same for every seed."""
        return self.computation.address

    @property
    def name(self) -> str:
        """The trial's and its record's name, unique within an environment."""
        return f"{self.id}-seed{self.seed}"


def trial_computation(architecture: Architecture, protocol: Protocol) -> Computation:
    """Return what training the architecture under the protocol computes."""
    recipe = architecture.training
    return Computation(
        dataset=architecture.dataset,
        train_examples=protocol.train_examples,
        test_examples=protocol.test_examples,
        validation_split=recipe.validation_split,
        layers=architecture.layers,
        optimizer=recipe.optimizer,
        loss=recipe.loss,
        batch_size=recipe.batch_size,
        schedule_epochs=trial_epochs(architecture, protocol) if recipe.depends_on_epochs else None,
        precision=protocol.precision,
    )


def trial_epochs(architecture: Architecture, protocol: Protocol) -> int:
    """Return the epoch at which the architecture reads its trials."""
    epochs = architecture.training.epochs
    return epochs if protocol.max_epochs is None else min(epochs, protocol.max_epochs)
