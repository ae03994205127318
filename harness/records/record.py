"""One trial's raw facts as they stand in a file; holds no derived value and opens no file.

History of the format
    1  first format
    2  the computation holds its recipe as one value; an epoch holds its evaluations by name, each with its metrics by
       name; the environment is parted into numerics and machine; ``trial`` is called ``fingerprint`` and
       ``trials_beside`` ``concurrent_trials``; ``.npz`` files name their arrays ``<evaluation>_epoch_<n>`` where
       format 1, with one evaluation, has ``epoch_<n>``; later, ``extends`` in a longer training beside another one
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from harness.evaluations.metric import METRICS, TEST, TRAIN, plain_name
from harness.planning.seeds import LARGEST_SEED
from harness.planning.trial import Computation
from harness.records.content import FORMAT
from harness.records.environment import Environment, Frozen

# Records come from anybody. These bounds lie far beyond what any trial gives, and well within what can be added,
# squared and divided without an end: a time below a nanosecond is no time, one of decades is none either.
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Seconds = Annotated[float, Field(ge=0, le=1e9)]
LEAST_SECONDS = 1e-9
TrainSeconds = Annotated[float, Field(ge=LEAST_SECONDS, le=1e9)]
Gflops = Annotated[float, Field(ge=1e-6, le=1e9)]
Count = Annotated[int, Field(ge=0, le=10**12)]
Bytes = Annotated[int, Field(ge=0, le=2**60)]
EpochNumber = Annotated[int, Field(ge=1, le=10**6)]
# Losses are means of float32 numbers; of thousands of the smallest ones, at least.
LEAST_METRIC, LARGEST_METRIC = 1e-60, 3.5e38
Stage = Literal["start-up", "data", "build", "compile", "train"]
FailureKind = Literal["error", "nan", "memory", "deadline", "crash", "bits"]


def _within_bounds(metrics: Mapping[str, float]) -> Mapping[str, float]:
    for name, value in metrics.items():
        low, high = _bounds(name)
        if not low <= value <= high or not (value == 0 or abs(value) >= LEAST_METRIC):
            raise ValueError(f"{name} {value} is out of its range")
    return metrics


@lru_cache(maxsize=1024)  # thousands of records have the same few names
def _bounds(name: str) -> tuple[float, float]:
    """Return the lowest and the highest value that a metric of this name can have."""
    metric = METRICS.get(plain_name(name))
    low, high = (metric.low, metric.high) if metric else (None, None)
    return -LARGEST_METRIC if low is None else low, LARGEST_METRIC if high is None else high


EvaluationName = Annotated[str, Field(pattern=r"^\w{1,80}$")]  # part of a file's name
MetricName = Annotated[str, Field(pattern=r"^[\w@.+\-]{1,80}$")]
Metrics = Annotated[Mapping[MetricName, float], AfterValidator(_within_bounds)]


class Evaluation(Frozen):
    """What the network gave in one evaluation: metrics by name, the digest of its predictions, seconds."""

    metrics: Metrics
    predictions_sha256: Sha256 | None = None
    seconds: Seconds
    cpu_seconds: Seconds


class EpochMeasurement(Frozen):
    """What one epoch gave: metrics by name, seconds, and digests of its bits.

    ``train_metrics`` are Keras' running means over the epoch (weights moving, dropout on); ``evaluations``, by name,
    belong to the weights at the epoch's end. ``train_seconds`` is the training alone; each evaluation has its own
    clock.
    """

    epoch: EpochNumber
    train_metrics: Metrics
    train_seconds: TrainSeconds
    train_cpu_seconds: Seconds
    order_sha256: Sha256
    weights_sha256: Sha256
    evaluations: Mapping[EvaluationName, Evaluation]

    def value(self, evaluation: str, metric: str) -> float:
        """Return the metric of the evaluation; that of the running means where the evaluation is ``train``.

        Raises:
            KeyError: It was not measured.
        """
        return (self.train_metrics if evaluation == TRAIN else self.evaluations[evaluation].metrics)[metric]

    @property
    def evaluation_seconds(self) -> float:
        """Wall seconds of all evaluations."""
        return sum(evaluation.seconds for evaluation in self.evaluations.values())

    @property
    def metrics(self) -> dict[str, float]:
        """Every metric by one name: ``<evaluation>_<metric>``, running means first."""
        parts = {TRAIN: self.train_metrics, **{name: found.metrics for name, found in self.evaluations.items()}}
        return {f"{name}_{metric}": value for name, values in parts.items() for metric, value in values.items()}

    @property
    def columns(self) -> dict[str, int | float | str | None]:
        """Every value by one name: ``<evaluation>_<metric>``, ``<evaluation>_seconds``."""
        clocks = {"train_seconds": self.train_seconds, "train_cpu_seconds": self.train_cpu_seconds}
        digests = {"order_sha256": self.order_sha256, "weights_sha256": self.weights_sha256}
        predictions = {}
        for name, found in self.evaluations.items():
            clocks |= {f"{name}_seconds": found.seconds, f"{name}_cpu_seconds": found.cpu_seconds}
            # The first evaluation's column was named before there were others.
            column = "predictions_sha256" if name == TEST else f"{name}_predictions_sha256"
            predictions[column] = found.predictions_sha256
        return {"epoch": self.epoch, **self.metrics, **clocks, **digests, **predictions}


class Clocks(Frozen):
    """Wall and processor seconds that a trial spent before its first epoch, each stage apart.

    Start-up is from the moment the process was asked for; TensorFlow's import is in it where the process imports
    for itself, and for the first trial of a run.
    """

    start_up_seconds: Seconds
    start_up_cpu_seconds: Seconds
    data_seconds: Seconds
    data_cpu_seconds: Seconds
    build_seconds: Seconds
    build_cpu_seconds: Seconds
    compile_seconds: Seconds
    compile_cpu_seconds: Seconds

    @property
    def seconds(self) -> float:
        """Wall seconds from the trial's start to its first epoch."""
        return self.start_up_seconds + self.data_seconds + self.build_seconds + self.compile_seconds


class Conditions(Frozen):
    """How quiet the machine was while the trial ran: what its times are to be trusted by.

    The calibrations are a fixed matrix product on one of the trial's cores, in GFLOP/s, right before its first epoch
    and right after its last. ``stolen_seconds`` is what the hypervisor took from the trial's cores.
    """

    calibration_before_gflops: Gflops
    calibration_after_gflops: Gflops
    stolen_seconds: Seconds | None = None
    load_average: Annotated[float, Field(ge=0, le=1e6)] | None = None


class Measurement(Frozen):
    """The numbers of a trial, epoch by epoch, up to the last finished one.

    Clocks, conditions and peak memory are those of the process that ended the trial; the first ``resumed_epochs`` are
    from an earlier one that was killed. ``stopped`` says that the recipe itself ended the training after the last
    epoch: there are no more, however many are asked for.
    """

    parameters: Count
    trainable_parameters: Count
    initial_weights_sha256: Sha256
    data_sha256: Sha256
    # Of the weights that were published and not drawn from the seed; None where there are none.
    pretrained_sha256: Sha256 | None = None
    clocks: Clocks
    resumed_epochs: Count = 0
    stopped: bool = False
    conditions: Conditions | None = None
    peak_memory_bytes: Bytes | None = None
    epochs: tuple[EpochMeasurement, ...] = ()

    @model_validator(mode="after")
    def _check_epochs(self) -> Self:
        if any(epoch.epoch != number for number, epoch in enumerate(self.epochs, 1)):
            raise ValueError("epochs are not numbered from 1 without a gap")
        return self

    def keeping(self, earlier: Self) -> Self:
        """Return it with what else an earlier training to the same bits has evaluated."""
        kept = [
            epoch.model_copy(update={"evaluations": {**known.evaluations, **epoch.evaluations}})
            for epoch, known in zip(self.epochs, earlier.epochs, strict=False)
        ]
        return self.model_copy(update={"epochs": (*kept, *self.epochs[len(kept) :])})

    def until(self, epoch: int) -> Self:
        """Return it up to an epoch."""
        return self if epoch >= len(self.epochs) else self.model_copy(update={"epochs": self.epochs[:epoch]})

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

    A trial that failed in its sixth epoch has a failure and a measurement of five epochs. A trial that was recorded
    before, and trained again for more epochs, has a second record, which ``extends`` the epochs of the one before; its
    times are those of its own training.
    """

    format: Literal[2] = FORMAT
    fingerprint: str
    seed: int = Field(ge=0, le=LARGEST_SEED)
    epochs: EpochNumber
    extends: EpochNumber | None = None
    computation: Computation
    environment: Environment
    finished: datetime
    concurrent_trials: Count
    measurement: Measurement | None = None
    failure: Failure | None = None

    @property
    def evaluated(self) -> tuple[str, ...]:
        """The evaluations that any epoch has, in the order in which they come."""
        return tuple(dict.fromkeys(name for epoch in self.finished_epochs for name in epoch.evaluations))

    @property
    def finished_epochs(self) -> tuple[EpochMeasurement, ...]:
        """What its epochs gave; none where it failed before the first one ended."""
        return self.measurement.epochs if self.measurement else ()

    @property
    def name(self) -> str:
        """The trial's name, unique within an environment but for longer trainings."""
        return f"{self.fingerprint}-seed{self.seed}"

    @property
    def stem(self) -> str:
        """The file's name without its end."""
        return self.name if self.extends is None else f"{self.name}.epochs{self.epochs}"
