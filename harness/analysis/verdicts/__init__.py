"""Judges every claim of every architecture against the records; changes neither."""

from harness.analysis.verdicts.judging import Judgement, Verdict, judge

__all__ = ["Judgement", "Verdict", "judge"]
