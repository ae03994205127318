"""The rules for what a network loses, and for what it needs: Welch's and Student's tests of means beyond a margin.

Like a difference, each waits for the correction of its p-value: *reproduced* and *refuted* are then both clear.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from harness.analysis.rules import NO_SPREAD, DifferenceRuling, judge_difference, too_few
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import Drop, Quantity
from harness.spec.claims import Ruling
from harness.spec.claims.metrics import SHARE_MARGIN
from harness.statistics.comparisons import Difference, paired, welch

# An accuracy of no more than so many times the share of one class is called guessing.
GUESSES = 2

DROP_RULE = (
    "So are claims that a network *tolerates* a shift better than another, loses less where tiles change places, or "
    "has a smaller gap: of each run, what it loses. That it *needs* something means that without it the accuracy is "
    f"lower by more than {100 * SHARE_MARGIN:.2f} points; that it loses *at most* so much is Student's one-sided test "
    "of the mean loss against that. What is clearly the other way round is *refuted*; both verdicts are corrected."
)


def judge_smaller_drop(ours: ArchitectureResults, theirs: ArchitectureResults, drop: Drop) -> Ruling:
    """Return the ruling on ``ours`` losing less than ``theirs``; it waits for the correction of its ``p``."""
    judged = judge_difference(ours, theirs, drop)
    if judged.measured is None:
        return judged
    own, other = (_points(entry.values(drop)) for entry in (ours, theirs))
    reason = f"{drop.title} {own} points on average, of {theirs.name} {other}"
    if all(_only_guesses(entry, drop) for entry in (ours, theirs)):
        why = f"{reason}; both only guess there, and so each loses what it had"
        return Ruling("inconclusive", why, judged.seeds, judged.measured, judged.low, judged.high)
    return replace(judged, reason=f"{reason}; {judged.reason}")


def _only_guesses(entry: ArchitectureResults, drop: Drop) -> bool:
    """Tell whether what is left is, on average, no more than twice what guessing gives."""
    left = entry.values(drop.after)
    return math.fsum(left) / len(left) <= GUESSES / len(entry.architecture.data.classes)


def judge_drop_within(entry: ArchitectureResults, drop: Drop, margin: float) -> Ruling:
    """Return the ruling on losing ``margin`` at most; it waits for the correction of its ``p``."""
    values = entry.values(drop)
    found = paired(values, [0.0] * len(values))
    reason = f"{drop.title} {_points(values)} points on average"
    return _judge_margin(found, len(values), margin, reason, wanted_below=True)


def judge_needed(ours: ArchitectureResults, theirs: ArchitectureResults, quantity: Quantity, margin: float) -> Ruling:
    """Return the ruling on ``theirs`` being worse by more than ``margin``; it waits for the correction of its ``p``.

    A trial of ``theirs`` that ended in numbers that are none counts as guessing.
    """
    guessing = 1 / len(theirs.architecture.data.classes)
    lost = sum(failed.failure.kind == "nan" for failed in theirs.failures)
    values = (*theirs.values(quantity), *[guessing] * lost)
    untrained = sum(value <= GUESSES * guessing for value in values)
    failing = f"{untrained} of {len(values)} seeds without it fail to train"
    reason = f"{_points(ours.values(quantity))} % with it, {_points(values)} % without on average; {failing}"
    found = welch(ours.values(quantity), values)
    seeds = min(len(ours.values(quantity)), len(values))
    return _judge_margin(found, seeds, margin, reason, wanted_below=False)


def _judge_margin(found: Difference | None, seeds: int, margin: float, reason: str, *, wanted_below: bool) -> Ruling:
    """Return the ruling on a mean being below a margin, or above it."""
    if found is None:
        return Ruling("not tested", "nothing is recorded that could be compared", seeds)
    better = (found.estimate < margin) == wanted_below
    judged = DifferenceRuling("inconclusive", reason, seeds, found.estimate, better=better)
    if found.interval:
        judged = replace(judged, low=found.interval.low, high=found.interval.high)
    few = too_few(seeds)
    beyond = replace(found, estimate=found.estimate - margin)
    if few or beyond.p is None:
        return replace(judged, reason=f"{reason}; {few or NO_SPREAD}")
    return replace(judged, p=beyond.p / 2)


def _points(values: Sequence[float]) -> str:
    return f"{100 * math.fsum(values) / len(values):.2f}"
