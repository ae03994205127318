"""All figures of a report; draws none itself. A new figure is a file here, a line below, and its place in a section."""

from __future__ import annotations

from harness.analysis.findings import Findings
from harness.reporting.blocks import Figure
from harness.reporting.figures.curves import curves_figure
from harness.reporting.figures.drawing import Draw, draw_anew
from harness.reporting.figures.evidence import evidence_figures
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
