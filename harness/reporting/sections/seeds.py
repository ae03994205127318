"""Which seeds ranks and verdicts use, where these are not all that are recorded, in sentences; chooses none."""

from __future__ import annotations

from harness.analysis.findings import Findings
from harness.analysis.runs import Study
from harness.planning.seeds import LOOKS
from harness.records.design import FILE_NAME, Design, Terms
from harness.reporting import numbers
from harness.reporting.markdown import escape
from harness.statistics.multiplicity import ALPHA


def preset_notes(study: Study) -> tuple[str, ...]:
    """Return which seeds the ranks use if some are left out, and that they were changed if they were."""
    left_out = sum(len(all_.runs) > len(used.runs) for all_, used in zip(study.entries, study.compared, strict=True))
    used = (f"Ranks, pairs, fronts and times use {_preset(study)}; more are recorded.",) if left_out else ()
    return (*used, *_changes(study))


def verdict_notes(findings: Findings) -> tuple[str, ...]:
    """Return which seeds the verdicts use where they have seeds of their own, and which are judged until decided."""
    design = findings.study.design
    if design is None:
        return ()
    seeds = f"{numbers.named_seeds(design.claim_seeds)}, as far as they are recorded ({FILE_NAME})"
    own = [f"Verdicts use {seeds}."] if design.claims else []
    if design.claims and design.claims.fresh and any(verdict.fresh for verdict in findings.judgement.verdicts):
        fresh = numbers.named_seeds(design.claims.fresh)
        own.append(f"The second verdict is that of the fresh {fresh} by themselves, corrected among themselves.")
    return (*([" ".join(own)] if own else []), *_sequential(design))


def _sequential(design: Design) -> tuple[str, ...]:
    until = design.until_decided
    if until is None:
        return ()
    names, looks = numbers.listed(map(escape, until.architectures)), numbers.listed(map(str, until.looks))
    level = f"{100 * ALPHA:.0f} % / {len(LOOKS)}"
    return (
        f"Claims of {names} are judged at {looks} seeds, each time at a level of {level}; the first decision counts.",
    )


def _preset(study: Study) -> str:
    if study.design is None:
        return "the seeds that all measured architectures have in common"
    return f"the same seeds of every architecture, {numbers.seed_list(study.design.seeds)} ({FILE_NAME})"


def _changes(study: Study) -> tuple[str, ...]:
    """Return what the design was before it was changed: whoever knows results can choose seeds by them."""
    earlier = study.design.earlier if study.design else ()
    if not earlier:
        return ()
    before = "; ".join(map(terms_in_words, earlier))
    return (f"The choice of seeds was changed after results had been recorded. Before: {before}.",)


def terms_in_words(terms: Terms) -> str:
    """Return which seeds a design's terms allow.

    >>> terms_in_words(Terms.model_validate({"seeds": "0-9", "claims": {"seeds": "0-29", "fresh": "10-29"}}))
    'seeds 0-9 for ranks, 0-29 for verdicts (10-29 fresh)'
    """
    fresh = terms.claims.fresh if terms.claims else None
    verdicts = f", {numbers.seed_list(terms.claim_seeds)} for verdicts" if terms.claims else " and verdicts"
    parts = f"{numbers.named_seeds(terms.seeds)} for ranks{verdicts}"
    parts += f" ({numbers.seed_list(fresh)} fresh)" if fresh else ""
    if terms.until_decided:
        names = numbers.listed(terms.until_decided.architectures)
        parts += f", until decided with at most {terms.until_decided.most_seeds} for {names}"
    return parts
