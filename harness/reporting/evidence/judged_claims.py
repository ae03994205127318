"""What a figure is made of: one document's claims of one kind, with the runs that they were judged on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.analysis.runs import ArchitectureResults, Study
from harness.spec.claims import Claim


@dataclass(frozen=True)
class JudgedClaims:
    """The tested claims of one kind that an architecture has, and the study on the seeds of their verdicts."""

    entry: ArchitectureResults
    claims: tuple[Claim, ...]
    study: Study

    @property
    def compared(self) -> tuple[ArchitectureResults, ...]:
        """The architecture and those that the claims compare it with, each once."""
        return tuple({entry.name: entry for entry in (self.entry, *self._others())}.values())

    @property
    def question(self) -> str:
        """What the figure answers, in the words that stand beside the verdicts."""
        labels = dict.fromkeys(claim.label for claim in self.claims)
        return " ".join(f"{label[:1].upper()}{label[1:]}?" for label in labels)

    def _others(self) -> Iterator[ArchitectureResults]:
        for claim in self.claims:
            found = (self.study.named(name) for name in claim.others.values())
            yield from (other for other in found if other is not None)
