"""The rule for what a document says of a single test image: the share of seeds that agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.analysis.verdicts.limits import too_few
from harness.spec.claims import Decision, Ruling
from harness.statistics.samples import share_interval

RULE = "A predicted class is *reproduced* if most seeds predict it and *refuted* if none does."


def judge_share(published: int, predicted: Sequence[int]) -> Ruling:
    """Reproduced if most of the ``predicted`` classes, at least one, are the published one, refuted if none is."""
    seeds, hits = len(predicted), list(predicted).count(published)
    interval, share = share_interval(hits, seeds), hits / seeds
    reason = f"{hits} of {seeds} seeds predict {published}"
    bounds = (interval.low, interval.high) if interval else (None, None)
    judged = Ruling(_decision(share), reason, seeds, share, *bounds)
    few = too_few(seeds)
    return replace(judged, decision="inconclusive", reason=f"{reason}; {few}") if few else judged


def _decision(share: float) -> Decision:
    if share > 1 / 2:
        return "reproduced"
    return "refuted" if share == 0 else "inconclusive"
