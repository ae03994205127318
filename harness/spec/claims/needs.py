"""A claim that a network can't do without something: its derived spec without it is clearly worse."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from harness.declaration.values import Line
from harness.evaluations.metric import TEST_ACCURACY
from harness.spec.claims.claim import Case, Claim, Ruling, Unit
from harness.spec.claims.metrics import SHARE_MARGIN


class Needs(Claim):
    """Without this the test accuracy is lower by more than .30 points; how often training fails is said beside it."""

    what: Line = Field(min_length=1, description="What is needed, in a few words: rescaled inputs.")
    without: Line = Field(min_length=1, description="Name of the architecture that does without it.")

    @property
    def published(self) -> str:
        """The architecture that is worse."""
        return self.without

    @property
    def unit(self) -> Unit:
        """Which of the two is better."""
        return Unit.ORDER

    def judge(self, case: Case) -> Ruling:
        """Compare the test accuracies of both over seeds with the margin."""
        return case.needed(self.without, TEST_ACCURACY, SHARE_MARGIN)

    @property
    def measured_unit(self) -> Unit:
        """The difference of the accuracies."""
        return Unit.POINTS

    @property
    def others(self) -> Mapping[str, str]:
        """The one without it."""
        return {"without": self.without}

    @property
    def subject(self) -> str:
        """What is needed."""
        return self.what

    @property
    def label(self) -> str:
        """The claim in words."""
        return f"worse without {self.what}"

    def __str__(self) -> str:
        """Return the claim in words: it has no value."""
        return self.label
