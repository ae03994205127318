"""What training a recorded trial again says of its bits; the engine that trains is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.execute.engine import Outcome
from harness.plan.trial import Trial
from harness.records.causes import Cause, conclusion, likely_causes
from harness.records.compare import Mismatch, compared_values, first_mismatch
from harness.records.environment import Environment
from harness.records.record import Measurement, Record

Verdict = Literal["same", "different", "failed"]


@dataclass(frozen=True)
class Verification:
    """One trial trained again: over how many epochs it was compared, and what came out.

    ``values`` are the digests and numbers that were held side by side.
    ``reason`` says why it could not be trained again, or what the likeliest cause of the difference is.
    """

    trial: Trial
    verdict: Verdict
    epochs: int
    values: int = 0
    mismatch: Mismatch | None = None
    causes: tuple[Cause, ...] = ()
    reason: str | None = None


def verify(trial: Trial, record: Record, outcome: Outcome, here: Environment) -> Verification:
    """Compare what the trial gave now with its record, bit by bit.

    ``here`` is the environment where the trial's own process has not described one.
    """
    recorded, now = record.measurement, outcome.measurement
    if recorded is None or now is None:
        return Verification(trial, "failed", 0, reason=_why(outcome))
    epochs, values = _shared_epochs(recorded, now), compared_values(recorded, now)
    mismatch = first_mismatch(recorded, now)
    if mismatch is not None:
        causes = likely_causes(mismatch, record.environment, outcome.environment or here)
        return Verification(trial, "different", epochs, values, mismatch, causes, conclusion(mismatch, causes))
    if outcome.failure is not None:
        return Verification(trial, "failed", epochs, values, reason=_why(outcome))
    return Verification(trial, "same", epochs, values)


def _shared_epochs(one: Measurement, other: Measurement) -> int:
    return min(len(one.epochs), len(other.epochs))


def _why(outcome: Outcome) -> str:
    return outcome.failure.reason if outcome.failure else "no number came back"
