"""What each derived architecture changes beside its parent: accuracy, loss, gap, seconds, parameters; judges nothing.

A pair is compared seed by seed where the two start alike: the records of their common seeds have the same initial
weights and trained on the same order of the examples. Then a lucky start helps both. Else they are two samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from harness.analysis.run import Run
from harness.analysis.runs import ArchitectureResults, Study
from harness.evaluations.metric import ACCURACY, TEST_ACCURACY, TEST_LOSS, TRAIN, Quantity
from harness.statistics.comparisons import Difference, paired, welch
from harness.statistics.multiplicity import bonferroni, simultaneous_level
from harness.statistics.samples import Interval

TRAIN_ACCURACY = Quantity(TRAIN, ACCURACY)


@dataclass(frozen=True)
class Effect:
    """A quantity of a derived architecture minus its parent's: one of ``tests`` differences of all ablations."""

    difference: Difference | None
    tests: int = 1

    @property
    def interval(self) -> Interval | None:
        """The simultaneous interval: those of all ablations hold together with 95 %."""
        return self.difference.interval_at(simultaneous_level(self.tests)) if self.difference else None

    @property
    def adjusted_p(self) -> float | None:
        """The p-value after Bonferroni's correction, which agrees with the interval."""
        return bonferroni(self.difference.p, self.tests) if self.difference else None


@dataclass(frozen=True)
class Ablation:
    """A derived architecture beside its parent, as far as both are recorded.

    ``gap`` is of the training accuracy that Keras shows, the running mean of the last epoch, minus the test accuracy.
    ``paired`` says that the two start alike; times are never paired. ``other_data`` names a data set that is not the
    parent's: then nothing but parameters can be compared.
    """

    entry: ArchitectureResults
    parent: ArchitectureResults
    changes: tuple[str, ...]
    accuracy: Effect
    loss: Effect
    gap: Effect
    seconds: Effect
    paired: bool
    other_data: bool

    @property
    def parameters(self) -> int:
        """How many more parameters it has: exact, from the specs."""
        return self.entry.cost.parameters - self.parent.cost.parameters


Measure = Callable[[Run], float | None]


def ablations(study: Study) -> tuple[Ablation, ...]:
    """Return every derived architecture of the study beside its parent, corrected for the number of differences.

    Of those that stand apart, it returns what was trained.
    """
    parents = {entry.architecture.path: entry for entry in study.parents}
    pairs = [
        (entry, _preset(study, parents[entry.architecture.derivation.parent.path]))
        for entry in (*study.compared, *(one for one in study.compared_apart if one.runs))
        if entry.architecture.derivation
    ]
    found = [_differences(entry, parent) for entry, parent in pairs]
    tests = sum(one.p is not None for differences in found for one in differences if one)
    return tuple(
        _ablation(entry, parent, [Effect(one, tests) for one in differences])
        for (entry, parent), differences in zip(pairs, found, strict=True)
    )


def _preset(study: Study, parent: ArchitectureResults) -> ArchitectureResults:
    """Return the parent with the seeds that are compared."""
    return parent.on(study.preset(parent.architecture.dataset))


def _ablation(entry: ArchitectureResults, parent: ArchitectureResults, changes: list[Effect]) -> Ablation:
    derivation = entry.architecture.derivation
    accuracy, loss, gap, seconds = changes
    return Ablation(
        entry=entry,
        parent=parent,
        changes=derivation.changes if derivation else (),
        accuracy=accuracy,
        loss=loss,
        gap=gap,
        seconds=seconds,
        paired=start_alike(entry, parent),
        other_data=_other_data(entry, parent),
    )


def start_alike(a: ArchitectureResults, b: ArchitectureResults) -> bool:
    """Tell whether the runs of common seeds have the same initial weights and the same orders, as far as both go."""
    ours, theirs = _by_seed(a), _by_seed(b)
    common = ours.keys() & theirs.keys()
    return bool(common) and all(_same_start(ours[seed], theirs[seed]) for seed in common)


def _same_start(one: Run, other: Run) -> bool:
    if one.measurement.initial_weights_sha256 != other.measurement.initial_weights_sha256:
        return False
    orders = zip(one.epochs, other.epochs, strict=False)  # one may train for more epochs
    return all(first.order_sha256 == second.order_sha256 for first, second in orders)


def _by_seed(entry: ArchitectureResults) -> Mapping[int, Run]:
    return {run.seed: run for run in entry.runs}


def _other_data(a: ArchitectureResults, b: ArchitectureResults) -> bool:
    ours, theirs = a.architecture.data, b.architecture.data
    return (ours.name, ours.identity) != (theirs.name, theirs.identity)


def _differences(entry: ArchitectureResults, parent: ArchitectureResults) -> tuple[Difference | None, ...]:
    """Return the differences of accuracy, loss, gap and seconds."""
    if _other_data(entry, parent):
        return (None, None, None, None)
    alike = start_alike(entry, parent)
    values = [_difference(entry, parent, measure, alike=alike) for measure in (_accuracy, _loss, _gap)]
    return (*values, welch(_seconds(entry), _seconds(parent)))


def _difference(a: ArchitectureResults, b: ArchitectureResults, measure: Measure, *, alike: bool) -> Difference | None:
    ours, theirs = dict(_values(a, measure)), dict(_values(b, measure))
    if not alike:
        return welch(tuple(ours.values()), tuple(theirs.values()))
    both = [seed for seed in ours if seed in theirs]
    return paired([ours[seed] for seed in both], [theirs[seed] for seed in both])


def _values(entry: ArchitectureResults, measure: Measure) -> Iterator[tuple[int, float]]:
    for run in entry.runs:
        value = measure(run)
        if value is not None:
            yield run.seed, value


def _seconds(entry: ArchitectureResults) -> tuple[float, ...]:
    """Return the seconds of the quiet trials, where there are enough: those of a busy machine compare with nothing."""
    return tuple(run.train_seconds for run in entry.timing.runs) if entry.timing.quiet else ()


def _accuracy(run: Run) -> float | None:
    return TEST_ACCURACY.known_of(run.last)


def _loss(run: Run) -> float | None:
    return TEST_LOSS.known_of(run.last)


def _gap(run: Run) -> float | None:
    train, test = TRAIN_ACCURACY.known_of(run.last), TEST_ACCURACY.known_of(run.last)
    return None if train is None or test is None else train - test
