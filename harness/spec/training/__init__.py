"""How a network is trained: the recipe, and the ``training:`` block of a spec file; trains nothing."""

from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from harness.declaration.naming import OtherWords
from harness.declaration.spec_error import refused
from harness.declaration.values import BelowOne, Count
from harness.evaluations.metric import Measured
from harness.spec import other_words
from harness.spec.training.class_weight import ClassWeight
from harness.spec.training.folds import Folds, fold_of, fold_size
from harness.spec.training.freezing import Frozen
from harness.spec.training.losses import LOSSES, Loss
from harness.spec.training.mixing import MixUp
from harness.spec.training.monitoring import DECISIONS, BestEpoch, EarlyStopping, Monitored, ReduceOnPlateau
from harness.spec.training.optimizers import OPTIMIZERS, Optimizer, OptimizerKind
from harness.spec.training.schedules import SCHEDULES, ScheduleKind

__all__ = [
    "LOSSES",
    "OPTIMIZERS",
    "SCHEDULES",
    "Optimizer",
    "OptimizerKind",
    "Recipe",
    "Training",
    "may_stop",
    "with_losses",
]


class Recipe(BaseModel):
    """What a training step computes, whatever the number of epochs."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)
    field_words: ClassVar[OtherWords] = other_words.RECIPE

    optimizer: Annotated[Optimizer, Field(description="Optimizer, with its learning rate.")]
    loss: Annotated[Loss, Field(description="Loss that training minimizes.")]
    batch_size: Annotated[Count, Field(description="Images per training step.")]
    validation_split: Annotated[
        BelowOne, Field(description="Share of the training images, the last ones, that is held out of training.")
    ] = 0.0

    folds: Folds = None
    shuffle: Annotated[
        bool, Field(description="Whether each epoch has an order of its own; else images keep that of the data set.")
    ] = True
    steps_per_epoch: Annotated[
        Count | None,
        Field(description="Steps that are an epoch, over the images again and again; by default as many as they take."),
    ] = None
    schedule_steps: Annotated[
        Literal["batches", "epochs"],
        Field(description="What a schedule's steps are: batches, or epochs as with Keras' LearningRateScheduler."),
    ] = "batches"
    class_weight: ClassWeight = None
    frozen: Frozen = ()
    mixup: Annotated[
        MixUp | None, Field(description="Train on blends of two images and of their labels: Keras' MixUp.")
    ] = None
    early_stopping: Annotated[
        EarlyStopping | None, Field(description="Stop where a quantity no longer improves: Keras' EarlyStopping.")
    ] = None
    best_epoch: Annotated[
        BestEpoch | None,
        Field(description="Weights of the best epoch count: Keras' ModelCheckpoint with save_best_only."),
    ] = None
    reduce_on_plateau: Annotated[
        ReduceOnPlateau | None,
        Field(description="Lower the learning rate where a quantity no longer improves: Keras' ReduceLROnPlateau."),
    ] = None

    @model_validator(mode="after")
    def _has_a_schedule(self) -> Self:
        if self.schedule_steps == "epochs" and not isinstance(self.optimizer.learning_rate, ScheduleKind):
            what = "'schedule_steps' is 'epochs', and the learning rate is not a schedule"
            raise refused("no_schedule", what, "leave it out, or write a schedule such as ExponentialDecay")
        return self

    @property
    def monitored(self) -> Mapping[str, Monitored]:
        """What is decided by a quantity after every epoch, by its field."""
        fields = {name: getattr(self, name) for name in DECISIONS}
        return {name: decision for name, decision in fields.items() if decision is not None}

    @property
    def chooses_weights(self) -> bool:
        """Tell whether the weights that count may be others than those of the last epoch that was asked for."""
        return self.early_stopping is not None or self.best_epoch is not None

    @property
    def keeps_best(self) -> bool:
        """Tell whether the weights of the best epoch count, not those of the last."""
        restores = self.early_stopping is not None and self.early_stopping.restore_best_weights
        return restores or self.best_epoch is not None

    def stops_after(self, epochs: Sequence[Measured]) -> bool:
        """Tell whether the training stops after the last of these epochs."""
        return self.early_stopping is not None and self.early_stopping.stop(epochs).after == len(epochs) > 0

    def counted(self, epochs: Sequence[Measured]) -> int:
        """Return the epoch whose weights count after these epochs, counted from 1."""
        best = None
        if self.best_epoch:
            best = self.best_epoch.best(epochs)
        elif self.early_stopping and self.early_stopping.restore_best_weights:
            best = self.early_stopping.stop(epochs).best
        return best or len(epochs)

    @property
    def depends_on_epochs(self) -> bool:
        """Tell whether another number of epochs changes the first ones too, as a schedule over all of them does."""
        return self.optimizer.spans_training

    @property
    def holds_out(self) -> bool:
        """Tell whether images are held out of the training, and scored after every epoch."""
        return self.folds is not None or self.validation_split > 0

    def training_examples(self, examples: int, seed: int = 0) -> int:
        """Return how many of n images are trained on: those that ``validation_split`` or the seed's fold leaves."""
        if self.folds is not None:
            return examples - fold_size(examples, self.folds, fold_of(seed, self.folds).number)
        return int(examples * (1.0 - self.validation_split))

    def examples_per_epoch(self, examples: int) -> int:
        """Return how many of n images, some of them several times, an epoch trains on."""
        if self.steps_per_epoch is None:
            return self.training_examples(examples)
        return self.steps_per_epoch * self.batch_size

    def steps_in_epoch(self, examples: int) -> int:
        """Return the batches of an epoch over n images, the last one smaller where they don't divide."""
        return -(-self.examples_per_epoch(examples) // self.batch_size)

    def build_optimizer(self, keras: ModuleType, epochs: int | None, examples: int) -> Any:  # noqa: ANN401 (Keras' own)
        """Return the Keras optimizer; ``epochs`` are needed where a schedule spans the whole training on n images.

        Where a schedule goes by epochs, the optimizer has the rate of the first one.
        """
        if self.schedule_steps == "epochs":
            first = float(self.rates(keras, epochs)(0))
            return self.optimizer.model_copy(update={"learning_rate": first}).build(keras)
        return self.optimizer.build(keras, None if epochs is None else epochs * self.steps_in_epoch(examples))

    def rates(self, keras: ModuleType, epochs: int | None) -> Any:  # noqa: ANN401 (Keras' own)
        """Return Keras' schedule where it goes by epochs: called with an epoch, counted from 0, it returns the rate."""
        schedule = self.optimizer.learning_rate
        if self.schedule_steps == "batches" or not isinstance(schedule, ScheduleKind):
            return None
        return schedule.over(epochs).build(keras)


# What every recipe says, and those that were read before there were other fields.
PLAIN = ("optimizer", "loss", "batch_size", "epochs", "validation_split")


class Training(Recipe):
    """How a document trains its network: a recipe, and for how many epochs."""

    epochs: Annotated[Count, Field(description="Passes over the training images, or so many times steps_per_epoch.")]

    def length(self, epochs: Sequence[Measured]) -> int:
        """Return how many epochs it has, the first of which are given: all, unless it stops in these."""
        stop = self.early_stopping.stop(epochs[: self.epochs]).after if self.early_stopping else None
        return stop or self.epochs

    @property
    def special(self) -> tuple[str, ...]:
        """The fields that few recipes have, as far as they are not at their defaults."""
        fields = {name: field for name, field in type(self).model_fields.items() if name not in PLAIN}
        return tuple(name for name, field in fields.items() if getattr(self, name) != field.default)


def may_stop(recipes: Iterable[Recipe]) -> bool:
    """Tell whether one of a training's recipes may end it, or its phase, before the last epoch."""
    return any(recipe.early_stopping is not None for recipe in recipes)


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
