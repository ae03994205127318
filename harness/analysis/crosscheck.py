"""Whether another number of threads, or op determinism, matters: the same architectures and seeds under both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from harness.analysis.run import Run
from harness.analysis.runs import ArchitectureResults, Study, make_study
from harness.evaluations.metric import Quantity
from harness.records.environment import Environment
from harness.records.record import Record
from harness.statistics.comparisons import Difference, paired
from harness.statistics.multiplicity import ALPHA, bonferroni, simultaneous_level
from harness.statistics.samples import Estimate, Interval, estimate

# What may differ between two environments whose records are laid side by side.
SETTINGS = ("threads", "deterministic")


@dataclass(frozen=True)
class CrossCheck:
    """One architecture (or several that share its trials and epochs) under this environment and another setting.

    ``seeds`` are those that both have; ``same_bits`` of them have the same weights after every epoch, and
    ``first_epochs`` holds the first epoch with other weights of each of the rest; ``same_values`` of them end at the
    same value of the headline. ``difference`` is the headline here minus there, seed by seed, one of ``tests``
    such differences: ``adjusted_p`` and ``interval`` are corrected for their number and agree with each other.
    """

    names: tuple[str, ...]
    threads: int
    deterministic: bool
    seeds: tuple[int, ...]
    same_bits: int
    first_epochs: tuple[int, ...]
    same_values: int
    here: Estimate | None
    there: Estimate | None
    difference: Difference | None
    tests: int = 1

    @property
    def adjusted_p(self) -> float | None:
        """The p-value after Bonferroni's correction."""
        return bonferroni(self.difference.p, self.tests) if self.difference else None

    @property
    def interval(self) -> Interval | None:
        """The simultaneous interval of the difference."""
        return self.difference.interval_at(simultaneous_level(self.tests)) if self.difference else None

    @property
    def differ(self) -> bool | None:
        """Whether the values differ significantly; None where too few seeds leave it open."""
        if self.same_values == len(self.seeds):
            return False
        return None if self.adjusted_p is None else self.adjusted_p < ALPHA


def cross_check(study: Study, records: Sequence[Record]) -> tuple[CrossCheck, ...]:
    """Lay the study's runs beside those of every environment that differs in threads or determinism alone."""
    found = [one for other in other_settings(study.environment, records) for one in _against(study, other, records)]
    tests = sum(one.adjusted_p is not None for one in found)
    return tuple(replace(one, tests=tests) for one in found)


def other_settings(here: Environment | None, records: Sequence[Record]) -> tuple[Environment, ...]:
    """Return the recorded environments that are this one but for threads or determinism, fewest changes first."""
    if here is None:
        return ()
    others = {record.environment.id: record.environment for record in records}
    others.pop(here.id, None)
    alike = [one for one in others.values() if _differing(here, one) <= set(SETTINGS)]
    return tuple(
        sorted(alike, key=lambda one: (len(_differing(here, one)), one.numerics.threads, one.numerics.deterministic))
    )


def _differing(one: Environment, other: Environment) -> set[str]:
    return {name for name, _ in one.identity.items() ^ other.identity.items()}


def _against(study: Study, other: Environment, records: Sequence[Record]) -> Iterator[CrossCheck]:
    there = make_study([entry.architecture for entry in study.entries], records, study.settings, other)
    others = {entry.reading: entry for entry in there.entries}
    readers: dict[tuple[str, int], list[ArchitectureResults]] = {}
    for entry in study.entries:
        readers.setdefault(entry.reading, []).append(entry)
    for reading, entries in readers.items():
        if check := _checked(entries, others[reading], study.headline, other):
            yield check


def _checked(
    readers: Sequence[ArchitectureResults], elsewhere: ArchitectureResults, headline: Quantity, other: Environment
) -> CrossCheck | None:
    """Return the check of the readers' runs over the seeds that both have, or None where they share none."""
    there = {run.seed: run for run in elsewhere.runs}
    both = [(run, there[run.seed]) for run in readers[0].runs if run.seed in there]
    if not both:
        return None
    first = [first_other_epoch(one, two) for one, two in both]
    left, right = ([headline.of(runs[side].last) for runs in both] for side in (0, 1))
    return CrossCheck(
        names=tuple(entry.name for entry in readers),
        threads=other.numerics.threads,
        deterministic=other.numerics.deterministic,
        seeds=tuple(one.seed for one, _ in both),
        same_bits=first.count(None),
        first_epochs=tuple(epoch for epoch in first if epoch is not None),
        same_values=sum(one == two for one, two in zip(left, right, strict=True)),
        here=estimate(left),
        there=estimate(right),
        difference=paired(left, right),
    )


def first_other_epoch(one: Run, other: Run) -> int | None:
    """Return the first epoch after which the weights differ, or None."""
    pairs = zip(one.epochs, other.epochs, strict=False)  # a recipe may end one of them earlier
    return next((left.epoch for left, right in pairs if left.weights_sha256 != right.weights_sha256), None)
