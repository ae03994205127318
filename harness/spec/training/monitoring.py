"""What a recipe decides by a quantity after every epoch: when to stop, which weights count, when to lower the rate.

Each is Keras' callback of that name as a function of the quantity's values so far; none trains or keeps a state. Keras
compares in float32, and so do these.
"""

from collections.abc import Sequence
from struct import pack, unpack
from typing import Annotated, Any, Literal, NamedTuple

from annotated_types import Ge
from pydantic import BeforeValidator, Field

from harness.declaration.kinds import Kind
from harness.declaration.spec_error import refused, shown
from harness.declaration.values import BelowOne, NonNegative
from harness.evaluations.metric import ACCURACY, LOSS, TRAIN, VALIDATION, Measured, Quantity

QUANTITIES = {
    "val_loss": Quantity(VALIDATION, LOSS),
    "val_accuracy": Quantity(VALIDATION, ACCURACY),
    "loss": Quantity(TRAIN, LOSS),
    "accuracy": Quantity(TRAIN, ACCURACY),
}


def _no_test(value: object) -> object:
    """Refuse what is measured on the test images: whatever decides by it has seen the test."""
    if isinstance(value, str) and value.startswith("test"):
        what = f"'monitor' is {shown(value)}, and what decides by the test images leaves none to test on"
        raise refused(
            "test_monitored", what, "write val_loss or val_accuracy, and hold images out: validation_split: 0.1"
        )
    return value


Monitor = Annotated[
    Literal["val_loss", "val_accuracy", "loss", "accuracy"],
    BeforeValidator(_no_test),
    Field(description="Quantity that decides: on the images held out (val_…), or the running mean of the training."),
]
Patience = Annotated[int, Ge(0)]
_PATIENCE = Field(description="Epochs without improvement that are waited for.")
_MIN_DELTA = Field(description="Least change that is an improvement.")


class Monitored(Kind):
    """A decision by a quantity after every epoch."""

    monitor: Monitor = "val_loss"
    mode: Annotated[
        Literal["auto", "min", "max"],
        Field(description="Whether less is better (min) or more (max); auto: less of a loss, more of an accuracy."),
    ] = "auto"

    @property
    def quantity(self) -> Quantity:
        """What decides."""
        return QUANTITIES[self.monitor]

    @property
    def of_validation(self) -> bool:
        """Tell whether it needs images that are held out."""
        return self.quantity.evaluation == VALIDATION

    def values(self, epochs: Sequence[Measured]) -> list[float]:
        """Return what decides, after each of the epochs."""
        return [self.quantity.of(epoch) for epoch in epochs]

    def improves(self, value: float, best: float | None, min_delta: float = 0.0) -> bool:
        """Tell whether a value is better than the best one so far, by more than the least change."""
        if best is None:
            return True
        if self.mode == "max" or (self.mode == "auto" and self.quantity.metric.higher_is_better):
            return _float32(value - min_delta) > _float32(best)
        return _float32(value + min_delta) < _float32(best)


class Stop(NamedTuple):
    """After which epoch the training stops, and after which its weights are best, counted from 1; None: unknown."""

    after: int | None
    best: int | None


class EarlyStopping(Monitored):
    """Stops the training where a quantity no longer improves."""

    patience: Annotated[Patience, _PATIENCE] = 0
    min_delta: Annotated[NonNegative, _MIN_DELTA] = 0.0
    start_from_epoch: Annotated[int, Ge(0), Field(description="Epochs before the first that is looked at.")] = 0
    restore_best_weights: Annotated[
        bool, Field(description="Whether the weights of the best epoch count, not those of the last one.")
    ] = False

    def stop(self, epochs: Sequence[Measured]) -> Stop:
        """Return what Keras' callback does in these epochs."""
        best_value: float | None = None
        best, wait = None, 0
        for number, value in enumerate(self.values(epochs)):
            if number < self.start_from_epoch:
                continue
            wait += 1
            if self.improves(value, best_value, self.min_delta):
                best_value, best, wait = value, number + 1, 0
            elif wait >= self.patience and number > 0:
                return Stop(number + 1, best)
        return Stop(None, best)


class BestEpoch(Monitored):
    """Keeps the weights of the best epoch, as ModelCheckpoint does with save_best_only: these are what counts."""

    def best(self, epochs: Sequence[Measured]) -> int | None:
        """Return the first epoch than which none is better, counted from 1; None without epochs."""
        best_value: float | None = None
        best = None
        for number, value in enumerate(self.values(epochs), start=1):
            if self.improves(value, best_value):
                best_value, best = value, number
        return best


class ReduceOnPlateau(Monitored):
    """Lowers the learning rate where a quantity no longer improves, as ReduceLROnPlateau does."""

    factor: Annotated[BelowOne, Field(gt=0, description="What the learning rate is multiplied by.")] = 0.1
    patience: Annotated[Patience, _PATIENCE] = 10
    min_delta: Annotated[NonNegative, _MIN_DELTA] = 1e-4
    cooldown: Annotated[int, Ge(0), Field(description="Epochs after a reduction in which none is counted.")] = 0
    min_lr: Annotated[NonNegative, Field(description="Lowest learning rate.")] = 0.0

    def reduces(self, epochs: Sequence[Measured]) -> bool:
        """Tell whether the rate is lowered after the last of these epochs."""
        best: float | None = None
        wait, cooldown, reduced = 0, 0, False
        for value in self.values(epochs):
            reduced = False
            if cooldown > 0:
                cooldown, wait = cooldown - 1, 0
            if self.improves(value, best, self.min_delta):
                best, wait = value, 0
            elif cooldown == 0:
                wait += 1
                if wait >= self.patience:
                    reduced, cooldown, wait = True, self.cooldown, 0
        return reduced


# The fields of a recipe that hold such decisions.
DECISIONS = ("early_stopping", "best_epoch", "reduce_on_plateau")
# Those that stand in a file without a word for all their defaults.
WITH_DEFAULTS = (*DECISIONS, "mixup")


def with_decisions(content: Any) -> Any:  # noqa: ANN401 - whatever a file holds
    """Return a spec's plain data with the defaults of decisions that stand there without a word: ``best_epoch:``."""
    if not isinstance(content, dict):
        return content
    phases = content.get("phases")
    recipes = {"phases": [_decided(phase) for phase in phases]} if isinstance(phases, list) else {}
    return {**content, **recipes} | ({"training": _decided(content["training"])} if "training" in content else {})


def _decided(recipe: object) -> object:
    if not isinstance(recipe, dict):
        return recipe
    return {name: {} if name in WITH_DEFAULTS and value is None else value for name, value in recipe.items()}


def _float32(value: float) -> float:
    rounded: float = unpack("f", pack("f", value))[0]
    return rounded
