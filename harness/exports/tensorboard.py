"""TensorBoard's event files in a folder, one for each architecture and seed, with every metric by epoch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.exports.export import Selection

if TYPE_CHECKING:
    from harness.analysis.run import Run

EXTRA = "tensorboard"
PACKAGES = ("tensorboard",)
# TensorBoard reads files whose names have this in them.
FILE = "events.out.tfevents.0.bench"
VERSION = "brain.Event:2"


def write(selection: Selection, target: Path) -> None:
    """Write ``<architecture>/seed<n>/events…``."""
    for entry, run in selection.runs:
        began = selection.finished(entry, run).timestamp() - run.train_seconds
        write_events(target / entry.name / f"seed{run.seed}", run, began)


def write_events(folder: Path, run: Run, began: float) -> None:
    """Write a run's metrics; the clock of an epoch is the seconds trained until its end.

    TensorBoard's own writer of summaries imports TensorFlow for its files; that of records writes to any.
    """
    from tensorboard.compat.proto.event_pb2 import Event  # noqa: PLC0415 - an extra
    from tensorboard.compat.proto.summary_pb2 import Summary  # noqa: PLC0415 - as above
    from tensorboard.summary.writer.record_writer import RecordWriter  # noqa: PLC0415 - as above

    folder.mkdir(parents=True)
    with (folder / FILE).open("wb") as file:
        records = RecordWriter(file)
        records.write(Event(wall_time=began, file_version=VERSION).SerializeToString())
        for epoch in run.epochs:
            began += epoch.train_seconds
            values = {**epoch.metrics, "train_seconds": epoch.train_seconds}
            summary = Summary(value=[Summary.Value(tag=name, simple_value=value) for name, value in values.items()])
            records.write(Event(wall_time=began, step=epoch.epoch, summary=summary).SerializeToString())
