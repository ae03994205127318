"""A judge in place of the rules: claims are decided from a number of seeds on, whatever these gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.analysis.runs import ArchitectureResults, Study
from harness.analysis.verdicts import Judgement, Verdict
from harness.spec.claims import Decision, Ruling
from harness.statistics.multiplicity import ALPHA


@dataclass
class FakeJudge:
    """Decides every claim of an architecture from a number of seeds on, and remembers what it was asked."""

    decides: Mapping[str, int]
    decision: Decision = "reproduced"
    asked: list[tuple[dict[str, int], float]] = field(default_factory=list)

    def __call__(self, study: Study, alpha: float = ALPHA) -> Judgement:
        seeds = {one.name: len(one.runs) for one in study.entries}
        self.asked.append((seeds, alpha))
        claims = [(one, claim) for one in study.entries for claim in one.architecture.claims]
        return Judgement(tuple(Verdict(one.name, claim, self.ruling(one)) for one, claim in claims), len(claims))

    def ruling(self, one: ArchitectureResults) -> Ruling:
        seeds = len(one.runs)
        decided = seeds >= self.decides.get(one.name, 1_000)
        return Ruling(self.decision if decided else "inconclusive", "as it is", seeds)
