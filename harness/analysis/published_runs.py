"""The rule for several published runs of one recipe: is our typical run within the margin of theirs?

They are a sample like ours, so that nothing has to be assumed of their spread or of dips.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.analysis.published import with_typical_run
from harness.analysis.rules import after_correction, more_seeds, too_few
from harness.evaluations.metric import Metric
from harness.spec.claims import Decision, Ruling
from harness.statistics.published import inside, narrowing
from harness.statistics.samples import Interval
from harness.statistics.shift import differences, p_beyond, shift_bounds

RUNS_RULE = (
    "Several published runs of one recipe are compared with ours by ranks: *reproduced* if the 90 % interval of the "
    "difference of the typical runs is within the same margin, *refuted* if the difference is clearly larger than it."
)


@dataclass(frozen=True)
class RunsRuling(Ruling):
    """What one's own runs say of several published ones; a refutation waits for the correction.

    ``apart`` says how far apart the typical runs are, ``within`` within what they should be.
    """

    apart: str = ""
    within: str = ""

    def corrected(self, adjusted_p: float, claims: int, alpha: float) -> Ruling:
        """Return the ruling after the correction: a difference has to be clearly larger than the margin."""
        if self.p is None or self.p >= alpha:
            return self
        decision: Decision = "refuted" if adjusted_p < alpha else "inconclusive"
        clearly = "not" if decision == "refuted" else "hardly"
        reason = f"{self.apart}, {clearly} {self.within}; {after_correction(adjusted_p, claims)}"
        return replace(self, decision=decision, reason=reason)


def judge_runs(
    values: Sequence[float], published: Sequence[float], reach: float, metric: Metric, alpha: float
) -> RunsRuling:
    """Return the ruling on ``values``, one per seed, beside several ``published`` runs; ``reach`` is the margin."""
    ours, theirs = len(values), len(published)
    shift = float(np.median(differences(values, published)))
    ruling = with_typical_run(RunsRuling("inconclusive", "", ours, shift), values, alpha)
    bounds = shift_bounds(values, published, 1 - 2 * alpha)
    if too_few(ours) or bounds is None:
        return replace(ruling, reason=too_few(ours) or f"{ours} seeds and {theirs} published runs are too few")
    interval = Interval(float(bounds[0]), float(bounds[1]))
    ruling = replace(
        ruling,
        low=interval.low,
        high=interval.high,
        p=float(p_beyond(values, published, reach)),
        apart=f"{metric.signed(shift)} from {theirs} published runs ({_bounds(interval, metric, 1 - 2 * alpha)})",
        within=f"within ± {metric.amount(reach)}",
    )
    if inside(interval.low, interval.high, 0.0, reach):
        return replace(ruling, decision="reproduced", reason=f"{ruling.apart}, {ruling.within}")
    needed = _seeds_to_compare(ours, theirs, narrowing(shift, interval, 0.0, reach))
    return replace(ruling, reason=f"{ruling.apart}, not surely {ruling.within}; {more_seeds(needed, ours)}")


def _bounds(interval: Interval, metric: Metric, level: float) -> str:
    low, high = (metric.signed(bound) for bound in (interval.low, interval.high))
    return f"{100 * level:.0f} % interval {low.removesuffix(' points')} to {high}"


def _seeds_to_compare(ours: int, theirs: int, factor: float | None) -> int | None:
    """Return how many seeds of ours narrow the interval by the factor; None where theirs are too few for it."""
    if factor is None:
        return None
    left = (1 / ours + 1 / theirs) * factor**2 - 1 / theirs
    return None if left <= 0 else int(1 / left) + 1
