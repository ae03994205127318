"""All figures of a report, in the page's order; draws none itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.analysis.findings import Findings
from harness.analysis.hardest import confusion
from harness.records.store import Classes
from harness.report.figures.accuracy import accuracy_figure
from harness.report.figures.confusion import Matrix, confusion_figure
from harness.report.figures.curves import curves_figure
from harness.report.figures.drawing import Figure
from harness.report.figures.hardest import hardest_figure
from harness.report.figures.headline import headline_picture
from harness.report.figures.pareto import pareto_figure
from harness.report.figures.times import times_figure
from harness.spec.datasets import facts

Images = Mapping[str, Classes]

# Every file that a gallery may have: one that lies there without being in it was drawn of other records.
FILES = tuple(
    f"figures/{name}.svg" for name in ("headline", "accuracy", "pareto", "times", "curves", "hardest", "confusion")
)


def gallery(findings: Findings, images: Images) -> tuple[Figure, ...]:
    """Return the figures that the findings allow: none without a measurement, no pictures without images."""
    if not findings.study.measured:
        return ()
    return (
        headline_picture(findings),
        accuracy_figure(findings),
        pareto_figure(findings),
        times_figure(findings),
        curves_figure(findings),
        *_hardest(findings, images),
        *_confusion(findings),
    )


def _hardest(findings: Findings, images: Images) -> Iterator[Figure]:
    """Yield the pictures of the first data set that has any; a report is about one as a rule."""
    for dataset, pixels in images.items():
        found = [one for one in findings.hardest if one.dataset == dataset]
        if found:
            yield hardest_figure(found, pixels)
            return


def _confusion(findings: Findings) -> Iterator[Figure]:
    """Yield the confusion of the best and the worst of those whose predictions are at hand."""
    ranked = [one for one in findings.ranking if one.runs]
    shown = [ranked[0], *ranked[-1:]] if len(ranked) > 1 else ranked
    matrices = []
    for title, one in zip(("best", "worst"), shown, strict=False):
        counts = confusion(one, findings.labels, facts(one.architecture.dataset).classes)
        if counts is not None:
            matrices.append(Matrix(f"{one.name} ({title} mean)" if len(shown) > 1 else one.name, counts))
    if matrices:
        yield confusion_figure(matrices)
