"""Reads what findings need from a folder of results; the one module of this folder that opens files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from harness.analysis.environments import choose_environment
from harness.analysis.findings import Findings
from harness.analysis.runs import make_study
from harness.data import DataMissing, Dataset, load
from harness.plan.settings import Settings
from harness.records.store import Loaded, Store
from harness.records.times import Times, read_times, times_path
from harness.spec.architecture import Architecture


@dataclass(frozen=True)
class Request:
    """What to report on: a folder of results, a settings, and maybe an environment by its id.

    ``here`` is the id of this machine's environment, which is chosen where nothing is asked for.
    """

    results: Path
    settings: Settings
    environment: str | None = None
    here: str | None = None


def read_findings(
    request: Request, architectures: Iterable[Architecture], datasets: Iterable[Dataset] = ()
) -> tuple[Findings, Loaded]:
    """Return what the records say of the architectures, and what was loaded: unusable files are in it.

    ``datasets`` give the true test labels; without them nothing that needs labels is derived.

    Raises:
        UnknownEnvironment: The environment asked for has no record.
    """
    store = Store(request.results)
    loaded = store.load()
    environment = choose_environment(loaded.records, request.environment, request.here)
    study = make_study(architectures, loaded.records, request.settings, environment, store.predictions)
    labels = {dataset.name: dataset.test_labels for dataset in datasets}
    times = read_times(times_path(request.results, environment.id)) if environment else Times()
    return Findings(study, labels, tuple(loaded.records), times), loaded


def cached_datasets(architectures: Iterable[Architecture]) -> tuple[Dataset, ...]:
    """Return the data sets that the architectures are trained on, as far as the cache has them."""
    found = []
    for name in sorted({one.dataset for one in architectures}):
        try:
            found.append(load(name))
        except DataMissing:
            continue  # what needs labels is left out, and says so by its absence
    return tuple(found)
