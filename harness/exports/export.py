"""What every export is given, what it must offer, where its module is found, and how tables become files.

An export is a module of this folder; its name, with hyphens, is what ``bench export`` calls it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from harness.errors import CannotExport, UnknownExport
from harness.plugins import find_plugin, plugin_names

if TYPE_CHECKING:
    import pandas as pd

    from harness.analysis.findings import Findings
    from harness.analysis.run import Run
    from harness.analysis.runs import ArchitectureResults


PACKAGE = "harness.exports"


@dataclass(frozen=True)
class Selection:
    """What is exported: findings, and those of the architectures that were asked for, best first, each with a run.

    ``compared`` have the seeds that are compared; ``entries`` have every recorded one.
    """

    findings: Findings
    compared: tuple[ArchitectureResults, ...]

    @cached_property
    def entries(self) -> tuple[ArchitectureResults, ...]:
        """The architectures with every recorded seed."""
        recorded = {entry.name: entry for entry in self.findings.study.entries}
        return tuple(recorded[entry.name] for entry in self.compared)

    @property
    def runs(self) -> Iterator[tuple[ArchitectureResults, Run]]:
        """Every run of every architecture, in order."""
        return ((entry, run) for entry in self.entries for run in entry.runs)

    @property
    def runs_frame(self) -> pd.DataFrame:
        """One row per architecture, seed and epoch."""
        from harness.analysis.frame import runs_frame  # noqa: PLC0415 - imports pandas

        return runs_frame(replace(self.findings.study, entries=self.entries))

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The frames by name: runs, their summary, and the verdicts on claims."""
        from harness.analysis.frame import summary_frame, verdicts_frame  # noqa: PLC0415 - as above

        names = {entry.name for entry in self.entries}
        derived = {"summary": summary_frame(self.findings), "verdicts": verdicts_frame(self.findings)}
        chosen = {
            name: frame[frame["architecture"].isin(names)].reset_index(drop=True)
            for name, frame in derived.items()
            if len(frame)
        }
        return {"runs": self.runs_frame, **chosen}

    def finished(self, entry: ArchitectureResults, run: Run) -> datetime:
        """Return when the run's record was written."""
        longest = self._finished[run.environment, entry.fingerprint, run.seed]
        return next(finished for epochs, finished in longest if epochs >= len(run.epochs))

    @cached_property
    def _finished(self) -> Mapping[tuple[str, str, int], Sequence[tuple[int, datetime]]]:
        """How many epochs a trial's records have, the shortest first, and when each was written."""
        found: dict[tuple[str, str, int], list[tuple[int, datetime]]] = {}
        for record in self.findings.records:
            written = found.setdefault((record.environment.id, record.fingerprint, record.seed), [])
            written.append((len(record.finished_epochs), record.finished))
        return found


class Export(Protocol):
    """The module of an export; importing it imports none of the packages that it needs."""

    @property
    def EXTRA(self) -> str | None:  # noqa: N802 - a constant of the module
        """The extra of this distribution that installs what it needs beside the harness; None: nothing."""

    @property
    def PACKAGES(self) -> tuple[str, ...]:  # noqa: N802 - a constant of the module
        """The packages that it imports."""

    def write(self, selection: Selection, target: Path) -> None:
        """Write a file or a folder at a path where nothing is yet.

        Raises:
            CannotExport: The target's name does not suit what is exported.
        """


def find_export(name: str) -> Export:
    """Return the module of this name.

    Raises:
        UnknownExport: There is none.
    """
    return cast("Export", find_plugin(PACKAGE, name, export_names(), UnknownExport))


def export_names() -> tuple[str, ...]:
    """Return the exports that there are."""
    return plugin_names(PACKAGE, without=("export",))


def write_tables(selection: Selection, target: Path, suffix: str, write: Callable[[pd.DataFrame, Path], None]) -> None:
    """Write the runs where the target is a file of this suffix, every table where it is a folder.

    Raises:
        CannotExport: It has another suffix.
    """
    if target.suffix == suffix:
        write(selection.runs_frame, target)
        return
    if target.suffix:
        raise CannotExport(
            f"--to {target}: give a file *{suffix} for the runs, or a folder for runs, summary and verdicts"
        )
    target.mkdir()
    for name, frame in selection.tables.items():
        write(_plain(frame), target / f"{name}{suffix}")


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with text in place of values of several types: what a claim gives is a number or a shape."""
    plain = frame.copy()
    for name in frame:
        if len({type(value) for value in frame[name].dropna()}) > 1:
            plain[name] = frame[name].map(json.dumps, na_action="ignore")
    return plain
