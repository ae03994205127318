"""The rules for a claim that is no published number: equality, the share of seeds, a one-sided test of a difference.

A share and a difference need enough seeds; what chance decides is corrected for the number of claims afterwards, by
``Ruling.corrected``. Published numbers have rules of their own in `published`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.analysis.comparison import chance_of_better, difference, samples
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import PerRun
from harness.spec.claims import Ruling, Value
from harness.statistics.published import FEWEST_RUNS
from harness.statistics.shares import p_half_or_more, share_interval, trials_to_exceed_half

# More seeds than anyone trains for a verdict are no advice.
MOST_SEEDS = 200
SMALL_P = 0.001
NO_SPREAD = "every seed gave the same value, so the spread is unknown"

EQUALITY_RULE = "Shapes and parameters must be equal: arithmetic, which no training decides."
SHARE_RULE = (
    "A predicted class is *reproduced* if more than half of all runs predict it (exact binomial interval at the same "
    "level above one half: five seeds of five), and *refuted* if fewer than half do; a refutation is corrected with "
    "the others."
)
DIFFERENCE_RULE = (
    "*Better than* is Welch's one-sided test; architectures that share trials are compared seed by seed, with "
    "Student's paired test."
)


def too_few(seeds: int) -> str | None:
    """Return why so many seeds are too few, or None where they are enough."""
    if seeds >= FEWEST_RUNS:
        return None
    return f"{seeds} {'seed' if seeds == 1 else 'seeds'}; at least {FEWEST_RUNS} are needed"


def p_phrase(p: float) -> str:
    """Return a p-value as part of a sentence: p = 0.031, p < 0.001."""
    return f"p = {p:.3f}" if p >= SMALL_P else f"p < {SMALL_P}"


def after_correction(adjusted_p: float, claims: int) -> str:
    """Return a corrected p-value with what it was corrected for: p = 0.031 corrected for 17 claims."""
    return f"{p_phrase(adjusted_p)} corrected for {claims} claims" if claims > 1 else p_phrase(adjusted_p)


def more_seeds(needed: int | None, seeds: int) -> str:
    """Return how many more seeds would decide it, as the end of a sentence; None where no number would."""
    if needed is None:
        return "more seeds like these would not decide it"
    if needed > MOST_SEEDS:
        return f"more than {MOST_SEEDS} seeds like these would be needed"
    more = needed - seeds
    return f"about {more} more {'seed' if more == 1 else 'seeds'} would decide it if like these"


def judge_equality(published: Value, measured: Value, origin: str, seeds: int) -> Ruling:
    """Return the ruling on ``measured``, of which ``origin`` says where it comes from."""
    if published == measured:
        return Ruling("reproduced", f"equal; {origin}", seeds, measured)
    return Ruling("refuted", f"not equal: {_in_words(measured)} {origin}", seeds, measured)


def _in_words(value: Value) -> str:
    return " × ".join(map(str, value)) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True)
class ShareRuling(Ruling):
    """A ruling on a predicted class; a refutation waits for the correction."""

    def corrected(self, adjusted_p: float, claims: int, alpha: float) -> Ruling:
        """Return the ruling after the correction: fewer than half of the runs have to be so clearly fewer."""
        if self.p is None or self.p >= alpha:
            return self
        reason = f"{self.reason}, fewer than half; {after_correction(adjusted_p, claims)}"
        return replace(self, decision="refuted" if adjusted_p < alpha else "inconclusive", reason=reason)


def judge_share(published: int, predicted: Sequence[int], alpha: float) -> Ruling:
    """Reproduced if the interval of the share that predicts the ``published`` class is above one half."""
    seeds, hits = len(predicted), list(predicted).count(published)
    level = 1 - 2 * alpha
    judged = ShareRuling("inconclusive", f"{hits} of {seeds} seeds predict {published}", seeds, hits / seeds)
    interval = share_interval(hits, seeds, level)
    if interval:
        judged = replace(judged, low=interval.low, high=interval.high)
    few = too_few(seeds)
    if few:
        return replace(judged, reason=f"{judged.reason}; {few}")
    judged = replace(judged, p=p_half_or_more(hits, seeds))
    if interval and interval.low > 1 / 2:
        return replace(judged, decision="reproduced", reason=f"{judged.reason}, more than half")
    if interval and interval.high < 1 / 2:
        return judged
    needed = trials_to_exceed_half(hits, seeds, level, MOST_SEEDS)
    return replace(judged, reason=f"{judged.reason}, not clearly more than half; {more_seeds(needed, seeds)}")


@dataclass(frozen=True)
class DifferenceRuling(Ruling):
    """A ruling on a difference, which only the correction decides; ``better`` is the sign that was seen."""

    better: bool = False

    def corrected(self, adjusted_p: float, claims: int, alpha: float) -> Ruling:
        """Return the ruling after the correction: the sign decides where the difference is clear."""
        judged = replace(self, reason=f"{self.reason}; one-sided {after_correction(adjusted_p, claims)}")
        if adjusted_p >= alpha:
            return judged
        return replace(judged, decision="reproduced" if self.better else "refuted")


def judge_difference(ours: ArchitectureResults, theirs: ArchitectureResults, quantity: PerRun) -> Ruling:
    """Return the ruling on ``ours`` being better than ``theirs``; it waits for the correction of its ``p``."""
    metric = quantity.metric
    found, seeds = difference(ours, theirs, quantity), min(map(len, samples(ours, theirs, quantity)))
    if found is None:
        return Ruling("not tested", "the two have no seed in common", len(ours.runs))
    better = metric.merit(found.estimate) > 0
    judged = DifferenceRuling("inconclusive", "", seeds, found.estimate, better=better)
    if found.interval:
        judged = replace(judged, low=found.interval.low, high=found.interval.high)
    if ours.reading == theirs.reading:
        return replace(judged, reason="both compute the same, so their difference is 0 by construction")
    few = too_few(seeds)
    if few or found.p is None:
        return replace(judged, reason=few or NO_SPREAD)
    reason = metric.signed(found.estimate)
    chance = chance_of_better(ours, theirs, quantity)
    if chance is not None:
        by_seed = " by seed" if ours.fingerprint == theirs.fingerprint else ""
        reason = f"{reason}, P({ours.name} {metric.sign} {theirs.name}){by_seed} = {chance.estimate:.2f}"
    # In the direction that was seen; each kind of error keeps its own level.
    return replace(judged, reason=reason, p=found.p / 2)
