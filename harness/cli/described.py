"""One architecture as `list` and `show` give it in JSON; the keys are a contract, and it prints nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.cli.known import KnownRows, Row
    from harness.declaration.spec_error import InvalidSpec
    from harness.spec.architecture import Architecture

_UNKNOWN = dict.fromkeys(("title", "document", "source", "parameters", "macs", "epochs", "batch_size", "fingerprint"))


def rows_of(files: Sequence[Path]) -> list[Row | InvalidSpec]:
    """Return each file's row, or the error that carries its mistakes; the rows are kept for the next time."""
    from harness.cli.known import KnownRows

    known = KnownRows()
    rows = [_row_or_error(file, known) for file in files]
    known.save()
    return rows


def _row_or_error(file: Path, known: KnownRows) -> Row | InvalidSpec:
    from harness.declaration.file_text import read_bytes
    from harness.declaration.spec_error import InvalidSpec

    try:
        content = read_bytes(file)
        row = known.get(content)
        if row is None:
            row = _read_row(file)
            known.put(content, row)
    except InvalidSpec as error:
        return error
    return {"name": file.stem, **row}


def _read_row(file: Path) -> Row:
    from harness.spec.reading import read_architecture

    return row_of(read_architecture(file))


def row_of(architecture: Architecture) -> Row:
    """Return what `list --json` says of an architecture, but its name and its recorded seeds."""
    from harness.plan.settings import Settings
    from harness.plan.trial import trial_computation
    from harness.spec.cost import cost

    costs = cost(architecture)
    return {
        "title": architecture.title,
        "document": architecture.document,
        "source": architecture.source,
        "parameters": costs.parameters,
        "macs": costs.macs,
        "epochs": architecture.training.epochs,
        "batch_size": architecture.training.batch_size,
        "fingerprint": trial_computation(architecture, Settings()).fingerprint,
        "compared_with": [name for claim in architecture.claims for name in claim.others.values()],
    }


def broken_row(name: str, error: InvalidSpec) -> Row:
    """Return the row of a file that is no architecture: its name and its mistakes, all else unknown."""
    return {"name": name, **_UNKNOWN, "recorded_seeds": [], "mistakes": [str(one) for one in error.mistakes]}


def predicted_seconds(architecture: Architecture, results: Path) -> float:
    """Return the seconds that one seed is expected to take here, from this machine's records where there are any."""
    from harness.plan.settings import Settings
    from harness.plan.trial import Trial, trial_computation
    from harness.records.environment import current_environment
    from harness.records.speeds import measured_forecast
    from harness.records.store import Store

    settings = Settings()
    records = Store(results).load().of(current_environment(settings.threads).id)
    trial = Trial(trial_computation(architecture, settings), settings.seeds[0], architecture.training.epochs)
    return measured_forecast(records.values()).trial_seconds(trial)


def details(architecture: Architecture, recorded_seeds: list[int], seconds: float) -> dict[str, Any]:
    """Return the object of `show --json`: the row, and all that the file says."""
    from harness.spec.cost import cost

    layers = [
        {
            "kind": layer.kind,
            "output_shape": list(layer.output_shape),
            "parameters": layer.parameters,
            "macs": layer.macs,
            "depth": layer.depth,
        }
        for layer in cost(architecture).layers
    ]
    said = architecture.model_dump(mode="json", include={"dataset", "training", "claims", "assumptions"})
    row = {"name": architecture.name, **row_of(architecture), "recorded_seeds": recorded_seeds}
    return {**row, "layers": layers, **said, "predicted_seconds": round(seconds, 1)}
