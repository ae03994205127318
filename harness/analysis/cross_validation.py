"""What recipes that go through folds give: accuracy on the parts left out, its interval, differences; ranks nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import ACCURACY, TEST_ACCURACY, VALIDATION, Quantity
from harness.statistics.samples import Estimate, Interval, estimate, mean, resampled_interval

LEFT_OUT_ACCURACY = Quantity(VALIDATION, ACCURACY)


@dataclass(frozen=True)
class CrossValidated:
    """One architecture on its folds: each trial scored on the part that it left out, and on the test images.

    The interval of ``left_out`` is corrected for training sets that overlap. ``behind`` is the accuracy on the same
    parts minus that of the best architecture with the same folds, with such an interval; None for that one, and where
    there are no two trials with the same seeds.
    """

    entry: ArchitectureResults
    folds: int
    left_out: Estimate
    test: Estimate | None
    behind: tuple[float, Interval] | None = None

    @property
    def data(self) -> tuple[str, int]:
        """What must be the same so that two of them leave out the same images."""
        return self.entry.architecture.dataset, self.folds


def cross_validated(entries: Iterable[ArchitectureResults]) -> tuple[CrossValidated, ...]:
    """Return those that go through folds and are measured: by data set and folds, the best mean first."""
    groups: dict[tuple[str, int], list[CrossValidated]] = defaultdict(list)
    for entry in entries:
        if found := _cross_validated(entry):
            groups[found.data].append(found)
    ranked = (sorted(groups[key], key=lambda one: -one.left_out.mean) for key in sorted(groups))
    return tuple(_beside(one, group[0]) for group in ranked for one in group)


def _cross_validated(entry: ArchitectureResults) -> CrossValidated | None:
    folds, values = entry.architecture.recipe.folds, entry.values(LEFT_OUT_ACCURACY)
    plain = estimate(values)
    if folds is None or plain is None:
        return None
    left_out = replace(plain, interval=resampled_interval(values, _test_to_train(folds)))
    return CrossValidated(entry, folds, left_out, estimate(entry.values(TEST_ACCURACY)))


def _beside(one: CrossValidated, best: CrossValidated) -> CrossValidated:
    if one is best:
        return one
    ours, theirs = (of.entry.by_seed(LEFT_OUT_ACCURACY) for of in (one, best))
    differences = [ours[seed] - theirs[seed] for seed in sorted(ours.keys() & theirs.keys())]
    centre, interval = mean(differences), resampled_interval(differences, _test_to_train(one.folds))
    return one if centre is None or interval is None else replace(one, behind=(centre, interval))


def _test_to_train(folds: int) -> float:
    """Return the size of the part left out by that of all others."""
    return 1 / (folds - 1)
