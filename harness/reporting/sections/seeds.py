"""Which seeds ranks and verdicts use, where these are not all that are recorded, in sentences; chooses none."""

from __future__ import annotations

from harness.analysis.runs import Study
from harness.records.design import FILE_NAME, Terms
from harness.reporting import numbers


def preset_notes(study: Study) -> tuple[str, ...]:
    """Return which seeds the ranks use if some are left out, and that they were changed if they were."""
    left_out = sum(len(all_.runs) > len(used.runs) for all_, used in zip(study.entries, study.compared, strict=True))
    used = (f"Ranks, pairs, fronts and times use {_preset(study)}; more are recorded.",) if left_out else ()
    return (*used, *_changes(study))


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
    'seeds 0-9, for verdicts 0-29 (10-29 fresh)'
    """
    parts = [numbers.named_seeds(terms.seeds)]
    if terms.claims:
        fresh = f" ({numbers.seed_list(terms.claims.fresh)} fresh)" if terms.claims.fresh else ""
        parts.append(f"for verdicts {numbers.seed_list(terms.claims.seeds)}{fresh}")
    if terms.until_decided:
        names = numbers.listed(terms.until_decided.architectures)
        parts.append(f"until decided with at most {terms.until_decided.most_seeds} for {names}")
    return ", ".join(parts)
