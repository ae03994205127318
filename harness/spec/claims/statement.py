"""A claim that no number here can judge."""

from pydantic import Field

from harness.declaration.values import Text
from harness.spec.claims.claim import Case, Claim, Ruling


class Statement(Claim):
    """Something the document says that these numbers can't judge; it is listed as not tested, with the reason."""

    basis = "nothing"

    text: Text = Field(min_length=1, description="What it says, in your own words.")
    reason: Text = Field(min_length=1, description="Why the numbers here can't judge it.")

    @property
    def published(self) -> str:
        """What the document says."""
        return self.text

    def judge(self, case: Case) -> Ruling:
        """Give the reason why it is not tested."""
        return case.without_numbers("not tested", self.reason)
