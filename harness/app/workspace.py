"""The folders that a verb works in, and its records read with every fault reported; imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.declaration.files import DATASETS, specs_folder
from harness.planning.settings import Settings, smoke

if TYPE_CHECKING:
    from harness.app.progress import Progress
    from harness.records.design import Design
    from harness.records.store import Loaded, Store

DEFAULT_RESULTS = Path("results")
FOLDS = "folds"


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """The folders of one call: what every verb's options begin with.

    Args:
        results: Where records and report are.
        architectures: Where the specs are; None: ``./architectures``, else those that ship with the package.
        smoke: Cut to a few thousand examples and one epoch, in a folder of its own below ``results``.
        dataset: The data set that all are trained on, in a folder of its own; None: the one that each spec names.
        folds: How many folds all are cross-validated in, in a folder of its own; None: what each spec says.
    """

    results: Path = DEFAULT_RESULTS
    architectures: Path | None = None
    smoke: bool = False
    dataset: str | None = None
    folds: int | None = None

    @property
    def folder(self) -> Path:
        """Where records and report are: smoke results are kept apart, those of folds, and those on another data set."""
        folder = self.results / "smoke" if self.smoke else self.results
        folder = folder / FOLDS / str(self.folds) if self.folds else folder
        return folder / DATASETS / self.dataset if self.dataset else folder

    @property
    def folders_beside(self) -> tuple[Path, ...]:
        """The other folders of these results: those on each architecture's own data, then those on other data sets."""
        apart = self.results / DATASETS
        others = sorted(path for path in apart.iterdir() if path.is_dir()) if apart.is_dir() else []
        return tuple(folder for folder in (self.results, *others) if folder != self.folder)

    @property
    def store(self) -> Store:
        """The records."""
        from harness.records.store import Store

        return Store(self.folder)

    @property
    def design(self) -> Design | None:
        """Which seeds the report may use, where that is declared; smoke results are used as they are.

        Raises:
            InvalidSpec: With every mistake in the file.
        """
        from harness.records.design import read_design

        return None if self.smoke else read_design(self.folder)

    @property
    def specs(self) -> Path:
        """Where the specs are."""
        return specs_folder(self.architectures)

    def cut(self, settings: Settings) -> Settings:
        """Return the settings as they are, or cut for a smoke run."""
        return smoke(settings) if self.smoke else settings


@dataclass(frozen=True, kw_only=True)
class RecordsOptions(Workspace):
    """The folders, and whose records are read.

    Args:
        environment: An id, its unique beginning, or ``here``; None: the one with most records of preset seeds.
    """

    environment: str | None = None


def check_dataset(workspace: Workspace) -> None:
    """Refuse the name of a data set that is not declared, before a folder is looked for that is called so.

    Raises:
        UnknownDataset: There is no data set of this name.
        InvalidSpec: Its declaration has a mistake.
    """
    if workspace.dataset is not None:
        from harness.data.declarations import find_dataset

        find_dataset(workspace.dataset, workspace.specs)


def load_records(store: Store, progress: Progress, *, set_aside: bool = False) -> Loaded:
    """Read the records; report each file that can't be used, and move it out of the way if asked to."""
    loaded = store.load()
    for unreadable in loaded.unreadable:
        what = f"moved to {store.set_aside(unreadable)}" if set_aside else "it is left out"
        progress.warn(f"{unreadable.path}: {unreadable.reason}; {what}")
    return loaded
