"""What specs say, with what is recorded of them: the rows of `list` and all of `show`; trains and prints nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.app.record_index import RecordedSeeds, RecordIndex, index_records, this_environment
from harness.app.workspace import Workspace, check_dataset
from harness.data.declarations import find_dataset
from harness.declaration.spec_error import InvalidSpec, SpecError
from harness.errors import NothingFits
from harness.planning.settings import Settings
from harness.planning.trial import Trial, trial_computation
from harness.spec.architecture import Architecture
from harness.spec.cost import LayerCost, cost
from harness.spec.folder import only_file, select_files
from harness.spec.reading import read_architecture

if TYPE_CHECKING:  # a list needs neither
    from harness.spec.moving import Misfit
    from harness.spec.receptive import Pair

SpecRow = dict[str, Any]
"""What `list --json` says of an architecture but its name and its recorded seeds; the keys are a contract."""

UNKNOWN = dict.fromkeys(
    ("title", "document", "source", "dataset", "parameters", "macs", "epochs", "batch_size", "fingerprint")
)


@dataclass(frozen=True)
class ListedSpec:
    """One file: what it says, or its mistakes, and what is recorded of it.

    ``left_out`` is why it can't be trained on the data set that is asked for.
    """

    name: str
    row: SpecRow
    recorded: RecordedSeeds = field(default_factory=RecordedSeeds)
    mistakes: tuple[SpecError, ...] = ()
    left_out: str | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """Everything as plain values."""
        seeds = {
            "recorded_seeds": list(self.recorded.here),
            "recorded_elsewhere": list(self.recorded.elsewhere),
            "counted_seeds": list(self.recorded.counted),
        }
        mistakes = {"mistakes": [str(mistake) for mistake in self.mistakes]} if self.mistakes else {}
        left_out = {"left_out": self.left_out} if self.left_out is not None else {}
        return {"name": self.name, **self.row, **seeds, **mistakes, **left_out}


@dataclass(frozen=True, kw_only=True)
class ListOptions(Workspace):
    """Which specs: names and globs, none for all of the folder."""

    names: tuple[str, ...] = ()


def list_specs(options: ListOptions) -> tuple[ListedSpec, ...]:
    """Return every spec that is asked for, the broken ones with their mistakes.

    Raises:
        BenchError: There is no spec, a name means none, or there is no such data set.
    """
    check_dataset(options)
    recorded = index_records(options.folder)
    listed = tuple(_listed(file, options, recorded) for file in select_files(options.names, options.specs))
    recorded.known.keep()
    return listed


def _listed(file: Path, options: Workspace, recorded: RecordIndex) -> ListedSpec:
    try:
        found = _read(file, options)
    except InvalidSpec as error:
        return ListedSpec(file.stem, UNKNOWN, mistakes=error.mistakes)
    if not isinstance(found, Architecture):
        return ListedSpec(file.stem, UNKNOWN, left_out=found.reason)
    row = spec_row(found)
    return ListedSpec(file.stem, row, recorded.seeds(row["fingerprint"], row["epochs"]))


def _read(file: Path, options: Workspace) -> Architecture | Misfit:
    """Return the file's architecture on the data set that is asked for, or why it can't be trained on that."""
    architecture = read_architecture(file)
    if options.dataset is None:
        return architecture
    from harness.spec.moving import moved

    return moved(architecture, find_dataset(options.dataset, options.specs))


def spec_row(architecture: Architecture) -> SpecRow:
    """Return what a list says of an architecture."""
    costs = cost(architecture)
    return {
        "title": architecture.title,
        "document": architecture.document,
        "source": architecture.source,
        "dataset": architecture.dataset,
        "parameters": costs.parameters,
        "macs": costs.macs,
        "epochs": architecture.epochs,
        "batch_size": architecture.training.batch_size,
        "fingerprint": trial_computation(architecture, Settings()).fingerprint,
        "extends": architecture.derivation.parent.name if architecture.derivation else None,
        "compared_with": [name for claim in architecture.claims for name in claim.others.values()],
    }


@dataclass(frozen=True, kw_only=True)
class ShowOptions(Workspace):
    """Which spec, by a name or a glob that means one."""

    name: str


@dataclass(frozen=True)
class ShownSpec:
    """An architecture, what is recorded of it, and the seconds that one seed is expected to take here."""

    architecture: Architecture
    row: SpecRow
    recorded: RecordedSeeds
    seconds: float

    @property
    def facts(self) -> dict[str, Any]:
        """Everything as plain values: the row of a list, and all that the file says."""
        from harness.spec.advice import advice

        layers = [
            {**asdict(layer), "difference": difference(self.architecture, layer.number), "receptive_field": field}
            for layer, field in rows(self.architecture)
        ]
        written = self.architecture.model_dump(mode="json", include={"training", "phases", "claims", "assumptions"})
        listed = ListedSpec(self.architecture.name, self.row, self.recorded).facts
        changes = list(self.architecture.derivation.changes) if self.architecture.derivation else []
        seconds = {"predicted_seconds": round(self.seconds, 1), "advice": list(advice(self.architecture))}
        return {**listed, "changes": changes, "layers": layers, **written, **seconds}


def rows(architecture: Architecture) -> Iterator[tuple[LayerCost, Pair | None]]:
    """Return each layer's row with how much of the image it sees, height and width; None: unknown."""
    from harness.spec.receptive import receptive_fields

    return zip(cost(architecture).layers, receptive_fields(architecture.layers, architecture.data.inputs), strict=True)


def difference(architecture: Architecture, number: str) -> str | None:
    """Return how a layer differs from the parent's: added, changed, or not at all."""
    derivation = architecture.derivation
    if derivation is None or number not in derivation.added | derivation.changed:
        return None
    return "added" if number in derivation.added else "changed"


def show_spec(options: ShowOptions) -> ShownSpec:
    """Return all that is known of one architecture before training.

    Raises:
        BenchError: The name means no spec or several, the spec is invalid, or it can't be trained on the data set.
    """
    check_dataset(options)
    architecture = _read(only_file(options.name, options.specs), options)
    if not isinstance(architecture, Architecture):
        raise NothingFits(str(options.dataset), [architecture])
    row = spec_row(architecture)
    index = index_records(options.folder)
    recorded = index.seeds(row["fingerprint"], row["epochs"])
    index.known.keep()
    return ShownSpec(architecture, row, recorded, _predicted_seconds(architecture, index, options))


def _predicted_seconds(architecture: Architecture, index: RecordIndex, options: Workspace) -> float:
    """Return the seconds of one seed, from what it took on this machine, else from what others took, on any data."""
    from harness.records.reading import record_or_reason
    from harness.records.record import Record
    from harness.records.speeds import measured_forecast
    from harness.records.store import Store

    settings = Settings()
    trial = Trial(trial_computation(architecture, settings), settings.seeds[0], architecture.epochs)
    here = index.here or this_environment().id
    same = [file for file in index.files.get(trial.fingerprint, ()) if file.environment == here]
    files = (file.path for file in same if index.known.reach(file.path).epochs)
    own = [record for record in map(record_or_reason, files) if isinstance(record, Record)]
    for folder in () if own else (options.folder, *options.folders_beside):
        own = own or list(Store(folder).load(here).records)
    return measured_forecast(own).trial_seconds(trial)
