"""A kind of claim without a rule, and so none."""

from __future__ import annotations

from harness.spec.claims import ValueClaim


class Unjudged(ValueClaim):
    """A claim that nobody wrote a rule for."""

    value: int
