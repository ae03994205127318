"""The trials that failed, with their reasons; explains none."""

from __future__ import annotations

from harness.analysis.runs import Study
from harness.report.table import Table


def failed_trials(study: Study) -> Table:
    """Return one row per architecture and seed whose trial ended before the architecture's last epoch."""
    return Table(
        title="Failed trials",
        header=("Architecture", "Seed", "Stage", "Kind", "Reason"),
        rows=tuple(
            (one.name, str(failed.seed), failed.failure.stage, failed.failure.kind, failed.failure.reason)
            for one in study.entries
            for failed in one.failures
        ),
        alignments=("left", "right", "left", "left", "left"),
        notes=("The next run of the same command tries them again.",),
    )
