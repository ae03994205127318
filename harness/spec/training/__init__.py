"""How a document trains its network: optimizer, loss, batch size, epochs; trains nothing."""

from harness.spec.training.losses import LOSSES, Loss, LossKind
from harness.spec.training.optimizers import OPTIMIZERS, Optimizer, OptimizerKind
from harness.spec.training.recipe import Recipe, Training
from harness.spec.training.schedules import SCHEDULES, LearningRate, ScheduleKind

__all__ = [
    "LOSSES",
    "OPTIMIZERS",
    "SCHEDULES",
    "LearningRate",
    "Loss",
    "LossKind",
    "Optimizer",
    "OptimizerKind",
    "Recipe",
    "ScheduleKind",
    "Training",
]
