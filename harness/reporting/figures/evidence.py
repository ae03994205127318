"""Draws what stands beside the sentences of documents, small and one idea each."""

from __future__ import annotations

from collections.abc import Iterator

from harness.analysis.findings import Findings
from harness.reporting.blocks import Figure
from harness.reporting.evidence.levels import Levels
from harness.reporting.evidence.recipes import Recipes
from harness.reporting.evidence.seeds import Rows
from harness.reporting.evidence.sentences import Data, evidence
from harness.reporting.evidence.sizes import Changes
from harness.reporting.figures.drawing import Draw, draw_anew
from harness.reporting.figures.evidence_levels import levels_drawing
from harness.reporting.figures.evidence_seeds import recipes_drawing, rows_drawing
from harness.reporting.figures.evidence_sizes import changes_drawing, sights_drawing


def evidence_figures(findings: Findings, draw: Draw = draw_anew) -> Iterator[Figure]:
    """Yield a figure for each of them."""
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
