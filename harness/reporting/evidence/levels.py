"""Accuracy on test images that are changed more and more, of a network beside those that it is compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.analysis.runs import ArchitectureResults
from harness.evaluations.evaluation import find_evaluation
from harness.evaluations.metric import Quantity
from harness.evaluations.transformed import Transformed
from harness.reporting import numbers
from harness.reporting.evidence.judged_claims import JudgedClaims
from harness.spec.claims.drops import LearnsLocalPatterns, ToleratesShift

TITLES = {
    ToleratesShift: "Shifted test images that keep all their ink",
    LearnsLocalPatterns: "Test images in shuffled tiles",
}
# The field of a claim that says how far the images are changed.
LEVEL = {ToleratesShift: "pixels", LearnsLocalPatterns: "tiles"}


@dataclass(frozen=True)
class LevelCurve:
    """One architecture's accuracy at each level: mean, lowest and highest over the seeds."""

    name: str
    means: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]


@dataclass(frozen=True)
class Levels:
    """Curves over ``levels`` in ``unit``, the place of the one that was judged, and the share that guessing gives."""

    title: str
    unit: str
    levels: tuple[str, ...]
    judged: int
    guessing: float
    curves: tuple[LevelCurve, ...]

    @property
    def description(self) -> str:
        """What is seen, in words."""
        told = "; ".join(map(self._told, self.curves))
        return f"{self.title}, accuracy by {self.unit}, mean over the seeds: {told}"

    def _told(self, curve: LevelCurve) -> str:
        places = sorted({0, self.judged, len(self.levels) - 1})
        shares = (f"{numbers.percent(curve.means[place], 1)} % at {self.levels[place]}" for place in places)
        return f"{curve.name} {', '.join(shares)}"


def levels(judged: JudgedClaims) -> Levels | None:
    """Return the curves of all networks that every level is recorded of; None without one."""
    claim, kind = judged.claims[0], type(judged.claims[0])
    if not isinstance(claim, ToleratesShift | LearnsLocalPatterns):
        return None
    change = find_evaluation(claim.drop.after.evaluation)
    if not isinstance(change, Transformed):
        return None
    steps = sorted((change.unchanged, *change.levels))
    copies = [claim.model_copy(update={LEVEL[kind]: step}) for step in steps if step != change.unchanged]
    curves = tuple(_curves(judged, (claim.drop.before, *(copy.drop.after for copy in copies))))
    return Levels(
        TITLES[kind],
        change.unit,
        tuple(f"{step:g}" for step in steps),
        steps.index(getattr(claim, LEVEL[kind])),
        1 / len(judged.entry.architecture.data.classes),
        curves,
    )


def _curves(judged: JudgedClaims, quantities: tuple[Quantity, ...]) -> Iterator[LevelCurve]:
    for entry in (*judged.compared, *_turned_round(judged)):
        values = [entry.values(quantity) for quantity in quantities]
        if all(values):
            means = tuple(sum(found) / len(found) for found in values)
            yield LevelCurve(entry.name, means, tuple(map(min, values)), tuple(map(max, values)))


def _turned_round(judged: JudgedClaims) -> Iterator[ArchitectureResults]:
    """Yield what is never ranked and has such a claim against the architecture, such as training on shifted images."""
    kind = type(judged.claims[0])
    for entry in judged.study.apart:
        claims = entry.architecture.claims
        if any(isinstance(claim, kind) and judged.entry.name in claim.others.values() for claim in claims):
            yield entry
