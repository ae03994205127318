"""The rule for a published number of a single run; those of several runs have `published_runs`.

Two questions: could it be one run of this recipe, and is the typical run within the margin of it? ``docs/verdicts.md``
says how often the answers are wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from harness.analysis.rules import MOST_SEEDS, after_correction, more_seeds, p_phrase, too_few
from harness.evaluations.metric import Metric
from harness.spec.claims import Decision, Ruling
from harness.spec.claims.metrics import SHARE_MARGIN
from harness.statistics.published import (
    FEWEST_RUNS,
    UpperFit,
    inside,
    median_interval,
    p_outside,
    runs_to_confirm,
    upper_fit,
)
from harness.statistics.samples import Interval

NO_SPREAD = "all but the worst seeds gave the same value, so the spread is unknown"

NUMBER_RULE = (
    "A published number comes from a single run, and two questions are asked of it, with at least "
    f"{FEWEST_RUNS} seeds. Could it be one run of this recipe? If not, it is *refuted*, which means: not reproduced by "
    "this port. Is the typical run within the margin of it, which is to say: does the 90 % interval of the median lie "
    f"within ± {100 * SHARE_MARGIN:.2f} points of it (for a loss, a third of the number; half a unit of its last digit "
    "is added)? If so, and the first answer is not no, it is *reproduced*; else it is *inconclusive*. What the rule "
    "can't do: a number that is one point too low is hardly ever refuted, since some recipes have runs that dip and a "
    "dip can't be excluded. `docs/verdicts.md` has its rates of error."
)


@dataclass(frozen=True)
class PublishedNumber:
    """A number of one run of somebody else's; ``margin`` is how near the typical run has to be."""

    value: float
    half_unit: float
    margin: float
    metric: Metric

    @property
    def reach(self) -> float:
        """The margin, and how far the number may stand from what was rounded to it."""
        return self.margin + self.half_unit

    @property
    def merit(self) -> float:
        """The number, its sign such that higher is better."""
        return self.metric.merit(self.value)


@dataclass(frozen=True)
class OwnRuns:
    """One's own runs beside a published number, at the level ``alpha``."""

    values: tuple[float, ...]
    number: PublishedNumber
    alpha: float

    @cached_property
    def fit(self) -> UpperFit:
        """Where one more run would fall, higher being better."""
        return upper_fit([self.number.metric.merit(value) for value in self.values])

    @cached_property
    def p_sides(self) -> tuple[float, float]:
        """The chances that one more run is as high as the number, and as low."""
        tails = self.fit.p_better, self.fit.p_worse
        better, worse = (float(tail(self.number.merit, self.number.half_unit)) for tail in tails)
        return (better, worse) if self.number.metric.higher_is_better else (worse, better)

    @property
    def p(self) -> float:
        """The p-value of the number being one more run."""
        return min(1.0, 2 * min(self.p_sides))

    @property
    def typical(self) -> float:
        """The median run."""
        return float(np.median(self.values))

    @cached_property
    def interval(self) -> Interval | None:
        """Where the typical run lies, at the level 1 - 2 · alpha; None for too few seeds."""
        return median_interval(self.values, 1 - 2 * self.alpha)

    @property
    def one_more(self) -> Interval:
        """The numbers that could be one more run at this level."""
        found = self.fit.range(self.alpha, self.number.half_unit)
        return found if self.number.metric.higher_is_better else Interval(-found.high, -found.low)

    def runs_to_refute(self, claims: int) -> int | None:
        """Return how many runs like these would refute the number among so many claims; None where none would."""
        for runs in range(len(self.values) + 1, MOST_SEEDS + 1):
            if float(self.fit.of(runs).p(self.number.merit, self.number.half_unit)) * claims < self.alpha:
                return runs
        return None


@dataclass(frozen=True, repr=False)
class NumberRuling(Ruling):
    """What one's own runs say of a published number; the first question waits for the correction.

    ``p`` answers the first question; ``p_high`` and ``p_low`` are its sides, the chances of one more run as high as the
    number and as low. ``p_margin`` answers the second: small where the typical run is within the margin.
    """

    p_high: float | None = None
    p_low: float | None = None
    p_margin: float | None = None
    runs: OwnRuns | None = None

    @property
    def verdict(self) -> Decision:
        """The verdict in a word or two."""
        return self.decision

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """Where the typical run lies."""
        return self.typical_low, self.typical_high

    def corrected(self, adjusted_p: float, claims: int, alpha: float) -> NumberRuling:
        """Return the ruling with the first question answered: a refutation has to outlast the correction."""
        if self.runs is None or self.p is None or self.p >= alpha:
            return self
        number, seeds = self.runs.number, len(self.runs.values)
        side = "high" if self.runs.p_sides[0] < self.runs.p_sides[1] else "low"
        effect = f"{number.metric.signed(number.value - self.runs.typical)} from the typical run"
        if adjusted_p < alpha:
            reason = f"too {side} for one run of this recipe: {effect}; {after_correction(adjusted_p, claims)}"
            return replace(self, decision="refuted", reason=reason)
        needed = more_seeds(self.runs.runs_to_refute(claims), seeds)
        reason = (
            f"hardly one run of this recipe ({effect}, {p_phrase(self.p)}), but not clearly too {side} "
            f"({after_correction(adjusted_p, claims)}); {needed}"
        )
        return replace(self, decision="inconclusive", reason=reason)

    def __repr__(self) -> str:
        """Return the verdict, the reason, the typical run and the p-values, as notebooks show them."""
        named = [(name, getattr(self, name)) for name in ("typical_low", "typical_high", "p", "p_margin")]
        shown = [f"{name}={value:.4g}" for name, value in named if value is not None]
        return f"{self.verdict}: {self.reason}" + (f" ({', '.join(shown)})" if shown else "")


AnyRuling = TypeVar("AnyRuling", bound=Ruling)


def with_typical_run(ruling: AnyRuling, values: Sequence[float], alpha: float) -> AnyRuling:
    """Return the ruling with where the typical run lies, if there are seeds enough to say."""
    found = median_interval(values, 1 - 2 * alpha)
    return replace(ruling, typical_low=found.low, typical_high=found.high) if found else ruling


def judge_number(values: Sequence[float], number: PublishedNumber, alpha: float) -> NumberRuling:
    """Return the ruling on ``values``, one per seed; a refutation is still to be corrected."""
    runs = OwnRuns(tuple(values), number, alpha)
    ruling = with_typical_run(NumberRuling("inconclusive", "", len(values), runs.typical, runs=runs), values, alpha)
    few = too_few(len(values))
    if few or runs.fit.spread == 0:
        return replace(ruling, reason=few or NO_SPREAD)
    high, low = runs.p_sides
    decision, reason = _second_answer(runs)
    return replace(
        ruling,
        decision=decision,
        reason=reason,
        low=runs.one_more.low,
        high=runs.one_more.high,
        p=runs.p,
        p_high=high,
        p_low=low,
        p_margin=p_outside(values, number.value, number.reach),
    )


def _second_answer(runs: OwnRuns) -> tuple[Decision, str]:
    """Say whether the typical run is within the margin, and if not, whether more seeds would show it."""
    number, metric, interval, seeds = runs.number, runs.number.metric, runs.interval, len(runs.values)
    if interval is None:
        return "inconclusive", f"{seeds} seeds are too few for an interval of the typical run at this level"
    within, one_run = f"± {metric.amount(number.reach)}", f"the number could be one run ({p_phrase(runs.p)})"
    typical = f"the typical run, {metric.written_range(interval.low, interval.high)},"
    if inside(interval.low, interval.high, number.value, number.reach):
        return "reproduced", f"{typical} is within {within}, and {one_run}"
    needed = runs_to_confirm(seeds, runs.typical, interval, number.value, number.reach)
    state = "is not" if needed is None else "is not surely"
    return "inconclusive", f"{typical} {state} within {within}, though {one_run}; {more_seeds(needed, seeds)}"
