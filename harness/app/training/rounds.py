"""Rounds of seeds until every claim is decided: who trains up to how many next, and what is open; trains nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from harness.analysis.judging import Looked, look
from harness.analysis.runs import Study, make_study
from harness.app.training.benchmark import Benchmark, PlanOptions, plan_benchmark
from harness.app.training.study_seeds import with_sequential
from harness.errors import DecidesNothing
from harness.planning.plan import Plan, PlannedTrial
from harness.planning.seeds import LOOKS
from harness.records.design import Design, UntilDecided
from harness.records.store import Loaded
from harness.spec.architecture import Architecture
from harness.spec.folder import files_apart, select_files
from harness.spec.reading import sound


@dataclass(frozen=True)
class Rounds:
    """A selection that trains until decided, among all architectures of its folder: their claims are one family.

    ``apart`` are those of its subfolders, which claims may be about.
    """

    benchmark: Benchmark
    architectures: tuple[Architecture, ...]
    apart: tuple[Architecture, ...]
    until: UntilDecided
    design: Design

    def looked(self, loaded: Loaded) -> Looked:
        """Return what the looks have come to so far, for the claims of the selection and as far as they may go."""
        study = recorded_study(self.benchmark, self.architectures, self.apart, loaded)
        looked, allowed = look(replace(study, design=self.design)), self.until.looks
        mine = (claim for claim in looked.open if claim.architecture in self.until.architectures)
        return replace(looked, open=tuple(claim for claim in mine if claim.seeds in allowed))

    def first(self) -> Benchmark:
        """Return the first round: the selection, and what its claims compare with, up to the first look."""
        others = (
            name for one in self.benchmark.architectures for claim in one.claims for name in claim.others.values()
        )
        return self._round((*self.until.architectures, *others), self.until.looks[0])

    def next(self, looked: Looked) -> Benchmark | None:
        """Return the next round, what the earliest look lacks; None where more seeds may decide nothing."""
        if not looked.open:
            return None
        seeds = min(claim.seeds for claim in looked.open)
        return self._round((name for claim in looked.open if claim.seeds == seeds for name in claim.missing), seeds)

    def planned(self, loaded: Loaded) -> tuple[Benchmark, Plan]:
        """Return the round that is next, and the plan of all rounds if no claim is decided before the last look."""
        looked, first = self.looked(loaded), self.first()
        last = self._round((name for claim in looked.open for name in claim.about), self.until.looks[-1])
        plans = [plan_benchmark(round_, loaded) for round_ in (first, last)]
        # Architectures that share trials may ask for more epochs of them in one round than in the other.
        longest: dict[str, PlannedTrial] = {}
        for planned in (planned for decided in plans for planned in decided.trials):
            known = longest.get(planned.trial.name)
            if known is None or known.trial.epochs < planned.trial.epochs:
                longest[planned.trial.name] = planned
        following = None if plans[0].pending else self.next(looked)
        return following or first, Plan(tuple(longest.values()), plans[0].forecast)

    def _round(self, names: Iterable[str], seeds: int) -> Benchmark:
        chosen = set(names)
        return replace(
            self.benchmark,
            architectures=tuple(one for one in (*self.architectures, *self.apart) if one.name in chosen),
            settings=replace(self.benchmark.settings, seeds=tuple(range(seeds))),
        )


def recorded_study(
    benchmark: Benchmark, architectures: tuple[Architecture, ...], apart: tuple[Architecture, ...], loaded: Loaded
) -> Study:
    """Return the study of this machine's numerics."""
    read = benchmark.store.predicted
    return make_study(architectures, loaded.records, benchmark.settings, benchmark.environment, read, apart=apart)


def make_rounds(options: PlanOptions, benchmark: Benchmark, loaded: Loaded) -> Rounds:
    """Return the rounds of a selection that is to train until decided, and the design that they need.

    Raises:
        DecidesNothing: One of the selection stands apart in a subfolder.
    """
    # A broken spec that is not selected is left out here, and reported with the page.
    (architectures, _), (apart, _) = sound(select_files((), options.specs)), sound(files_apart(options.specs))
    names = tuple(one.name for one in benchmark.architectures)
    if outside := {one.path for one in apart} & {one.path for one in benchmark.architectures}:
        raise DecidesNothing(sorted(path.stem for path in outside))
    until = UntilDecided(architectures=names, most_seeds=options.most_seeds or LOOKS[-1])
    study = replace(recorded_study(benchmark, architectures, apart, loaded), design=options.design)
    return Rounds(benchmark, architectures, apart, until, with_sequential(study, until, known=bool(loaded.records)))
