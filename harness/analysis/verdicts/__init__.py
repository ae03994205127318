"""Judges every claim of every architecture against the records; changes neither."""

from harness.analysis.verdicts.judging import Judgement, judge
from harness.analysis.verdicts.verdict import Outcome, Verdict

__all__ = ["Judgement", "Outcome", "Verdict", "judge"]
