"""What a trial's process is given and what it reports, as plain values that can be pickled; imports no framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.planning.trial import Trial
from harness.records.environment import Commit, Environment
from harness.records.record import EpochMeasurement, FailureKind, Measurement, Stage


@dataclass(frozen=True, eq=False)
class KeptWeights:
    """What is recorded of a trial in an environment, by its id, and the weights that were kept after some epochs.

    An evaluation that it lacks needs no training then.
    """

    environment: str
    epochs: tuple[EpochMeasurement, ...]
    weights: Mapping[int, tuple[npt.NDArray[Any], ...]]


@dataclass(frozen=True)
class Job:
    """A trial and how its process is to run it.

    Args:
        cores: The cores that the process is pinned to; empty: wherever the system puts it.
        threads: Threads within one operation.
        cache: The folder of the verified data.
        checkpoint: Where the state after each epoch is kept until the trial ends; None: nowhere.
        spawned: ``time.time()`` when the process was asked for.
        commit: The commit of the harness's code, where it is the parent's; None: the process asks git itself.
        keep_weights: Whether the last message brings the weights.
        kept: What to evaluate the recorded trial with, instead of training it again; None: it is trained.
    """

    trial: Trial
    cores: tuple[int, ...]
    threads: int
    deterministic: bool
    cache: Path
    checkpoint: Path | None
    log: Path
    spawned: float
    commit: Commit | None = None
    keep_weights: bool = False
    kept: KeptWeights | None = None


@dataclass(frozen=True)
class Started:
    """The process runs; its times and bits depend on this environment."""

    environment: Environment


@dataclass(frozen=True)
class StageBegan:
    """The stage that the process is in from now on: where a crash then happens."""

    stage: Stage


@dataclass(frozen=True)
class Built:
    """The network stands and its epoch is compiled: the measurement before its first epoch.

    ``warning`` says which checkpoint was set aside and why, where one was.
    """

    measurement: Measurement
    warning: str | None = None


@dataclass(frozen=True)
class EpochDone:
    """One epoch's numbers and, by evaluation, the predicted class of every image, shape (images,)."""

    measurement: EpochMeasurement
    predictions: Mapping[str, npt.NDArray[np.uint8]]


@dataclass(frozen=True)
class Finished:
    """The last epoch is done: the measurement with what is known at the end; its epochs were reported before.

    ``weights`` are those that count after it, in the backend's order, where the job asks for them. Nothing is
    ``trained`` where weights that were kept were evaluated.
    """

    measurement: Measurement
    weights: tuple[npt.NDArray[Any], ...] | None = None
    trained: bool = True


@dataclass(frozen=True)
class Failed:
    """The trial can't go on, in the stage that began last, for a reason in one line."""

    kind: FailureKind
    reason: str


Message = Started | StageBegan | Built | EpochDone | Finished | Failed
