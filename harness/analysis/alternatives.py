"""Networks derived from a document's: its numbers by their recipes, which of them fit, and their own claims."""

from __future__ import annotations

from dataclasses import dataclass

from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.analysis.verdicts import Verdict
from harness.spec.claims.metrics import NumberClaim


@dataclass(frozen=True)
class OtherRecipe:
    """An architecture that was trained by another recipe, with the verdicts on the document's numbers under it."""

    name: str
    verdicts: tuple[Verdict, ...]

    @property
    def fits(self) -> bool:
        """Whether all of the numbers are reproduced."""
        return all(verdict.decision == "reproduced" for verdict in self.verdicts)

    @property
    def least_p(self) -> float | None:
        """The p-value, before any correction, of the number that is hardest to have been one run; None: unknown."""
        known = [verdict.ruling.p for verdict in self.verdicts if verdict.ruling.p is not None]
        return min(known) if len(known) == len(self.verdicts) else None


def other_recipes(entry: ArchitectureResults, findings: Findings) -> tuple[OtherRecipe, ...]:
    """Return the recipes that were tried for a document's numbers and trained, in the order of their names."""
    tested = [verdict for verdict in _tested(entry, findings) if isinstance(verdict.claim, NumberClaim)]
    names = dict.fromkeys(verdict.architecture for verdict in tested)
    return tuple(OtherRecipe(name, tuple(one for one in tested if one.architecture == name)) for name in names)


def other_claims(entry: ArchitectureResults, findings: Findings) -> tuple[Verdict, ...]:
    """Return the verdicts on what is derived from the document's network that are about no number of the document."""
    return tuple(verdict for verdict in _tested(entry, findings) if not isinstance(verdict.claim, NumberClaim))


def own_recipe(entry: ArchitectureResults, others: tuple[OtherRecipe, ...], findings: Findings) -> OtherRecipe | None:
    """Return the verdicts on the same numbers by the architecture's own recipe; None where it lacks one of them."""
    numbers = dict.fromkeys(published_number(verdict) for other in others for verdict in other.verdicts)
    own = {
        published_number(verdict): verdict
        for verdict in findings.judgement.verdicts
        if verdict.architecture == entry.name
    }
    found = [own.get(number) for number in numbers]
    tested = tuple(one for one in found if one is not None and one.decision != "not tested")
    return OtherRecipe(entry.name, tested) if tested and len(tested) == len(numbers) else None


def published_number(verdict: Verdict) -> tuple[str, str, str]:
    """Return what a published number is told by: its kind, its digits and its place in the document."""
    return verdict.claim.kind, str(verdict.claim.published), verdict.claim.where


def _tested(entry: ArchitectureResults, findings: Findings) -> list[Verdict]:
    own = [verdict for verdict in findings.judgement.apart if _is_of(entry, verdict, findings)]
    return [verdict for verdict in own if verdict.decision != "not tested" and verdict.claim.basis == "training"]


def _is_of(entry: ArchitectureResults, verdict: Verdict, findings: Findings) -> bool:
    """Say whether a verdict apart is about what is derived from the document's architecture."""
    named = findings.study.named(verdict.architecture)
    derivation = named.architecture.derivation if named else None
    return derivation is not None and derivation.parent.path == entry.architecture.path
