"""One trial's raw facts as they stand in a file; holds no derived value and opens no file.

History of the format
    1  first format
    2  the computation holds its recipe as one value
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from harness.plan.trial import Computation
from harness.records.environment import Environment

FORMAT: Literal[2] = 2

Sha256 = str
Stage = Literal["start-up", "data", "build", "compile", "train"]
FailureKind = Literal["error", "nan", "memory", "deadline", "crash", "bits"]


class Frozen(BaseModel):
    """A model that can't be changed and knows every one of its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class EpochMeasurement(Frozen):
    """What one epoch gave: losses and accuracies in [0, 1], seconds, and digests of its bits.

    ``train_loss`` and ``train_accuracy`` are Keras' running means over the epoch (weights moving, dropout on);
    ``test_loss`` and ``test_accuracy`` belong to the weights at the epoch's end. ``train_seconds`` is the
    training alone; evaluation has its own clock.
    """

    epoch: int = Field(ge=1)
    train_loss: float
    train_accuracy: float = Field(ge=0, le=1)
    test_loss: float
    test_accuracy: float = Field(ge=0, le=1)
    train_seconds: float = Field(ge=0)
    train_cpu_seconds: float = Field(ge=0)
    test_seconds: float = Field(ge=0)
    test_cpu_seconds: float = Field(ge=0)
    order_sha256: Sha256
    weights_sha256: Sha256
    predictions_sha256: Sha256


class Clocks(Frozen):
    """Wall and processor seconds that a trial spent before its first epoch, each stage apart.

    Start-up is from the moment the process was asked for; TensorFlow's import is in it where the process imports
    for itself, and for the first trial of a run.
    """

    start_up_seconds: float = Field(ge=0)
    start_up_cpu_seconds: float = Field(ge=0)
    data_seconds: float = Field(ge=0)
    data_cpu_seconds: float = Field(ge=0)
    build_seconds: float = Field(ge=0)
    build_cpu_seconds: float = Field(ge=0)
    compile_seconds: float = Field(ge=0)
    compile_cpu_seconds: float = Field(ge=0)


class Conditions(Frozen):
    """How quiet the machine was while the trial ran: what its times are to be trusted by.

    The calibrations are a fixed matrix product on one of the trial's cores, in GFLOP/s, right before its first epoch
    and right after its last. ``stolen_seconds`` is what the hypervisor took from the trial's cores.
    """

    calibration_before_gflops: float = Field(gt=0)
    calibration_after_gflops: float = Field(gt=0)
    stolen_seconds: float | None = None
    load_average: float | None = None


class Measurement(Frozen):
    """The numbers of a trial, epoch by epoch, up to the last finished one.

    Clocks, conditions and peak memory are those of the process that ended the trial; the first ``resumed_epochs`` are
    from an earlier one that was killed.
    """

    parameters: int = Field(ge=0)
    trainable_parameters: int = Field(ge=0)
    initial_weights_sha256: Sha256
    data_sha256: Sha256
    clocks: Clocks
    resumed_epochs: int = Field(default=0, ge=0)
    conditions: Conditions | None = None
    peak_memory_bytes: int | None = None
    epochs: tuple[EpochMeasurement, ...] = ()

    def at(self, epoch: int) -> EpochMeasurement | None:
        """Return the epoch's numbers, or None where the trial did not get there."""
        return self.epochs[epoch - 1] if epoch <= len(self.epochs) else None


class Failure(Frozen):
    """Why a trial ended before its last epoch: the stage, the reason, the last lines of its log."""

    stage: Stage
    kind: FailureKind
    reason: str
    log: tuple[str, ...] = ()


class Record(Frozen):
    """A trial, what it gave, and where: immutable, one JSON file.

    A trial that failed in its sixth epoch has a failure and a measurement of five epochs.
    """

    format: Literal[2] = FORMAT
    trial: str
    seed: int = Field(ge=0)
    epochs: int = Field(ge=1)
    computation: Computation
    environment: Environment
    finished: datetime
    trials_beside: int = Field(ge=0)
    measurement: Measurement | None = None
    failure: Failure | None = None

    @property
    def name(self) -> str:
        """The trial's and the file's name, unique within an environment."""
        return f"{self.trial}-seed{self.seed}"
