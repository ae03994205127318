"""The page that people read first, in the order in which they ask; derives no number.

The same findings give the same bytes: nothing here looks at the clock or at the machine that it runs on. A new section
is a file in ``sections`` and a line in ``SECTIONS``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.analysis.findings import Findings
from harness.reporting.blocks import Figure, Illustration, Section
from harness.reporting.markdown import render_section
from harness.reporting.ownership import MARK
from harness.reporting.sections import (
    ablations,
    claims,
    classes,
    comparison,
    cost,
    cross_validation,
    crosscheck,
    documents,
    elsewhere,
    headline,
    images,
    insides,
    rankings,
    reproduction,
    robustness,
    speed,
)
from harness.reporting.sections.introduction import introduction

GENERATED = f"{MARK} from the records beside it; changes made here are overwritten. -->"


SECTIONS: tuple[Section | Callable[[Findings], Section | None], ...] = (
    headline.section,
    reproduction.failures_section,
    claims.section,
    documents.section,
    cost.section,
    speed.networks_section,
    Section("Learning curves", (Illustration("curves"),)),
    comparison.section,
    cross_validation.section,
    rankings.section,
    ablations.section,
    classes.section,
    images.section,
    robustness.section,
    insides.section,
    elsewhere.section,
    crosscheck.section,
    speed.harness_section,
    reproduction.section,
    reproduction.legend,
)


def page(findings: Findings, figures: Sequence[Figure] = ()) -> str:
    """Return the whole page as Markdown, ended by a line break; ``figures`` are those that were drawn."""
    drawn = {figure.name: figure for figure in figures}
    sections = [entry if isinstance(entry, Section) else entry(findings) for entry in SECTIONS]
    rendered = [render_section(section, drawn) for section in sections if section is not None]
    parts = [GENERATED, "# Results", *introduction(findings), *rendered]
    return "\n\n".join(part for part in parts if part) + "\n"
