"""What specs say, with what is recorded of them: the rows of `list` and all of `show`; trains and prints nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.app.workspace import Workspace, check_dataset
from harness.data.declarations import find_dataset
from harness.declaration.spec_error import InvalidSpec, SpecError
from harness.errors import NothingFits
from harness.planning.settings import Settings
from harness.planning.trial import Trial, trial_computation
from harness.records.content import RecordFile, record_files
from harness.records.environment import Commit, Environment, current_environment
from harness.records.record_cache import KnownRecords
from harness.spec.advice import advice
from harness.spec.architecture import Architecture
from harness.spec.cost import LayerCost, cost
from harness.spec.folder import only_file, select_files
from harness.spec.moving import Misfit, moved
from harness.spec.reading import read_architecture
from harness.spec.receptive import Pair, receptive_fields

SpecRow = dict[str, Any]
"""What `list --json` says of an architecture but its name and its recorded seeds; the keys are a contract."""

UNKNOWN = dict.fromkeys(
    ("title", "document", "source", "dataset", "parameters", "macs", "epochs", "batch_size", "fingerprint")
)


@dataclass(frozen=True)
class RecordedSeeds:
    """The seeds of an architecture that are recorded up to its last epoch: here, and in other environments.

    ``counted`` are those that count here: recorded on a machine whose bits are this one's.
    """

    here: tuple[int, ...] = ()
    elsewhere: tuple[int, ...] = ()
    counted: tuple[int, ...] = ()


@dataclass(frozen=True)
class ListedSpec:
    """One file: what it says, or its mistakes, and what is recorded of it.

    ``left_out`` is why it can't be trained on the data set that is asked for.
    """

    name: str
    row: SpecRow
    recorded: RecordedSeeds = RecordedSeeds()
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
    return moved(architecture, find_dataset(options.dataset, options.specs))


@dataclass(frozen=True)
class RecordIndex:
    """The records of a results folder by their files' names; opened as far as they are asked about.

    ``here`` is the id of this machine's environment, None where nothing is recorded; ``counted`` are those whose bits
    are the same.
    """

    files: Mapping[str, Sequence[RecordFile]]
    known: KnownRecords
    here: str | None
    counted: frozenset[str] = frozenset()

    def seeds(self, fingerprint: str, epochs: int) -> RecordedSeeds:
        """Return the seeds of the trial whose record goes as far as the epoch."""
        reaching = [file for file in self.files.get(fingerprint, ()) if self.known.reach(file.path).includes(epochs)]
        here = {file.seed for file in reaching if file.environment == self.here}
        elsewhere = {file.seed for file in reaching if file.environment != self.here}
        counted = {file.seed for file in reaching if file.environment in self.counted}
        return RecordedSeeds(tuple(sorted(here)), tuple(sorted(elsewhere)), tuple(sorted(counted)))


def index_records(folder: Path) -> RecordIndex:
    """List the records of a results folder."""
    known = KnownRecords(folder / "records")
    files: dict[str, list[RecordFile]] = {}
    names: dict[str, set[str]] = defaultdict(set)
    for file in record_files(known.folder):
        files.setdefault(file.fingerprint, []).append(file)
        names[file.environment].add(file.path.stem)
    if not files:
        return RecordIndex(files, known, None)
    here = this_environment()
    others = names.keys() - {here.id}
    facts = here.model_dump_json()
    agreeing = known.names(names, facts, lambda: _agreeing(folder, here, names)) if others else ()
    return RecordIndex(files, known, here.id, frozenset({here.id, *agreeing}))


def _agreeing(folder: Path, here: Environment, names: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Return the other environments whose records count here, of all with the names of their records.

    Of most, one record tells that they don't; of the rest, those of the trials that this machine has recorded too.
    """
    from harness.records.pooling import pool
    from harness.records.store import Store

    store = Store(folder)

    def can_count(environment: str) -> bool:
        first = store.first(environment)
        return first is not None and first.environment.has_bits_of(here)

    alike = [environment for environment in names if environment != here.id and can_count(environment)]
    if not alike:
        return ()
    # Bits can differ only in what both recorded; but which of several others is pooled first depends on all they have.
    shared = names[here.id] & names[alike[0]] if len(alike) == 1 else set().union(*names.values())
    records = [
        record
        for environment in (here.id, *alike)
        for name in sorted(names[environment] & shared)
        if (record := store.read(environment, name))
    ]
    refuted = {peer.environment.id for peer in pool(records, here).peers if not peer.agrees}
    return tuple(environment for environment in alike if environment not in refuted)


def this_environment() -> Environment:
    """Return the environment that `run` records in by default; git is not asked, for nothing here depends on it."""
    settings = Settings()
    return current_environment(settings.threads, deterministic=settings.deterministic, commit=Commit())


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
    from harness.records.speeds import measured_forecast
    from harness.records.store import Store

    settings = Settings()
    trial = Trial(trial_computation(architecture, settings), settings.seeds[0], architecture.epochs)
    here, store = index.here or this_environment().id, options.store
    same = [file for file in index.files.get(trial.fingerprint, ()) if file.environment == here]
    files = [file for file in same if index.known.reach(file.path).epochs]
    own = [record for file in files if (record := store.read(file.environment, file.path.stem))]
    for folder in () if own else (options.folder, *options.folders_beside):
        own = own or list(Store(folder).load(here).records)
    return measured_forecast(own).trial_seconds(trial)
