"""Each seed's accuracy of networks that a claim compares, on test images and on training images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.analysis.margins import GUESSES
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import ACCURACY, TEST_ACCURACY
from harness.reporting import numbers
from harness.reporting.evidence.judged_claims import JudgedClaims
from harness.spec.claims.drops import GapSmallerThan
from harness.statistics.samples import Interval, estimate

TRAINING, TEST = "training images", "test images"
NEXT_LINE, COMMA = "\n", ", "


@dataclass(frozen=True)
class SeedValues:
    """One architecture's values of one metric."""

    name: str
    seeds: tuple[float, ...]
    mean: float
    interval: Interval | None
    published: float | None = None


@dataclass(frozen=True)
class SeedRow:
    """One architecture: its seeds, by what they were measured on if that is more than one thing.

    ``untrained`` are the accuracies of those that failed to train.
    """

    label: str
    measured: tuple[SeedValues, ...]
    untrained: tuple[float, ...] = ()

    @property
    def description(self) -> str:
        """The row in words."""
        means = (f"{numbers.percent(seeds.mean)} %{self._on(seeds)}" for seeds in self.measured)
        failing = f", {len(self.untrained)} of {len(self.measured[0].seeds)} seeds fail to train"
        return f"{self.label.replace(NEXT_LINE, COMMA)}: {' and '.join(means)}{failing if self.untrained else ''}"

    def _on(self, seeds: SeedValues) -> str:
        return f" on the {seeds.name}" if len(self.measured) > 1 else ""


@dataclass(frozen=True)
class Rows:
    """What is drawn: a row for each architecture, and the question that they answer."""

    title: str
    axis: str
    rows: tuple[SeedRow, ...]

    @property
    def description(self) -> str:
        """What is seen, in words."""
        return f"{self.axis} by seed, means: {'; '.join(row.description for row in self.rows)}"


def accuracies(judged: JudgedClaims) -> Rows | None:
    """Return a row for each network; None where one of them is not measured."""
    rows = tuple(row for row in map(_row, judged.compared) if row is not None)
    return Rows(judged.question, "Test accuracy", rows) if len(rows) == len(judged.compared) else None


def gaps(judged: JudgedClaims) -> Rows | None:
    """Return the accuracy of each network on training and on test images; None where one of them is not measured."""
    claim = judged.claims[0]
    if not isinstance(claim, GapSmallerThan):
        return None
    rows = tuple(row for entry in judged.compared if (row := _gap(entry, claim)) is not None)
    return Rows(judged.question, "Accuracy of the final weights", rows) if len(rows) == len(judged.compared) else None


def seed_values(name: str, values: Sequence[float]) -> SeedValues | None:
    """Return the values with their mean and its interval; None without a value."""
    found = estimate(values)
    return SeedValues(name, tuple(values), found.mean, found.interval) if found else None


def _row(entry: ArchitectureResults) -> SeedRow | None:
    """Return an architecture's row; what ended in numbers that are none stands at what guessing gives, as judged."""
    guessing = 1 / len(entry.architecture.data.classes)
    lost = [guessing for failed in entry.failures if failed.failure.kind == "nan"]
    values = (*entry.values(TEST_ACCURACY), *lost)
    seeds = seed_values(entry.name, values)
    return (
        SeedRow(entry.name, (seeds,), tuple(value for value in values if value <= GUESSES * guessing))
        if seeds
        else None
    )


def _gap(entry: ArchitectureResults, claim: GapSmallerThan) -> SeedRow | None:
    """Return accuracy on training and on test images of the seeds that have both, and the mean gap."""
    drop = claim.drop
    of = entry.by_seed(drop)
    training = _of(TRAINING, of, entry.by_seed(drop.before))
    test = _of(TEST, of, entry.by_seed(drop.after))
    found = estimate(tuple(of.values()))
    if found is None or training is None or test is None:
        return None
    return SeedRow(f"{entry.name}\ngap {numbers.difference(ACCURACY, found.mean)} points", (training, test))


def _of(name: str, seeds: Mapping[int, float], values: Mapping[int, float]) -> SeedValues | None:
    return seed_values(name, [values[seed] for seed in seeds])
