"""Every claim of a study: first by itself, then corrected for their number; knows no kind and no rule.

A claim that chance plays a part in has a p-value: two-sided for a published number, one-sided for
``better_than``. All of them together go through Holm's correction, so that the chance of one false
"refuted" in the whole report stays below five per cent, however the claims depend on each other. Exact
claims carry no chance and don't count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.analysis.runs import Study
from harness.analysis.verdicts.case import RecordedCase
from harness.analysis.verdicts.difference import RULE as DIFFERENCE
from harness.analysis.verdicts.equality import RULE as EQUALITY
from harness.analysis.verdicts.number import RULE as NUMBER
from harness.analysis.verdicts.share import RULE as SHARE
from harness.spec.claims import Claim, Decision, Ruling
from harness.statistics.comparisons import holm


@dataclass(frozen=True)
class Verdict:
    """One claim, what the records say of it, and why; ``adjusted_p`` is the p-value after Holm."""

    architecture: str
    claim: Claim
    ruling: Ruling
    adjusted_p: float | None = None

    @property
    def decision(self) -> Decision:
        """The verdict in a word or two."""
        return self.ruling.decision

    @property
    def facts(self) -> dict[str, Any]:
        """What `claims --json` and notebooks give: the names are a contract, those after ``where`` are additions."""
        claim, ruling = self.claim, self.ruling
        return {
            "architecture": self.architecture,
            "claim": claim.kind,
            "published": claim.published,
            "measured": ruling.measured,
            "low": ruling.low,
            "high": ruling.high,
            "seeds": ruling.seeds,
            "verdict": ruling.decision,
            "reason": ruling.reason,
            "where": claim.where,
            "subject": claim.subject,
            "p": ruling.p,
            "adjusted_p": self.adjusted_p,
        }


@dataclass(frozen=True)
class Judgement:
    """The verdicts on all claims, and how many of them the correction was made for."""

    verdicts: tuple[Verdict, ...]
    corrected_for: int

    @property
    def refuted(self) -> tuple[Verdict, ...]:
        """The claims that do not hold."""
        return tuple(verdict for verdict in self.verdicts if verdict.decision == "refuted")

    @property
    def rules(self) -> tuple[str, ...]:
        """How the verdicts are reached, a few sentences a rule."""
        claims = f"{self.corrected_for} {'claim' if self.corrected_for == 1 else 'claims'}"
        correction = (
            f"Holm's correction covers the {claims} that chance decides here, so that one false alarm among all of "
            "them has a chance below 5 %."
        )
        return NUMBER, DIFFERENCE, correction, SHARE, EQUALITY


def judge(study: Study) -> Judgement:
    """Return the verdict on every claim, in the order of architectures and of their specs."""
    found = [
        Verdict(entry.name, claim, claim.judge(RecordedCase(entry, study)))
        for entry in study.entries
        for claim in entry.architecture.claims
    ]
    chances = [verdict.ruling.p for verdict in found if verdict.ruling.p is not None]
    adjusted = iter(holm(chances))
    return Judgement(
        tuple(
            verdict if verdict.ruling.p is None else _corrected(verdict, next(adjusted), len(chances))
            for verdict in found
        ),
        len(chances),
    )


def _corrected(verdict: Verdict, adjusted_p: float, claims: int) -> Verdict:
    return Verdict(verdict.architecture, verdict.claim, verdict.ruling.corrected(adjusted_p, claims), adjusted_p)
