"""A kind of claim without a rule, and so none."""

from __future__ import annotations

from typing import ClassVar

from harness.spec.claims import Claim


class Unjudged(Claim):
    """A claim that nobody wrote a rule for."""

    kind: ClassVar[str] = "unjudged"

    value: int

    @property
    def published(self) -> int:
        """The value."""
        return self.value
