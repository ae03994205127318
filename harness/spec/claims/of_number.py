"""What claims about a measured number share; it is no kind by itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import Field

from harness.declaration.values import WrittenFloat
from harness.spec.claims.claim import Case, Claim, Ruling

PublishedShare = Annotated[
    WrittenFloat,
    Field(
        ge=0,
        le=1,
        description="As published, every digit: 0.9902, not 99.02.",
        json_schema_extra={"minimum": 0, "maximum": 1},
    ),
]
PublishedLoss = Annotated[
    WrittenFloat,
    Field(ge=0, description="As published, every digit.", json_schema_extra={"minimum": 0}),
]

# Half-widths above which an interval confirms nothing: .30 points of accuracy, which is about a third of the error of
# these networks, and so a third of a published loss.
WIDEST_SHARE = 0.0030
WIDEST_PART_OF_LOSS = 1 / 3


class NumberClaim(Claim):
    """One run of the document gave this number for a metric."""

    evaluation: ClassVar[str]
    metric: ClassVar[str]

    value: WrittenFloat

    @property
    def published(self) -> WrittenFloat:
        """The number, with every digit as published."""
        return self.value

    @property
    @abstractmethod
    def widest(self) -> float:
        """The largest half-width of an interval that can confirm the number."""

    def judge(self, case: Case) -> Ruling:
        """Compare with the values of the metric over seeds."""
        return case.published_number(self.published, case.values(self.evaluation, self.metric), self.widest)


def published_accuracy(claims: Iterable[Claim]) -> WrittenFloat | None:
    """Return the published test accuracy that is written with the most digits, if there is one."""
    numbers = (claim for claim in claims if isinstance(claim, NumberClaim))
    values = [claim.published for claim in numbers if (claim.evaluation, claim.metric) == ("test", "accuracy")]
    return max(values, key=lambda value: value.decimals, default=None)
