"""All figures of a report, those beside the sentences of documents too; draws none itself.

A new figure is a file here, a line below, and its place in a section.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.analysis.findings import Findings
from harness.reporting.blocks import Figure
from harness.reporting.evidence.levels import Levels
from harness.reporting.evidence.recipes import Recipes
from harness.reporting.evidence.seeds import Rows
from harness.reporting.evidence.sentences import Data, evidence
from harness.reporting.evidence.sizes import Changes
from harness.reporting.figures.curves import curves_figure
from harness.reporting.figures.drawing import Draw, draw_anew
from harness.reporting.figures.evidence_levels import levels_drawing
from harness.reporting.figures.evidence_seeds import recipes_drawing, rows_drawing
from harness.reporting.figures.evidence_sizes import changes_drawing, sights_drawing
from harness.reporting.figures.headline import headline_figure
from harness.reporting.figures.images import Images, confusion_figure, hardest_figure
from harness.reporting.figures.pareto import pareto_figure
from harness.reporting.figures.robustness import robustness_figure
from harness.reporting.figures.strips import seeds_figure, times_figure


def gallery(findings: Findings, images: Images, draw: Draw = draw_anew) -> tuple[Figure, ...]:
    """Return the figures that the findings allow: none without a measurement, no pictures without images."""
    if not findings.study.measured:
        return ()
    figures = (
        headline_figure(findings),
        seeds_figure(findings, draw),
        pareto_figure(findings, draw),
        times_figure(findings, draw),
        curves_figure(findings, draw),
        hardest_figure(findings, images, draw),
        confusion_figure(findings, draw),
        robustness_figure(findings, draw),
        *evidence_figures(findings, draw),
    )
    return tuple(figure for figure in figures if figure is not None)


def evidence_figures(findings: Findings, draw: Draw = draw_anew) -> Iterator[Figure]:
    """Yield a figure for each sentence that has one, small and one idea each."""
    for found in evidence(findings):
        yield Figure(found.name, found.data.description, _drawn(found.data, draw))


def _drawn(data: Data, draw: Draw) -> bytes:
    match data:
        case Levels():
            return draw(levels_drawing, data)
        case Rows():
            return draw(rows_drawing, data)
        case Recipes():
            return draw(recipes_drawing, data)
        case Changes():
            return draw(changes_drawing, data)
        case _:
            return draw(sights_drawing, data)
