"""A declarative benchmark harness; this module is its face to notebooks and holds no logic.

Records that can't be read are left out, each with a warning.

>>> import harness
>>> frame = harness.records_frame("results")      # one row per environment, trial, seed and epoch
>>> summary = harness.summary_frame("results")    # one row per architecture, best first
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from harness.analysis.findings import Findings
    from harness.records.store import Loaded

__all__ = ["comparisons_frame", "findings", "records_frame", "runs_frame", "summary_frame", "verdicts_frame"]


def records_frame(results: str | Path = "results") -> pd.DataFrame:
    """Return all records of the folder: one row per environment, trial, seed and epoch."""
    from harness.analysis import frame  # noqa: PLC0415 - pandas is for those who ask
    from harness.records.store import Store  # noqa: PLC0415

    loaded = Store(Path(results)).load()
    _warn_of_unreadable(loaded)
    return frame.records_frame(loaded.records)


def findings(
    results: str | Path = "results", architectures: str | Path | None = None, environment: str | None = None
) -> Findings:
    """Return all that follows from the folder's records, for the specs of ``architectures``.

    ``environment`` is an id or its unique beginning; by default this machine's, else the one with most records.
    Test labels are used if the data set is in the cache; nothing is downloaded.
    """
    from harness.analysis.reading import Request, cached_datasets, read_findings  # noqa: PLC0415
    from harness.plan.settings import Settings  # noqa: PLC0415
    from harness.records.environment import current_environment  # noqa: PLC0415
    from harness.spec.folder import architectures_folder  # noqa: PLC0415
    from harness.spec.reading import select  # noqa: PLC0415

    chosen = select((), architectures_folder(Path(architectures) if architectures else None))
    request = Request(Path(results), Settings(), environment, current_environment(1).id)
    found, loaded = read_findings(request, chosen, cached_datasets(chosen))
    _warn_of_unreadable(loaded)
    return found


def runs_frame(results: str | Path = "results") -> pd.DataFrame:
    """Return one row per architecture, seed and epoch, up to the architecture's own last epoch."""
    from harness.analysis import frame  # noqa: PLC0415

    return frame.runs_frame(findings(results).study)


def summary_frame(results: str | Path = "results") -> pd.DataFrame:
    """Return the headline's numbers, unrounded: one row per architecture, best first."""
    from harness.analysis import frame  # noqa: PLC0415

    return frame.summary_frame(findings(results))


def verdicts_frame(results: str | Path = "results") -> pd.DataFrame:
    """Return one row per claim with its verdict."""
    from harness.analysis import frame  # noqa: PLC0415

    return frame.verdicts_frame(findings(results))


def comparisons_frame(results: str | Path = "results") -> pd.DataFrame:
    """Return one row per pair of architectures."""
    from harness.analysis import frame  # noqa: PLC0415

    return frame.comparisons_frame(findings(results))


def _warn_of_unreadable(loaded: Loaded) -> None:
    for unreadable in loaded.unreadable:
        warnings.warn(f"{unreadable.path}: {unreadable.reason}; it is left out", stacklevel=3)
