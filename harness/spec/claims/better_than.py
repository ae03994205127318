"""A claim that the network is better than another one."""

from pydantic import Field

from harness.declaration.values import Line
from harness.evaluations.metric import TEST_ACCURACY
from harness.spec.claims.claim import Case, OrderClaim, Ruling


class BetterThan(OrderClaim):
    """The network's test accuracy is higher than another architecture's."""

    other_field = "architecture"

    architecture: Line = Field(min_length=1, description="The other architecture's name.")

    def judge(self, case: Case) -> Ruling:
        """Compare the test accuracies of both over seeds."""
        return case.better_than(self.architecture, TEST_ACCURACY)

    @property
    def subject(self) -> str:
        """The comparison's second half."""
        return f"than {self.architecture}"

    @property
    def label(self) -> str:
        """The comparison in words."""
        return f"better {self.subject}"
