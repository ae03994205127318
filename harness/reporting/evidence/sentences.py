"""Which figures stand with a document's sentences: by the kinds of its claims, of those alone that were tested."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.analysis.findings import Findings
from harness.analysis.verdicts import Verdict
from harness.reporting.evidence.judged_claims import JudgedClaims
from harness.reporting.evidence.levels import Levels, levels
from harness.reporting.evidence.recipes import Recipes, recipes
from harness.reporting.evidence.seeds import Rows, accuracies, gaps
from harness.reporting.evidence.sizes import Changes, Sights, changes, sights
from harness.reporting.sections.alternatives import RECIPES
from harness.reporting.sections.documents import documented, figure_name
from harness.spec.claims import Claim

Data = Levels | Rows | Changes | Sights | Recipes
# What a figure shows, by the kind of the claim.
SHOWN: Mapping[str, Callable[[JudgedClaims], Data | None]] = {
    "learns_local_patterns": levels,
    "tolerates_shift": levels,
    "needs": accuracies,
    "better_than": accuracies,
    "gap_smaller_than": gaps,
    "halves": changes,
    "sees_more": sights,
}


@dataclass(frozen=True)
class Evidence:
    """What one figure shows, its name, and the architecture whose document it stands with."""

    architecture: str
    name: str
    data: Data


def evidence(findings: Findings) -> Iterator[Evidence]:
    """Yield the figures of every document, in the order of its claims."""
    study = findings.study.judged
    for entry, verdicts in documented(findings):
        judged = study.named(entry.name) or entry
        shown = {kind: SHOWN[kind](JudgedClaims(judged, claims, study)) for kind, claims in _tested(verdicts).items()}
        for kind, data in (*shown.items(), (RECIPES, recipes(entry, findings))):
            if data is not None:
                yield Evidence(entry.name, figure_name(entry, kind), data)


def _tested(verdicts: Sequence[Verdict]) -> Mapping[str, tuple[Claim, ...]]:
    """Return the claims that figures are for, by their kind; what was not tested has none."""
    tested = [verdict.claim for verdict in verdicts if verdict.decision != "not tested"]
    kinds = dict.fromkeys(claim.kind for claim in tested if claim.kind in SHOWN)
    return {kind: tuple(claim for claim in tested if claim.kind == kind) for kind in kinds}
