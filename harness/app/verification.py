"""What training a recorded trial again says of its bits, in values, in words and as a frame; trains nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from harness.execute.engine import Outcome
from harness.planning.trial import Trial
from harness.records.compare import Cause, Mismatch, compared_values, conclusion, first_mismatch, likely_causes
from harness.records.environment import Environment
from harness.records.record import Record
from harness.reporting.numbers import plural

if TYPE_CHECKING:
    import pandas as pd

COMPARED = "data, initial weights; of each epoch order, weights, predictions, losses, accuracies"


@dataclass(frozen=True)
class Verification:
    """One trial trained again: over how many epochs it was compared, and what came out.

    ``compared`` are the digests and numbers that were held side by side. ``reason`` says why it could not be trained
    again, or what the likeliest cause of the difference is.
    """

    trial: Trial
    verdict: Literal["same", "different", "failed"]
    epochs: int
    compared: int = 0
    mismatch: Mismatch | None = None
    causes: tuple[Cause, ...] = ()
    reason: str | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """What came out, in words."""
        label = self.trial.label
        if self.verdict == "same":
            return (f"same       {label}: {plural(self.epochs, 'epoch')} ({COMPARED})",)
        if self.mismatch is None:
            return (f"failed     {label}: {self.reason}",)
        others = [f"             {cause.sentence}" for cause in self.causes[1:]]
        return (
            f"different  {label}, {self.mismatch.where}: {', '.join(self.mismatch.what)}",
            f"           {self.reason}",
            *(["           also different:", *others] if others else []),
        )


@dataclass(frozen=True, repr=False)
class VerifyResult:
    """What became of each trial, the environment of the records, and the one that they were trained in again."""

    trials: tuple[Verification, ...]
    recorded: Environment
    here: Environment

    @property
    def same(self) -> int:
        """How many trials have the same bits."""
        return sum(verified.verdict == "same" for verified in self.trials)

    @property
    def all_same(self) -> bool:
        """Whether every trial has the same bits."""
        return self.same == len(self.trials)

    @property
    def lines(self) -> tuple[str, ...]:
        """What was found, trial by trial, and what it comes to."""
        compared = sum(verified.compared for verified in self.trials if verified.verdict == "same")
        over = f" Compared: {compared:,} digests and numbers, bit by bit." if compared else ""
        total = f"{self.same} of {len(self.trials)} trials have the same bits.{over}"
        return (*(line for verified in self.trials for line in verified.lines), total)

    @property
    def frame(self) -> pd.DataFrame:
        """One row per trial."""
        import pandas as pd

        columns = ["architectures", "seed", "verdict", "epochs", "first_difference", "reason"]
        rows = [
            (
                ", ".join(verified.trial.architectures),
                verified.trial.seed,
                verified.verdict,
                verified.epochs,
                verified.mismatch.where if verified.mismatch else None,
                verified.reason,
            )
            for verified in self.trials
        ]
        return pd.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        """Return the lines as text."""
        return "\n".join(self.lines)

    def _repr_html_(self) -> str:
        """Return the frame and the last line as notebooks show them."""
        return f"{self.frame.to_html()}<p>{self.lines[-1]}</p>"


def compared_with_record(trial: Trial, record: Record, outcome: Outcome, here: Environment) -> Verification:
    """Compare what the trial gave now with its record, bit by bit.

    ``here`` is the environment where the trial's own process has not described one.
    """
    recorded, now = record.measurement, outcome.measurement
    if recorded is None or now is None:
        return Verification(trial, "failed", 0, reason=_why(outcome))
    epochs, compared = min(len(recorded.epochs), len(now.epochs)), compared_values(recorded, now)
    mismatch = first_mismatch(recorded, now)
    if mismatch is not None:
        causes = likely_causes(mismatch, record.environment, outcome.environment or here)
        return Verification(trial, "different", epochs, compared, mismatch, causes, conclusion(mismatch, causes))
    if outcome.failure is not None:
        return Verification(trial, "failed", epochs, compared, reason=_why(outcome))
    return Verification(trial, "same", epochs, compared)


def _why(outcome: Outcome) -> str:
    return outcome.failure.reason if outcome.failure else "it gave no number"
