"""The page's first sentences: what was compared, on what, and which came out first; derives no number."""

from __future__ import annotations

from collections import Counter

from harness.analysis.findings import Findings
from harness.analysis.runs import Study
from harness.reporting import numbers
from harness.reporting.markdown import escape
from harness.reporting.sections.claims import outcome

SMOKE = (
    "> **Smoke results**: a few thousand examples and one epoch, to check that everything works. They say nothing "
    "about the architectures."
)


def introduction(findings: Findings) -> tuple[str, ...]:
    """Return one paragraph on what was compared and what came out, after a warning where the results are no results."""
    return (*((SMOKE,) if findings.study.settings.is_cut else ()), _outcome(findings))


def _outcome(findings: Findings) -> str:
    study = findings.study
    datasets = sorted({escape(entry.architecture.dataset) for entry in study.entries})
    entries, measured = len(study.entries), len(study.measured)
    part = f"{measured} of " if 0 < measured < entries else ""
    compared = f"{part}{numbers.plural(entries, 'architecture')} on {numbers.listed(datasets or ['no data'])}"
    if not study.measured:
        return f"{compared}; no results are recorded yet."
    claims = f" {outcome(findings.judgement.verdicts)}." if findings.judgement.verdicts else ""
    return f"{compared}, {_seeds(study)}. {_leaders(findings)}{claims}"


def _seeds(study: Study) -> str:
    """Return the seeds of all measured architectures, or how many of them have which: most seeds first."""
    counts = Counter(entry.seeds for entry in study.measured)
    if len(counts) == 1:
        return numbers.named_seeds(study.measured[0].seeds)
    by_most = sorted(counts.items(), key=lambda item: (-len(item[0]), item[0]))
    return numbers.listed(f"{number} with {numbers.named_seeds(seeds)}" for seeds, number in by_most)


def _leaders(findings: Findings) -> str:
    """Return which may be the best: all that do not differ significantly from the one with the best mean."""
    ranked = [entry.name for entry in findings.ranking if entry.name in findings.standings]
    first = [f"**{escape(name)}**" for name in ranked if findings.standings[name].rank.best == 1]
    best = f"{findings.study.headline.metric.superlative} {findings.study.headline.title}"
    if len(ranked) == 1:
        return f"Only {first[0]} has results."
    if len(first) == 1:
        return f"{first[0]} has the {best}."
    return f"The {best} is shared by {numbers.listed(first)}, which do not differ significantly."
