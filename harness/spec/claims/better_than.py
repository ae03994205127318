"""A claim that compares with another architecture."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from harness.declaration.values import Line
from harness.evaluations.metric import TEST_ACCURACY
from harness.spec.claims.claim import Case, Claim, Ruling, Unit


class BetterThan(Claim):
    """The network's test accuracy is higher than another architecture's."""

    architecture: Line = Field(min_length=1, description="The other architecture's name.")

    @property
    def published(self) -> str:
        """The other architecture."""
        return self.architecture

    def judge(self, case: Case) -> Ruling:
        """Compare the test accuracies of both over seeds."""
        return case.better_than(self.architecture, TEST_ACCURACY)

    @property
    def unit(self) -> Unit:
        """Which of the two is better."""
        return Unit.ORDER

    @property
    def measured_unit(self) -> Unit:
        """The difference of their accuracies."""
        return Unit.POINTS

    @property
    def others(self) -> Mapping[str, str]:
        """The one that it compares with."""
        return {"architecture": self.architecture}

    @property
    def subject(self) -> str:
        """The comparison's second half."""
        return f"than {self.architecture}"

    @property
    def label(self) -> str:
        """The comparison in words."""
        return f"better {self.subject}"

    def __str__(self) -> str:
        """Return the comparison in words: it has no value."""
        return self.label
