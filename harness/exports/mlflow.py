"""MLflow's SQLite store with a run for each architecture and seed: recipe, provenance, metrics by epoch."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.exports.export import Selection

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from harness.analysis.run import Run
    from harness.analysis.runs import ArchitectureResults

EXTRA = "mlflow"
PACKAGES = ("mlflow", "sqlalchemy", "alembic")
# MLflow takes 1,000 values in one call, parameters among them.
MOST_AT_ONCE = 800


def write(selection: Selection, target: Path) -> None:
    """Write the store; ``mlflow ui --backend-store-uri sqlite:///PATH`` shows it."""
    # It would report to its makers that it is used.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow import MlflowClient  # noqa: PLC0415 - an extra

    logging.getLogger("mlflow").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    client = MlflowClient(tracking_uri=f"sqlite:///{target.resolve()}")
    experiments: dict[str, str] = {}
    for entry, run in selection.runs:
        dataset = entry.architecture.dataset
        if dataset not in experiments:
            experiments[dataset] = client.create_experiment(dataset, artifact_location=f"mlflow-artifacts/{dataset}")
        _log(client, experiments[dataset], selection, entry, run)
    # SQLite's file is whole once its connections are closed.
    client._tracking_client.store._dispose_engine()  # noqa: SLF001 - it has no public way


def _log(client: MlflowClient, experiment: str, selection: Selection, entry: ArchitectureResults, run: Run) -> None:
    from mlflow.entities import Metric, Param  # noqa: PLC0415 - as above

    finished = round(1000 * selection.finished(entry, run).timestamp())
    started = finished - round(1000 * run.train_seconds)
    name = f"{entry.name} seed {run.seed}"
    created = client.create_run(experiment, start_time=started, run_name=name, tags=_tags(entry, run))
    params = [Param(key, str(value)) for key, value in _parameters(entry, run).items()]
    metrics = [Metric(*logged) for logged in _metrics(run, started)]
    for first in range(0, len(metrics), MOST_AT_ONCE):
        client.log_batch(created.info.run_id, metrics[first : first + MOST_AT_ONCE], params)
        params = []
    client.set_terminated(created.info.run_id, "FINISHED", finished)


def _metrics(run: Run, started: int) -> Iterator[tuple[str, float, int, int]]:
    """Yield name, value, milliseconds since 1970 and epoch; MLflow allows no ``@`` in names."""
    when = float(started)
    for epoch in run.epochs:
        when += 1000 * epoch.train_seconds
        for name, value in {**epoch.metrics, "train_seconds": epoch.train_seconds}.items():
            yield name.replace("@", "/"), value, round(when), epoch.epoch


def _parameters(entry: ArchitectureResults, run: Run) -> Mapping[str, object]:
    recipe: Mapping[str, Any] = entry.architecture.training.model_dump(mode="json")
    counts = {"parameters": entry.cost.parameters, "macs": entry.cost.macs}
    return {"architecture": entry.name, "seed": run.seed, **recipe, **counts}


def _tags(entry: ArchitectureResults, run: Run) -> dict[str, str]:
    origin = entry.architecture.document or entry.architecture.source or ""
    return {
        "title": entry.architecture.title,
        "document": origin,
        "trial": entry.fingerprint,
        "environment": run.environment,
        "weights_sha256": run.last.weights_sha256,
    }
