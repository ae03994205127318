"""The rule for claims that chance has no part in, such as parameters and shapes: equality."""

from __future__ import annotations

from harness.spec.claims import Ruling, Value

RULE = "Shapes and parameters are judged by equality."


def judge_equality(published: Value, measured: Value, origin: str, seeds: int) -> Ruling:
    """Return the ruling on ``measured``, of which ``origin`` says where it comes from."""
    if published == measured:
        return Ruling("reproduced", f"equal; {origin}", seeds, measured)
    return Ruling("refuted", f"not equal: {_in_words(measured)} {origin}", seeds, measured)


def _in_words(value: Value) -> str:
    return " × ".join(map(str, value)) if isinstance(value, tuple) else str(value)
