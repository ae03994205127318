"""Every claim of a study: first by itself, then corrected for their number; knows no kind and no rule.

A claim that chance plays a part in has a p-value: two-sided for a published number, one-sided for ``better_than`` and
a predicted class. All of them together go through Holm's correction, so that the chance of one false "refuted" in the
whole report stays below five per cent, however the claims depend on each other; predicted classes take part, since
they can be refuted too. Exact claims carry no chance and don't count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from harness.analysis.margins import DROP_RULE, judge_drop_within, judge_needed, judge_smaller_drop
from harness.analysis.published import NUMBER_RULE, PublishedNumber, judge_number
from harness.analysis.published_runs import RUNS_RULE, judge_runs
from harness.analysis.rules import (
    DIFFERENCE_RULE,
    EQUALITY_RULE,
    SHARE_RULE,
    judge_difference,
    judge_equality,
    judge_share,
)
from harness.analysis.runs import ArchitectureResults, Study
from harness.declaration.values import WrittenFloat
from harness.evaluations.metric import BEST_EPOCH, Drop, PerRun, Quantity
from harness.planning.seeds import seed_option
from harness.spec.claims import Claim, Decision, Ruling, Value
from harness.spec.cost import LayerCost
from harness.spec.receptive import receptive_fields
from harness.statistics.multiplicity import ALPHA, holm


@dataclass(frozen=True)
class Verdict:
    """One claim, what the records say of it, and why; ``adjusted_p`` is the p-value after Holm.

    ``made_on`` is the data set that the claim is about, where the results are on another one: nothing is tested then.
    ``look`` is the number of seeds at which a sequential claim was decided; ``fresh`` is the verdict that the design's
    fresh seeds give by themselves.
    """

    architecture: str
    claim: Claim
    ruling: Ruling
    adjusted_p: float | None = None
    look: int | None = None
    fresh: Verdict | None = None
    made_on: str | None = None

    @property
    def decision(self) -> Decision:
        """The verdict in a word or two."""
        return self.ruling.decision

    @property
    def facts(self) -> dict[str, Any]:
        """What `claims --json` and notebooks give: the names are a contract, those after ``where`` are additions."""
        claim, ruling = self.claim, self.ruling
        return {
            "architecture": self.architecture,
            "claim": claim.kind,
            "published": claim.published,
            "measured": ruling.measured,
            "low": ruling.low,
            "high": ruling.high,
            "seeds": ruling.seeds,
            "verdict": ruling.decision,
            "reason": ruling.reason,
            "where": claim.where,
            "subject": claim.subject,
            "p": ruling.p,
            "adjusted_p": self.adjusted_p,
            "typical_low": ruling.typical_low,
            "typical_high": ruling.typical_high,
            "known_cause": claim.known_cause,
            "look": self.look,
            "fresh_seeds": self.fresh.ruling.seeds if self.fresh else None,
            "fresh_measured": self.fresh.ruling.measured if self.fresh else None,
            "fresh_verdict": self.fresh.decision if self.fresh else None,
            "fresh_reason": self.fresh.ruling.reason if self.fresh else None,
            "made_on": self.made_on,
            "quote": claim.quote,
        }


@dataclass(frozen=True)
class Judgement:
    """The verdicts on all claims, and how many of them the correction was made for.

    ``apart`` are those on the claims of what is never ranked, such as ablations: a family for each parent, since each
    asks another question (by which recipe were this document's numbers found?) that no other network's claims change.
    """

    verdicts: tuple[Verdict, ...]
    corrected_for: int
    apart: tuple[Verdict, ...] = ()

    @property
    def refuted(self) -> tuple[Verdict, ...]:
        """The claims that do not hold."""
        return tuple(verdict for verdict in self.verdicts if verdict.decision == "refuted")

    @property
    def rules(self) -> tuple[str, ...]:
        """How the verdicts are reached, a paragraph each."""
        claims = f"{self.corrected_for} {'claim' if self.corrected_for == 1 else 'claims'}"
        correction = (
            f"p is corrected by Holm for the {claims} that depend on chance: the chance of even one false refutation "
            "among all of them is below 5 % (where runs dip, about 14 % with five seeds and 5 % with ten)."
        )
        return NUMBER_RULE, f"{RUNS_RULE} {DIFFERENCE_RULE} {DROP_RULE} {SHARE_RULE} {EQUALITY_RULE}", correction


@dataclass(frozen=True)
class RecordedCase:
    """An architecture's runs within the study that its claims are judged in."""

    entry: ArchitectureResults
    study: Study
    alpha: float = ALPHA

    @property
    def layers(self) -> tuple[LayerCost, ...]:
        """The layers as a printed summary counts them: a composite is one."""
        return tuple(layer for layer in self.entry.cost.layers if layer.depth == 0)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of an input."""
        return self.entry.architecture.data.inputs

    @property
    def receptive_fields(self) -> tuple[tuple[int, int] | None, ...]:
        """How much of the image each of these layers sees."""
        found = receptive_fields(self.entry.architecture.layers, self.input_shape)
        return tuple(field for layer, field in zip(self.entry.cost.layers, found, strict=True) if layer.depth == 0)

    @property
    def built_parameters(self) -> tuple[int, ...]:
        """The parameters of every trained network."""
        return tuple(run.measurement.parameters for run in self.entry.runs)

    @property
    def trainable_parameters(self) -> int:
        """The weights that the last recipe trains, as the spec has them."""
        frozen = set(self.entry.architecture.recipe.frozen)
        rows = [row for row in self.entry.cost.layers if row.number in frozen]
        return self.entry.cost.trainable_parameters - sum(row.trainable_parameters for row in rows)

    def values(self, quantity: Quantity) -> tuple[float, ...]:
        """Return the quantity after the last epoch, one value per seed."""
        return self.entry.values(quantity)

    def predictions(self, evaluation: str, image: int) -> tuple[int, ...]:
        """Return the class of an image that each seed predicts, for the seeds whose predictions are recorded."""
        recorded = [run.predicted(evaluation) for run in self.entry.runs]
        return tuple(int(classes[image]) for classes in recorded if classes is not None and image < len(classes))

    def after(self, epoch: int) -> RecordedCase:
        """Return the same case with its runs up to an earlier epoch."""
        return replace(self, entry=replace(self.entry, runs=tuple(run.until(epoch) for run in self.entry.runs)))

    def equal(self, published: Value, measured: Value, origin: str) -> Ruling:
        """Judge by equality: an untrained network can be judged too."""
        return judge_equality(published, measured, origin, len(self.entry.runs))

    def published_number(self, published: WrittenFloat, quantity: Quantity, margin: float) -> Ruling:
        """Judge a number of one run."""
        values = self.values(quantity)
        number = PublishedNumber(float(published), published.half_unit, margin, quantity.metric)
        return self._unrecorded(values) or judge_number(values, number, self.alpha)

    def published_runs(self, published: Sequence[WrittenFloat], quantity: Quantity, margin: float) -> Ruling:
        """Judge the numbers of several runs of one recipe."""
        values = self.values(quantity)
        half_unit = max(number.half_unit for number in published)
        return self._unrecorded(values) or judge_runs(
            values, published, half_unit + margin, quantity.metric, self.alpha
        )

    def best_epoch(self, published: int, margin: float) -> Ruling:
        """Judge the epoch whose weights counted in one run."""
        values = tuple(float(run.counted or len(run.epochs)) for run in self.entry.runs)
        number = PublishedNumber(float(published), 0.5, margin, BEST_EPOCH)
        return self._unrecorded(values) or judge_number(values, number, self.alpha)

    def most_seeds(self, published: int, predicted: Sequence[int]) -> Ruling:
        """Judge a class by the share of seeds that predict it."""
        missing = "" if predicted else "no prediction for this image is recorded"
        return self._untested(missing) or judge_share(published, predicted, self.alpha)

    def better_than(self, other: str, quantity: Quantity) -> Ruling:
        """Judge whether the quantity is better than that of another architecture of the study."""
        rival = self.study.named(other)
        if rival is None:
            return self.without_numbers("not tested", self._obstacle or f"{other} is not in this report")
        missing = "" if rival.runs else self._not_yet([rival], quantity)
        return self._untested(missing) or judge_difference(self.entry, rival, quantity)

    def smaller_drop(self, other: str, drop: Drop) -> Ruling:
        """Judge whether less is lost than in another architecture of the study."""
        rival = self.study.named(other)
        if rival is None:
            return self.without_numbers("not tested", self._obstacle or f"{other} is not in this report")
        return self._unmeasured(drop, self.entry, rival) or judge_smaller_drop(self.entry, rival, drop)

    def drop_within(self, margin: float, drop: Drop) -> Ruling:
        """Judge whether no more than the margin is lost."""
        return self._unmeasured(drop, self.entry) or judge_drop_within(self.entry, drop, margin)

    def needed(self, without: str, quantity: Quantity, margin: float) -> Ruling:
        """Judge whether another architecture of the study, which lacks something, is worse by more than the margin."""
        rival = self.study.named(without)
        if rival is None:
            return self.without_numbers("not tested", self._obstacle or f"{without} is not in this report")
        if rival.failures and not self._obstacle:
            return judge_needed(self.entry, rival, quantity, margin)
        return self._unmeasured(quantity, self.entry, rival) or judge_needed(self.entry, rival, quantity, margin)

    def _unmeasured(self, quantity: PerRun, *entries: ArchitectureResults) -> Ruling | None:
        """Return that the claim is not tested yet, with the command that measures what is missing."""
        if self.study.settings.is_cut:
            return self._untested("")
        missing = [entry for entry in entries if not entry.values(quantity)]
        return self.without_numbers("not tested", self._not_yet(missing, quantity)) if missing else None

    def _not_yet(self, missing: Sequence[ArchitectureResults], quantity: PerRun) -> str:
        evaluations = ",".join(sorted(quantity.evaluations))
        words = ["bench run", *(entry.name for entry in missing)]
        words += [f"--evaluate {evaluations}"] if evaluations else []
        words += [f"--seeds {seed_option(self.study.design.seeds)}"] if self.study.design else []
        return f"not measured yet; '{' '.join(words)}' does"

    def without_numbers(self, decision: Decision, reason: str) -> Ruling:
        """Return a ruling that measures nothing."""
        return Ruling(decision, reason, len(self.entry.runs))

    def _unrecorded(self, values: Sequence[float]) -> Ruling | None:
        return self._untested("" if values else "what it is about is not recorded")

    def _untested(self, missing: str) -> Ruling | None:
        obstacle = self._obstacle or missing
        return self.without_numbers("not tested", obstacle) if obstacle else None

    @property
    def _obstacle(self) -> str:
        """Why the numbers of training say nothing about any claim; empty where they do."""
        if self.study.settings.is_cut:
            return "smoke results: fewer examples and epochs than the claim is about"
        if self.entry.runs:
            return ""
        failures = len(self.entry.failures)
        return f"all {failures} trials failed" if failures else "no trial is recorded"


def judge(study: Study, alpha: float = ALPHA) -> Judgement:
    """Return the verdict on every claim, in the order of architectures and of their specs; foreign ones come last.

    ``alpha`` is the level of each question: lower for one of several looks at the same claims. Which runs are judged
    is the study's choice.
    """
    verdicts = tuple(_family(study.entries, study, alpha))
    apart = chain.from_iterable(_family(entries, study, alpha) for entries in _by_parent(study.apart))
    return Judgement(verdicts, sum(verdict.adjusted_p is not None for verdict in verdicts), tuple(apart))


def _by_parent(entries: Iterable[ArchitectureResults]) -> Iterable[list[ArchitectureResults]]:
    """Return what is derived from each parent, in the order of the parents' first; what has none is a group too."""
    groups = dict[Path | None, list[ArchitectureResults]]()
    for entry in entries:
        derivation = entry.architecture.derivation
        groups.setdefault(derivation.parent.path if derivation else None, []).append(entry)
    return groups.values()


def _family(entries: Iterable[ArchitectureResults], study: Study, alpha: float) -> Iterator[Verdict]:
    """Yield the verdicts on the claims of these architectures, corrected for their number."""
    found = [
        Verdict(entry.name, claim, claim.judge(RecordedCase(entry, study, alpha)))
        for entry in entries
        for claim in entry.architecture.claims
    ]
    adjusted = holm([verdict.ruling.p for verdict in found])
    claims = sum(p is not None for p in adjusted)
    for verdict, p in zip(found, adjusted, strict=True):
        if p is None:
            yield verdict
        else:
            yield replace(verdict, ruling=verdict.ruling.corrected(p, claims, alpha), adjusted_p=p)
    yield from _foreign(entries)


def _foreign(entries: Iterable[ArchitectureResults]) -> Iterator[Verdict]:
    """Yield the claims that were made on other data than the results, which are not tested."""
    for entry in entries:
        about, data = entry.architecture.documented_on, entry.architecture.dataset
        reason = f"the claim is about {about}, and these results are on {data}"
        for claim in entry.architecture.foreign_claims:
            yield Verdict(entry.name, claim, Ruling("not tested", reason, len(entry.runs)), made_on=about)
