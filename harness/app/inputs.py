"""From folders of specs and records to what findings follow from: the one way in which every verb reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from harness.analysis.findings import Findings
from harness.analysis.runs import make_study
from harness.app.progress import SILENT, Progress
from harness.app.workspace import Workspace, load_records
from harness.arrays import Bytes
from harness.data.cache import DatasetArrays
from harness.data.dataset import Dataset
from harness.data.declarations import find_dataset
from harness.data.fetching import OnEvent, load
from harness.data.pipeline import pictures
from harness.declaration.files import DATASETS, is_safe_name
from harness.declaration.spec_error import InvalidSpec, joined
from harness.errors import BenchError, DataMissing, NothingFits, UnknownDataset
from harness.planning.settings import Settings
from harness.records.content import UnusableRecord, record_files
from harness.records.design import Design
from harness.records.environment import Environment, current_environment
from harness.records.pooling import HERE, choose_environment
from harness.records.store import Loaded, Store
from harness.records.times import Times, read_times, times_path
from harness.spec.architecture import Architecture
from harness.spec.folder import files_apart, select_files
from harness.spec.in_folds import all_in_folds
from harness.spec.moving import all_moved, moved
from harness.spec.reading import sound

Fetch = Callable[[Dataset, OnEvent], DatasetArrays]
"""Returns a data set's arrays and reports what it does, as `harness.data.fetching.fetch`."""


def cached(dataset: Dataset, on_event: OnEvent) -> DatasetArrays:
    """Return the data set's arrays from the cache alone; raise DataMissing where there is no verified copy."""
    del on_event
    return load(dataset)


@dataclass(frozen=True)
class SoundSpecs:
    """The architectures of a folder whose files are valid, and those that stand apart in its subfolders.

    They are read once, on the data sets that their files name, whatever data sets they are moved to.
    """

    architectures: tuple[Architecture, ...]
    apart: tuple[Architecture, ...]


@dataclass(frozen=True)
class Inputs:
    """All that findings follow from, read once."""

    workspace: Workspace
    specs: SoundSpecs
    architectures: tuple[Architecture, ...]
    apart: tuple[Architecture, ...]
    arrays: tuple[DatasetArrays, ...]
    loaded: Loaded
    design: Design | None = None
    progress: Progress = SILENT

    @property
    def pictures(self) -> dict[str, Bytes]:
        """The test images as people look at them, by data set; those that are no pictures are left out."""
        return {arrays.dataset.name: shown for arrays in self.arrays if (shown := pictures(arrays)) is not None}

    def findings(self, environment: str | None = None) -> Findings:
        """Return what the records say of the architectures: those of one environment's numerics, and its times.

        ``environment`` is an id, its unique beginning or ``here``; by default `choose_environment` chooses.

        Raises:
            UnknownEnvironment: The environment asked for has no record.
        """
        settings, records = self.workspace.cut(Settings()), self.loaded.records
        here = current_environment(settings.threads).id if environment in {None, HERE} else None
        chosen = choose_environment(records, environment, here, self.design)
        read = Store(self.workspace.folder, self._left_out).predicted
        study = make_study(self.architectures, records, settings, chosen, read, apart=self.apart)
        labels = {arrays.dataset.name: arrays.test_labels for arrays in self.arrays}
        return Findings(replace(study, design=self.design), labels, tuple(records), self._times(chosen))

    def _times(self, environment: Environment | None) -> Times:
        """Return what was timed in the environment; a file that can't be used is named and left out."""
        if environment is None:
            return Times()
        path = times_path(self.workspace.folder, environment.id)
        try:
            return read_times(path)
        except UnusableRecord as error:
            self._left_out(path, str(error))
            return Times()

    def _left_out(self, path: Path, reason: str) -> None:
        self.progress.warn(f"{path}: {reason}; it is left out")


def read_inputs(
    workspace: Workspace,
    progress: Progress,
    fetch: Fetch | None,
    needed: Iterable[Path] = (),
    specs: SoundSpecs | None = None,
) -> Inputs:
    """Read specs, records and data sets.

    Args:
        workspace: Where from.
        progress: Takes what can't be read.
        fetch: Returns the data sets; None: none is read, and nothing that needs labels or images is derived.
        needed: The spec files that must be valid.
        specs: The folder's specs, where they have been read already.

    Raises:
        BenchError: A needed spec or every spec is invalid, or the folder's design is.
    """
    specs = specs or read_specs(workspace.specs, needed, progress)
    architectures, apart = on_dataset(workspace, specs)
    datasets = {architecture.dataset: architecture.data for architecture in architectures}
    arrays = read_arrays(datasets.values(), fetch, progress) if fetch else ()
    loaded = load_records(workspace.store, progress)
    return Inputs(workspace, specs, architectures, apart, arrays, loaded, workspace.design, progress)


def read_specs(folder: Path, needed: Iterable[Path], progress: Progress) -> SoundSpecs:
    """Read the folder's specs; a broken file that is not among the needed ones is reported and left out.

    Raises:
        InvalidSpec: A needed file is broken, or all are.
    """
    architectures, broken = sound(select_files((), folder))
    apart, broken_apart = sound(files_apart(folder))
    must_be_valid = {str(path) for path in needed}
    wrong = [error for error in (*broken, *broken_apart) if error.mistakes[0].file in must_be_valid]
    if wrong or not architectures:
        raise joined(wrong or broken)
    for error in (*broken, *broken_apart):
        progress.warn(f"{error.mistakes[0]}\nthis file is left out; 'bench validate' reports every mistake")
    return SoundSpecs(architectures, apart)


def on_dataset(workspace: Workspace, specs: SoundSpecs) -> tuple[tuple[Architecture, ...], tuple[Architecture, ...]]:
    """Return the architectures, and those apart, on the workspace's data set and in its folds: those that fit.

    Raises:
        UnknownDataset: There is no such data set.
        NothingFits: None of the folder's own can be trained on it.
    """
    architectures, apart = specs.architectures, specs.apart
    if workspace.dataset is not None:
        dataset = find_dataset(workspace.dataset, workspace.specs)
        architectures, _ = all_moved(architectures, dataset)
        apart = tuple(one for one in (moved(one, dataset) for one in apart) if isinstance(one, Architecture))
    return all_in_folds(architectures, workspace.folds)[0], all_in_folds(apart, workspace.folds)[0]


def read_arrays(datasets: Iterable[Dataset], fetch: Fetch, progress: Progress) -> tuple[DatasetArrays, ...]:
    """Return the data sets; one that can't be fetched is reported and left out.

    One that was looked for in the cache alone is left out without a word: nobody asked for it.
    """
    found = []
    for dataset in sorted(datasets, key=lambda dataset: dataset.name):
        try:
            with progress.fetching() as on_event:
                found.append(fetch(dataset, on_event))
        except DataMissing:
            continue
        except BenchError as error:
            progress.warn(f"{error}\nwithout test labels and images, the report leaves out what needs them")
    return tuple(found)


def read_others(
    workspace: Workspace, progress: Progress, fetch: Fetch | None, specs: SoundSpecs | None = None
) -> tuple[Inputs, ...]:
    """Read the results on each data set that has any, by name; one that is not declared any more is left out.

    ``specs`` are the folder's, where they have been read already. Smoke results are beside no others. Data that can't
    be had is left out without a word: ``arrays`` lack it.
    """
    found = []
    for name in _names(workspace):
        there = Workspace(
            results=workspace.results, architectures=workspace.architectures, dataset=name, folds=workspace.folds
        )
        try:
            found.append(read_inputs(there, progress, fetch and _at_hand(fetch), specs=specs))
        except (UnknownDataset, NothingFits, InvalidSpec) as error:
            progress.warn(f"{there.folder}: its results are left out: {error}")
    return tuple(found)


def _names(workspace: Workspace) -> tuple[str, ...]:
    if workspace.smoke:
        return ()
    folder = replace(workspace, dataset=None).folder / DATASETS
    try:
        names = sorted(path.name for path in folder.iterdir() if is_safe_name(path.name))
    except OSError:  # most results are on the data that the specs name
        return ()
    return tuple(name for name in names if any(record_files(folder / name / "records")))


def _at_hand(fetch: Fetch) -> Fetch:
    def found(dataset: Dataset, on_event: OnEvent) -> DatasetArrays:
        try:
            return fetch(dataset, on_event)
        except BenchError:
            return cached(dataset, on_event)  # says that it is missing

    return found
