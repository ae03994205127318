"""The test images that are misclassified most often, and those on which two architectures differ; looks at none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.analysis.findings import Findings
from harness.analysis.images import DisputedImage, HardImage, Label
from harness.reporting.blocks import Folded, Illustration, Section, Table

# Height, width, channels.
PICTURE_AXES = 3
Classes = Mapping[str, Sequence[str]]


def section(findings: Findings) -> Section | None:
    """Return the hardest images as pictures and, folded, as a table, and who confuses which classes."""
    if not findings.study.measured:
        return None
    data = [entry.architecture.data for entry in findings.study.measured]
    declared = (dataset.contested for dataset in data)
    shown = "image" if all(len(dataset.inputs) == PICTURE_AXES for dataset in data) else "example"
    contested_by = tuple(dict.fromkeys(labels.source for labels in declared if labels))
    table = hardest_table(findings.hardest, findings.classes, contested_by, shown)
    folded = (Folded(f"Predictions for each {shown}, and errors by architecture", table),) if table.rows else ()
    return Section(table.title, (Illustration("hardest"), *folded, Illustration("confusion")))


def hardest_table(
    images: Sequence[HardImage], classes: Classes, contested_by: Sequence[str] = (), shown: str = "image"
) -> Table:
    """Return one row per image; ``classes`` are the classes' names by data set.

    ``contested_by`` are the publications that contest labels, ``shown`` is what the examples are called.
    """
    return Table(
        title=f"Hardest {shown}s",
        header=(f"Test {shown}", "Label", "Misclassified", "Predicted instead", "Misclassified by"),
        rows=tuple(
            (
                f"{image.index} (contested)" if image.contested else str(image.index),
                named(classes[image.dataset], image.label),
                _percent(image.missed),
                ", ".join(
                    f"{named(classes[image.dataset], wrong)} ({_percent(share)})" for wrong, share in image.predicted
                ),
                _missed_by(image),
            )
            for image in images
        ),
        alignments=("right", "right", "right", "left", "left"),
        notes=(
            "Shares of runs; overall, each architecture has the same weight, and shared trials count once.",
            *(f"Contested: reviewers reject the image's label. Source: {source}." for source in contested_by),
        ),
    )


def named(names: Sequence[str], label: Label) -> str:
    """Return the name of a class, or the names of an example's labels: beach + sunset."""
    if isinstance(label, int):
        return names[label]
    return " + ".join(names[number] for number in label) or "no label"


def _missed_by(image: HardImage) -> str:
    if all(share == 1 for _, share in image.missed_by):
        return "every run of every architecture"
    return ", ".join(f"{name} {_percent(share)}" for name, share in image.missed_by if share)


def disputed_table(images: Sequence[DisputedImage], first: str, second: str, names: Sequence[str]) -> Table:
    """Return the test images that one gets right and the other gets wrong, by share of runs.

    ``names`` are those of the classes.
    """
    return Table(
        title="Test images on which they differ most",
        header=("Test image", "Label", f"{first} correct", f"{second} correct"),
        rows=tuple(
            (str(image.index), named(names, image.label), _percent(image.first_right), _percent(image.second_right))
            for image in images
        ),
        alignments=("right",) * 4,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
