"""A claim that a network can't do without something: its derived spec without it is clearly worse."""

from pydantic import Field

from harness.declaration.values import Line
from harness.evaluations.metric import TEST_ACCURACY
from harness.spec.claims.claim import Case, OrderClaim, Ruling
from harness.spec.claims.metrics import SHARE_MARGIN


class Needs(OrderClaim):
    """Without this the test accuracy is lower by more than .30 points, however high it still is.

    How often training fails is said beside it.
    """

    other_field = "without"

    what: Line = Field(min_length=1, description="What is needed, in a few words: rescaled inputs.")
    without: Line = Field(min_length=1, description="Name of the architecture that does without it.")

    def judge(self, case: Case) -> Ruling:
        """Compare the test accuracies of both over seeds with the margin."""
        return case.needed(self.without, TEST_ACCURACY, SHARE_MARGIN)

    @property
    def subject(self) -> str:
        """What is needed."""
        return self.what

    @property
    def label(self) -> str:
        """The claim in words."""
        return f"worse without {self.what}"
