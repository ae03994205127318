"""Every claim of a study: first by itself, then corrected for their number; writes no sentence of its own.

A claim that chance plays a part in has a p-value: two-sided for a published number, one-sided for
``better_than``. All of them together go through Holm's correction, so that the chance of one false
"refuted" in the whole report stays below five per cent, however the claims depend on each other. Exact
claims carry no chance and don't count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.analysis.runs import Study
from harness.analysis.verdicts.exact import judge_layer_parameters, judge_output_shape, judge_parameters
from harness.analysis.verdicts.images import judge_prediction
from harness.analysis.verdicts.published import conclude_number, judge_number
from harness.analysis.verdicts.rivals import conclude_better_than, judge_better_than
from harness.analysis.verdicts.verdict import Case, Verdict
from harness.spec.claims import (
    BetterThan,
    LayerParameters,
    OutputShape,
    Parameters,
    Prediction,
    Statement,
    TestAccuracy,
    TestLoss,
    TrainAccuracy,
)
from harness.statistics.comparisons import holm


@dataclass(frozen=True)
class Judgement:
    """The verdicts on all claims, and how many of them the correction was made for."""

    verdicts: tuple[Verdict, ...]
    corrected_for: int

    @property
    def refuted(self) -> tuple[Verdict, ...]:
        """The claims that do not hold."""
        return tuple(verdict for verdict in self.verdicts if verdict.verdict == "refuted")


def judge(study: Study) -> Judgement:
    """Return the verdict on every claim, in the order of architectures and of their specs."""
    cases = [Case(claim, one, study) for one in study.entries for claim in one.architecture.claims]
    verdicts = [judge_alone(case) for case in cases]
    chances = [verdict.p for verdict in verdicts if verdict.p is not None]
    adjusted = iter(holm(chances))
    corrected = (
        verdict if verdict.p is None else _conclude(replace(verdict, adjusted_p=next(adjusted)), len(chances))
        for verdict in verdicts
    )
    return Judgement(tuple(corrected), len(chances))


def judge_alone(case: Case) -> Verdict:  # noqa: PLR0911 - one return per kind of claim
    """Return the verdict on one claim before the correction for the others."""
    match case.claim:
        case Parameters() as claim:
            return judge_parameters(case, claim)
        case LayerParameters() as claim:
            return judge_layer_parameters(case, claim)
        case OutputShape() as claim:
            return judge_output_shape(case, claim)
        case TestAccuracy() | TestLoss() | TrainAccuracy() as claim:
            return judge_number(case, claim)
        case Prediction() as claim:
            return judge_prediction(case, claim)
        case BetterThan() as claim:
            return judge_better_than(case, claim)
        case Statement() as claim:
            return case.verdict(claim.text, "not tested", claim.reason)
        case claim:
            return case.verdict(None, "not tested", f"no rule to judge a claim of kind {claim.kind}")


def _conclude(verdict: Verdict, claims: int) -> Verdict:
    if verdict.claim == BetterThan.kind:
        return conclude_better_than(verdict, claims)
    return conclude_number(verdict, claims)
