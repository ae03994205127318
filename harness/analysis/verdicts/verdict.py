"""What a verdict says and the limits that all verdicts share; judges nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.analysis.runs import ArchitectureResults, Study
from harness.spec.claims import Claim

Outcome = Literal["reproduced", "refuted", "inconclusive", "not tested"]
Published = int | float | str | tuple[int, ...]

ALPHA = 0.05
# Below five seeds the factor of the prediction interval is above 3: nearly anything would be "reproduced".
FEWEST_SEEDS = 5


@dataclass(frozen=True)
class Verdict:
    """One claim, what the records say of it, and why.

    ``claim`` is the kind as the spec writes it and ``subject`` what it is about (``layer 3``, ``image 99``).
    ``low`` and ``high`` bound where one more run would fall (published numbers), the difference
    (``better_than``) or the share of seeds (``prediction``); an exact claim has none. ``p`` is None where
    chance has no part or too little is known; ``adjusted_p`` is the one after Holm.
    """

    architecture: str
    claim: str
    published: Published | None
    verdict: Outcome
    reason: str
    where: str
    measured: Published | None = None
    low: float | None = None
    high: float | None = None
    seeds: int = 0
    subject: str = ""
    p: float | None = None
    adjusted_p: float | None = None


@dataclass(frozen=True)
class Case:
    """A claim with the entry that makes it and the study that it is judged in."""

    claim: Claim
    entry: ArchitectureResults
    study: Study

    def verdict(self, published: Published | None, outcome: Outcome, reason: str, subject: str = "") -> Verdict:
        """Return a verdict on this claim, without numbers yet."""
        return Verdict(
            architecture=self.entry.name,
            claim=self.claim.kind,
            published=published,
            verdict=outcome,
            reason=reason,
            where=self.claim.where,
            seeds=len(self.entry.runs),
            subject=subject,
        )

    @property
    def untestable(self) -> str | None:
        """Why the numbers of training say nothing about any claim of the entry, or None where they do."""
        settings = self.study.settings
        if (settings.train_examples, settings.test_examples, settings.max_epochs) != (None, None, None):
            return "smoke results: fewer examples and epochs than the claim is about"
        if self.entry.runs:
            return None
        if self.entry.failures:
            return f"all {len(self.entry.failures)} trials failed"
        return "no trial of it is recorded"


def too_few(seeds: int) -> str | None:
    """Return why so many seeds are too few, or None where they are enough."""
    if seeds >= FEWEST_SEEDS:
        return None
    return f"{seeds} {'seed' if seeds == 1 else 'seeds'}; at least {FEWEST_SEEDS} are needed"
