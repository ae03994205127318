"""Where the time of an architecture's trials went, and how quiet it was meanwhile; judges no time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from statistics import median

from harness.analysis.runs import ArchitectureResults, Run

STAGES = ("start_up", "data", "build", "compile")


@dataclass(frozen=True)
class Stages:
    """Medians over an architecture's runs, wall seconds by stage; unknown is None.

    ``processor_share`` is the processor seconds of training per wall second: as many as threads that were busy all
    the time. ``drift`` and ``stolen_seconds`` are the largest of all runs and, as they are taken once per trial, over
    its epochs beyond the architecture's own too; ``concurrent_trials`` is the most.
    """

    name: str
    start_up_seconds: float | None
    data_seconds: float | None
    build_seconds: float | None
    compile_seconds: float | None
    train_seconds: float | None
    test_seconds: float | None
    processor_share: float | None
    peak_memory_bytes: float | None
    concurrent_trials: int | None
    stolen_seconds: float | None
    drift: float | None


def stages(entry: ArchitectureResults) -> Stages:
    """Return where the time of the architecture's own epochs went, and of what came before them."""
    runs = entry.runs
    before = {stage: _middle(runs, partial(_before, stage)) for stage in STAGES}
    return Stages(
        name=entry.name,
        start_up_seconds=before["start_up"],
        data_seconds=before["data"],
        build_seconds=before["build"],
        compile_seconds=before["compile"],
        train_seconds=_middle(runs, lambda run: run.train_seconds),
        test_seconds=_middle(runs, lambda run: sum(epoch.evaluation_seconds for epoch in run.epochs)),
        processor_share=_middle(runs, _processor_share),
        peak_memory_bytes=_middle(runs, lambda run: run.peak_memory_bytes),
        concurrent_trials=max(
            (run.concurrent_trials for run in runs if run.concurrent_trials is not None), default=None
        ),
        stolen_seconds=_largest(runs, _stolen_seconds),
        drift=_largest(runs, lambda run: run.drift),
    )


def _before(stage: str, run: Run) -> float | None:
    return None if run.clocks is None else float(getattr(run.clocks, f"{stage}_seconds"))


def _processor_share(run: Run) -> float | None:
    processor_seconds = sum(epoch.train_cpu_seconds for epoch in run.epochs)
    return processor_seconds / run.train_seconds if run.train_seconds else None


def _stolen_seconds(run: Run) -> float | None:
    return None if run.conditions is None else run.conditions.stolen_seconds


def _known(runs: Iterable[Run], value: Callable[[Run], float | None]) -> list[float]:
    return [known for run in runs if (known := value(run)) is not None]


def _middle(runs: Iterable[Run], value: Callable[[Run], float | None]) -> float | None:
    known = _known(runs, value)
    return median(known) if known else None


def _largest(runs: Iterable[Run], value: Callable[[Run], float | None]) -> float | None:
    return max(_known(runs, value), default=None)
