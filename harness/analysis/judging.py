"""Verdicts on the seeds that a design allows: preset ones, fresh ones by themselves, and looks until decided.

A sequential claim is judged at 10, 20 and 40 seeds, each time at a third of the level, and the first look that decides
it counts. A third at each look, whatever the data: by Bonferroni's inequality, the chance that any of the three errs is
at most the level, for false refutations among all claims (Holm at each look, over all of them) as for a false
"reproduced". Stopping at seeds of one's choice has no such bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from harness.analysis.runs import ArchitectureResults, Study
from harness.analysis.verdicts import Judgement, Verdict, judge
from harness.planning.seeds import LOOKS
from harness.records.design import Design, UntilDecided
from harness.spec.claims import Claim, Ruling
from harness.statistics.multiplicity import ALPHA

LEVEL = ALPHA / len(LOOKS)
DECIDED = ("reproduced", "refuted")


@dataclass(frozen=True)
class OpenClaim:
    """A claim that further seeds may decide: the next look is at ``seeds``, for which the ``missing`` lack some.

    ``about`` are the names of its architecture and of those that it compares with.
    """

    claim: Claim
    about: tuple[str, ...]
    seeds: int
    missing: tuple[str, ...]

    @property
    def architecture(self) -> str:
        """The architecture whose claim it is."""
        return self.about[0]


@dataclass(frozen=True)
class Looked:
    """What the looks have come to: verdicts by their place among all, and the claims that wait for seeds."""

    verdicts: Mapping[int, Verdict] = field(default_factory=dict)
    open: tuple[OpenClaim, ...] = ()


def judge_by_design(study: Study) -> Judgement:
    """Return the verdict on every claim, each on the seeds that the study's design allows; without one, on all."""
    design = study.design
    if design is None:
        return judge(study)
    judged = judge(study.judged)
    looked = look(study).verdicts
    verdicts = [looked.get(place, verdict) for place, verdict in enumerate(judged.verdicts)]
    return replace(judged, verdicts=tuple(_with_fresh(verdicts, study, design)))


def _with_fresh(verdicts: list[Verdict], study: Study, design: Design) -> Iterator[Verdict]:
    """Yield each verdict of training with the one that the fresh seeds alone give, where there are any."""
    if design.claims is None or design.claims.fresh is None:
        yield from verdicts
        return
    for verdict, fresh in zip(verdicts, judge(study.on(design.claims.fresh)).verdicts, strict=True):
        tested = verdict.claim.basis == "training" and fresh.ruling.seeds and fresh.decision != "not tested"
        yield replace(verdict, fresh=fresh) if tested else verdict


def look(study: Study) -> Looked:
    """Judge the claims that are sequential at each look whose seeds are recorded, for as long as they are open."""
    if study.design is None or study.design.until_decided is None:
        return Looked()
    until, verdicts, waiting = study.design.until_decided, dict[int, Verdict](), list[OpenClaim]()
    claims = dict(_sequential(study, until))
    for seeds in until.looks:
        judged = judge(_at(study, until, seeds), LEVEL).verdicts
        for place, subjects in tuple(claims.items()):
            missing = tuple(entry.name for entry in subjects if not set(range(seeds)) <= set(entry.tried))
            if missing:
                verdicts[place] = _waiting(verdicts.get(place), judged[place], seeds)
                about = tuple(entry.name for entry in subjects)
                waiting.append(OpenClaim(judged[place].claim, about, seeds, missing))
            else:
                verdicts[place] = _judged(judged[place], seeds, until)
            if missing or not _is_open(judged[place], subjects):
                del claims[place]
    return Looked(verdicts, tuple(waiting))


def _sequential(study: Study, until: UntilDecided) -> Iterator[tuple[int, tuple[ArchitectureResults, ...]]]:
    """Yield the place of each sequential claim among all, with the architectures that it is about."""
    claims = [(entry, claim) for entry in study.entries for claim in entry.architecture.claims]
    for place, (entry, claim) in enumerate(claims):
        if entry.name in until.architectures and claim.basis == "training":
            others = (study.named(name) for name in claim.others.values())
            yield place, (entry, *(other for other in others if other is not None))


def _at(study: Study, until: UntilDecided, seeds: int) -> Study:
    """Return the study as a look sees it: so many seeds of what is sequential, and what is preset of all else."""
    sequential = {entry.name for _, subjects in _sequential(study, until) for entry in subjects}
    preset = study.design.claim_seeds if study.design else None
    entries, apart = (
        tuple(entry.on(range(seeds) if entry.name in sequential else preset) for entry in listed)
        for listed in (study.entries, study.apart)
    )
    return replace(study, entries=entries, apart=apart)


def _is_open(verdict: Verdict, subjects: tuple[ArchitectureResults, ...]) -> bool:
    """Say whether further seeds might decide the claim: not what is 0 by construction, or never had a run."""
    hopeless = len({entry.reading for entry in subjects}) <= len(verdict.claim.others) or not verdict.ruling.seeds
    return verdict.decision not in {*DECIDED, "not tested"} and not hopeless


def _judged(verdict: Verdict, seeds: int, until: UntilDecided) -> Verdict:
    if verdict.decision in DECIDED:
        return _saying(verdict, f"decided at {seeds} seeds", look=seeds)
    last = seeds == until.looks[-1]
    return _saying(verdict, f"open after {seeds} seeds, the last look" if last else f"open after {seeds} seeds")


def _waiting(earlier: Verdict | None, verdict: Verdict, seeds: int) -> Verdict:
    """Return the verdict while seeds are missing for a look: the earlier look's, which left the claim open."""
    if earlier is not None:
        return _saying(earlier, f"the next look is at {seeds}")
    if not verdict.ruling.seeds:
        return verdict
    reason = f"open: the first look is at {seeds} seeds"
    return replace(verdict, ruling=Ruling("inconclusive", reason, verdict.ruling.seeds), adjusted_p=None)


def _saying(verdict: Verdict, more: str, look: int | None = None) -> Verdict:
    ruling = replace(verdict.ruling, reason=f"{verdict.ruling.reason}; {more}")
    return replace(verdict, ruling=ruling, look=look)
