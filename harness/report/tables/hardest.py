"""The test images that are missed most often, with what was said and by whom; looks at no image."""

from __future__ import annotations

from collections.abc import Sequence

from harness.analysis.hardest import HardImage
from harness.report.table import Table


def hardest_table(images: Sequence[HardImage]) -> Table:
    """Return one row per image."""
    return Table(
        title="Hardest images",
        header=("Test image", "Label", "Missed", "Said instead", "Missed by"),
        rows=tuple(
            (
                f"{one.index} (contested)" if one.contested else str(one.index),
                str(one.label),
                _percent(one.missed),
                ", ".join(f"{digit} ({_percent(share)})" for digit, share in one.said),
                _missed_by(one),
            )
            for one in images
        ),
        alignments=("right", "right", "right", "left", "left"),
        notes=(
            "Shares of runs; over all architectures, each counts alike and shared trials once.",
            "Contested: the image's label is one of those that reviewers reject (Northcutt et al. 2021).",
        ),
    )


def _missed_by(image: HardImage) -> str:
    if all(share == 1 for _, share in image.missed_by):
        return "every run of all"
    return ", ".join(f"{name} {_percent(share)}" for name, share in image.missed_by if share)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
