"""From the options that `report`, `claims` and `compare` share to findings; derives and prints nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.console import warn
from harness.cli.fetching import shown_fetching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.findings import Findings
    from harness.data import Dataset
    from harness.spec.architecture import Architecture


@dataclass(frozen=True)
class Asked:
    """What the user asked for, as typed.

    ``needed`` are the files that must be valid; without ``images``, no test label or image is read or fetched.
    """

    results: Path
    architectures: Path | None = None
    environment: str | None = None
    smoke: bool = False
    needed: tuple[Path, ...] = ()
    images: bool = True

    @property
    def folder(self) -> Path:
        """Where the records and the report are: smoke results have their own place."""
        return self.results / "smoke" if self.smoke else self.results


@dataclass(frozen=True)
class Derived:
    """Findings, and the data sets that they are about as far as they can be had."""

    findings: Findings
    datasets: tuple[Dataset, ...]


def read_derived(asked: Asked) -> Derived:
    """Read specs, records and test data, and derive what follows.

    Raises:
        BenchError: A needed spec or every spec is invalid, or an environment has no records.
    """
    from harness.analysis.reading import Request, read_findings
    from harness.plan.settings import Settings, smoke
    from harness.records.environment import current_environment

    chosen = read_architectures(asked)
    settings = smoke(Settings()) if asked.smoke else Settings()
    here = None if asked.environment else current_environment(settings.threads).id
    datasets = read_datasets(chosen) if asked.images else ()
    request = Request(asked.folder, settings, asked.environment, here)
    findings, loaded = read_findings(request, chosen, datasets)
    for unreadable in loaded.unreadable:
        warn(f"{unreadable.path}: {unreadable.reason}; it is left out")
    return Derived(findings, datasets)


def read_architectures(asked: Asked) -> tuple[Architecture, ...]:
    """Return the folder's architectures; a broken file that is not needed is named and left out.

    Raises:
        InvalidSpec: A needed file has mistakes, or no file is without.
    """
    from harness.declaration.spec_error import joined
    from harness.spec.folder import architectures_folder, select_files
    from harness.spec.reading import sound

    architectures, broken = sound(select_files((), architectures_folder(asked.architectures)))
    needed = {str(path) for path in asked.needed}
    wrong = [error for error in broken if error.mistakes[0].file in needed]
    if wrong or not architectures:
        raise joined(wrong or broken)
    for error in broken:
        warn(f"{error.mistakes[0]}\nthis file is left out; 'bench validate' tells every mistake")
    return architectures


def read_datasets(architectures: Sequence[Architecture]) -> tuple[Dataset, ...]:
    """Return the data sets that the architectures are trained on; one that can't be had is named and left out."""
    from harness.data import obtain
    from harness.errors import BenchError

    found = []
    for name in sorted({one.dataset for one in architectures}):
        try:
            with shown_fetching() as on_event:
                found.append(obtain(name, on_event))
        except BenchError as error:
            warn(f"{error}\nwithout test labels and images, the report leaves out what needs them")
    return tuple(found)
