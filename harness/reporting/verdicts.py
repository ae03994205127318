"""Verdicts in words: values in their units, reasons, and how many there are of which kind; judges nothing.

What training decides is counted apart from what is arithmetic, so that the one does not pass for the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from harness.analysis.verdicts import Verdict
from harness.reporting import numbers
from harness.reporting.units import FORMATS, UnitFormat
from harness.spec.claims import Basis, Decision
from harness.spec.claims.metrics import NumberClaim
from harness.spec.claims.prediction import Prediction
from harness.statistics.samples import Interval

# From so many seeds on, evidence is not called thin.
ENOUGH_SEEDS = 10
FEW = " (few)"
ARITHMETIC = "by arithmetic"


def decided_by(basis: Basis, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts on the claims that this basis decides; claims about other data are decided by nothing."""
    return [verdict for verdict in verdicts if verdict.claim.basis == basis and verdict.made_on is None]


def about_other_data(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts on the claims that are about another data set than the results."""
    return [verdict for verdict in verdicts if verdict.made_on is not None]


def explanation(verdict: Verdict) -> str:
    """Return the reason, that of fresh seeds if they decide otherwise, and the known cause of a claim that fails."""
    reason, fresh, cause = verdict.ruling.reason, verdict.fresh, verdict.claim.known_cause
    if fresh and differs_on_fresh_seeds(verdict):
        reason = f"{reason}. On fresh seeds alone: {fresh.ruling.reason}"
    return f"{reason}. Known cause: {cause}" if cause and verdict.decision in {"refuted", "inconclusive"} else reason


def published(verdict: Verdict) -> str:
    """Return what the document states, in its unit."""
    return FORMATS[verdict.claim.unit].value(verdict.claim.published)


def measured(verdict: Verdict) -> str:
    """Return what was measured, in its unit; nothing is a dash."""
    value = verdict.ruling.measured
    return numbers.UNKNOWN if value is None else _format(verdict).value(value)


def bounds(verdict: Verdict) -> str:
    """Return where the typical run, the difference or the share lies, in the unit of what was measured."""
    low, high = verdict.ruling.interval
    return "" if low is None or high is None else _format(verdict).interval(Interval(low, high))


def seeds(verdict: Verdict) -> str:
    """Return how many seeds a verdict rests on; of a claim that is not tested they are none."""
    if verdict.claim.basis == "spec":
        return ARITHMETIC
    if verdict.decision == "not tested":
        return numbers.UNKNOWN
    number = verdict.ruling.seeds
    return f"{number}{FEW if number < ENOUGH_SEEDS else ''}"


def found(verdict: Verdict) -> str:
    """Return the reason, with where a difference that was measured lies."""
    claim, interval = verdict.claim, bounds(verdict)
    is_difference = claim.basis == "training" and not isinstance(claim, NumberClaim | Prediction)
    if not interval or not is_difference:
        return explanation(verdict)
    reason = f"{verdict.ruling.reason} (95 % interval {interval} points)"
    return explanation(replace(verdict, ruling=replace(verdict.ruling, reason=reason)))


def _format(verdict: Verdict) -> UnitFormat:
    return FORMATS[verdict.claim.measured_unit]


def tally(verdicts: Sequence[Verdict]) -> str:
    """Return how many claims got which verdict, in one line."""
    names = get_args(Decision)
    counts = {name: sum(verdict.decision == name for verdict in verdicts) for name in names}
    return ", ".join(f"{counts[name]} {name}" for name in names if counts[name]) or "no claims"


def outcome(verdicts: Sequence[Verdict]) -> str:
    """Return what became of all claims, those that training decides first and apart from the others."""
    trained = decided_by("training", verdicts)
    parts = [f"claims on training: {tally(trained)}"] if trained else []
    parts += [arithmetic(verdicts)] if decided_by("spec", verdicts) else []
    parts += [untested(verdicts)] if decided_by("nothing", verdicts) else []
    parts += [foreign(verdicts)] if about_other_data(verdicts) else []
    text = "; ".join(parts) or "no claims"
    return f"{text[0].upper()}{text[1:]}"


def fresh_outcome(verdicts: Sequence[Verdict]) -> str:
    """Return what became of the claims on training by the fresh seeds alone; nothing where no design has any."""
    fresh = [verdict.fresh for verdict in verdicts if verdict.fresh]
    return f"By the fresh seeds alone: {tally(fresh)}." if fresh else ""


def differs_on_fresh_seeds(verdict: Verdict) -> bool:
    """Say whether the fresh seeds by themselves decide otherwise."""
    return verdict.fresh is not None and verdict.fresh.decision != verdict.decision


def arithmetic(verdicts: Sequence[Verdict]) -> str:
    """Return how many claims on shapes and counts hold."""
    exact = decided_by("spec", verdicts)
    equal = sum(verdict.decision == "reproduced" for verdict in exact)
    some = "" if equal == len(exact) else f"{equal} of "
    return f"{some}{len(exact):,} claims on shapes and parameters hold by arithmetic"


def untested(verdicts: Sequence[Verdict]) -> str:
    """Return how many statements no number here can judge."""
    return f"{numbers.plural(len(decided_by('nothing', verdicts)), 'statement')} not tested"


def foreign(verdicts: Sequence[Verdict]) -> str:
    """Return how many claims are about other data than the results, and about which."""
    found = about_other_data(verdicts)
    about = numbers.listed(sorted({verdict.made_on for verdict in found if verdict.made_on}) or ["other data"])
    return f"{numbers.plural(len(found), 'claim')} about {about} not tested on other data"
