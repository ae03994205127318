"""Verdicts in words: values in their units, reasons, and how many there are of which kind; judges nothing.

What training decides is counted apart from what is arithmetic, so that the one does not pass for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any, get_args

from harness.analysis.verdicts import Verdict
from harness.declaration.values import WrittenFloat
from harness.evaluations.metric import ACCURACY, LOSS
from harness.reporting import numbers
from harness.spec.claims import Basis, Decision, Unit, Value
from harness.spec.claims.metrics import NumberClaim
from harness.spec.claims.prediction import Prediction
from harness.statistics.samples import Interval

# From so many seeds on, evidence is not called thin.
ENOUGH_SEEDS = 10
FEW = " (few)"
ARITHMETIC = "by arithmetic"


@dataclass(frozen=True)
class UnitFormat:
    """How one unit's values are shown, and ranges of them."""

    value: Callable[[Any], str]
    interval: Callable[[Interval], str]


def _share(value: float | tuple[float, ...]) -> str:
    """Return a share in per cent; a published one with no more digits than it was written with."""
    if isinstance(value, tuple):
        return f"{numbers.bounds(ACCURACY, Interval(min(value), max(value)))} % ({len(value)} runs)"
    return f"{numbers.published(ACCURACY, value) if isinstance(value, WrittenFloat) else numbers.percent(value)} %"


def _plain(value: Value) -> str:
    """Return a count, a shape, a loss or a name as people read it."""
    if isinstance(value, tuple) and all(isinstance(part, int) for part in value):
        return " × ".join(map(str, value))
    if isinstance(value, tuple):
        return f"{min(value):.4f}{numbers.DASH}{max(value):.4f} ({len(value)} runs)"
    if isinstance(value, str):
        return value
    return numbers.count(value) if isinstance(value, int) else f"{value:.4f}"


FORMATS: Mapping[Unit, UnitFormat] = MappingProxyType(
    {
        Unit.PLAIN: UnitFormat(_plain, lambda found: f"{found.low:.4f}{numbers.DASH}{found.high:.4f}"),
        Unit.PERCENT: UnitFormat(_share, partial(numbers.bounds, ACCURACY)),
        Unit.SEEDS: UnitFormat(
            lambda share: f"{100 * share:.0f} %",
            lambda found: f"{100 * found.low:.0f}{numbers.DASH}{100 * found.high:.0f}",
        ),
        Unit.POINTS: UnitFormat(ACCURACY.signed, partial(numbers.difference_bounds, ACCURACY)),
        Unit.DIFFERENCE: UnitFormat(LOSS.signed, partial(numbers.difference_bounds, LOSS)),
        Unit.ORDER: UnitFormat(lambda _: "better", partial(numbers.difference_bounds, ACCURACY)),
    }
)


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
