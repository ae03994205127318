"""Results on other data beside those of a folder, each in a folder of its own: finds and reads them, writes none."""

from __future__ import annotations

from dataclasses import replace

from harness.app.findings import Fetch, Inputs, cached, read_inputs
from harness.app.progress import Progress
from harness.app.workspace import Workspace
from harness.data.cache import DatasetArrays
from harness.data.dataset import Dataset
from harness.data.fetching import OnEvent
from harness.declaration.files import DATASETS, is_safe_name
from harness.declaration.spec_error import InvalidSpec
from harness.errors import BenchError, NothingFits, UnknownDataset
from harness.records.content import record_files


def read_others(workspace: Workspace, progress: Progress, fetch: Fetch | None) -> tuple[Inputs, ...]:
    """Read the results on each data set that has any, by name; one that is not declared any more is left out.

    Smoke results are beside no others. Data that can't be had is left out without a word: ``arrays`` lack it.
    """
    found = []
    for name in _names(workspace):
        there = Workspace(
            results=workspace.results, architectures=workspace.architectures, dataset=name, folds=workspace.folds
        )
        try:
            found.append(read_inputs(there, progress, fetch and _at_hand(fetch)))
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
