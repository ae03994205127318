"""The page that people read first, in the order in which they ask; derives no number.

The same findings give the same bytes: nothing here looks at the clock or at the machine that it runs on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.analysis.findings import Findings
from harness.report.markdown import details, escape, render_table, section
from harness.report.sections.again import READING, again
from harness.report.sections.claims import claims_section
from harness.report.sections.opening import opening, shared_trials
from harness.report.tables.cost import cost_table
from harness.report.tables.crosscheck import crosscheck_table
from harness.report.tables.failures import failed_trials
from harness.report.tables.hardest import hardest_table
from harness.report.tables.headline import headline
from harness.report.tables.pairs import groups, pair_table
from harness.report.tables.speed import harness_table, speed_table
from harness.report.tables.stages import stages_table

ACCURACY, COST, CURVES, HARDEST = "Accuracy and cost", "Cost against accuracy", "Learning curves", "Hardest images"


@dataclass(frozen=True)
class Picture:
    """A figure as the page shows it: its file beside the page, what it shows in words, and its section."""

    file: str
    description: str
    section: str


def page(findings: Findings, pictures: Sequence[Picture] = ()) -> str:
    """Return the whole page as Markdown, ended by a line break."""
    parts = [opening(findings), *_headline(findings, pictures), *_failures(findings)]
    if findings.study.measured:
        parts += [
            *claims_section(findings),
            section(cost_table(findings)),
            *_images(pictures, COST),
            section(speed_table(findings)),
            details("Where a trial's time goes", render_table(stages_table(findings))),
            *_gallery(pictures, CURVES),
            *_pairs(findings),
            *_hardest(findings, pictures),
            *_crosschecks(findings),
            *_harness(findings),
        ]
    return "\n\n".join([*parts, *again(findings.study), READING]) + "\n"


def _headline(findings: Findings, pictures: Sequence[Picture]) -> list[str]:
    if not findings.study.entries:
        return []
    return [section(headline(findings)), *shared_trials(findings), *_images(pictures, ACCURACY)]


def _failures(findings: Findings) -> list[str]:
    table = failed_trials(findings.study)
    return [section(table)] if table.rows else []


def _pairs(findings: Findings) -> list[str]:
    if not findings.comparisons:
        return []
    pairs = pair_table(findings)
    folded = details(f"All {len(pairs.rows)} pairs", render_table(pairs)) if pairs.rows else render_table(pairs)
    return [f"## {pairs.title}", render_table(groups(findings)), folded]


def _hardest(findings: Findings, pictures: Sequence[Picture]) -> list[str]:
    table = hardest_table(findings.hardest)
    folded = [details("What was said, and by whom", render_table(table))] if table.rows else []
    images = _images(pictures, HARDEST)
    return [f"## {HARDEST}", *images[:1], *folded, *images[1:]] if images or folded else []


def _crosschecks(findings: Findings) -> list[str]:
    return [section(crosscheck_table(findings.crosschecks))] if findings.crosschecks else []


def _harness(findings: Findings) -> list[str]:
    return [section(harness_table(findings.times))] if findings.times.harness else []


def _gallery(pictures: Sequence[Picture], title: str) -> list[str]:
    images = _images(pictures, title)
    return [f"## {title}", *images] if images else []


def _images(pictures: Sequence[Picture], title: str) -> list[str]:
    return [f"![{escape(one.description)}]({one.file})" for one in pictures if one.section == title]
