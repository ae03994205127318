"""Every pair of architectures on the same data: the difference and how sure it is; ranks nothing."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

from harness.analysis.images import ImageErrors
from harness.analysis.runs import ArchitectureResults, Study
from harness.declaration.kinds import Kind
from harness.evaluations.metric import PerRun, Quantity
from harness.spec.architecture import Architecture
from harness.spec.wording import in_words
from harness.statistics.comparisons import (
    TRIM,
    Difference,
    Superiority,
    paired,
    paired_superiority,
    superiority,
    welch,
)
from harness.statistics.image_sampling import for_such_images
from harness.statistics.multiplicity import ALPHA, bonferroni, simultaneous_level
from harness.statistics.power import deviation_bound, seeds_needed
from harness.statistics.samples import LEVEL, Interval


@dataclass(frozen=True)
class Comparison:
    """The study's headline of ``first`` minus that of ``second``, and what follows from it.

    It is one of ``tests`` comparisons: its intervals hold together with those of the others. ``difference`` is of
    means, ``trimmed`` of means without a fifth of the runs at each end, which no dip blinds; ``image_error`` is the
    standard error that another draw of test images would add. ``superiority`` is how often a run of the first is the
    better one.
    ``shared`` pairs read the same trials, so they are compared seed by seed; ``same`` ones also read them at the same
    epoch and can't differ. ``repeated`` ones have the runs of an earlier pair under other names and count with it.
    ``seeds_needed`` is how many seeds of each would find the metric's relevant difference.
    """

    first: str
    second: str
    difference: Difference | None
    trimmed: Difference | None
    superiority: Superiority | None
    image_error: float | None
    seeds_needed: int | None
    shared: bool
    same: bool
    tests: int = 1
    repeated: bool = False

    @property
    def adjusted_p(self) -> float | None:
        """The p-value of the means' difference after Bonferroni's correction."""
        return bonferroni(self.difference.p, self.tests) if self.difference else None

    @property
    def differ(self) -> bool:
        """Whether the two are separated: the corrected test rejects, and the simultaneous interval leaves 0 out."""
        return self.adjusted_p is not None and self.adjusted_p < ALPHA

    @property
    def interval(self) -> Interval | None:
        """The simultaneous interval of the means' difference on these test images, for other seeds."""
        return self.difference.interval_at(simultaneous_level(self.tests)) if self.difference else None

    @property
    def trimmed_interval(self) -> Interval | None:
        """The simultaneous interval of the trimmed means' difference on these test images."""
        return self.trimmed.interval_at(simultaneous_level(self.tests)) if self.trimmed else None

    @property
    def trimmed_differ(self) -> bool:
        """Whether the trimmed means are separated."""
        return self.trimmed_interval is not None and 0 not in self.trimmed_interval

    @property
    def such_images_interval(self) -> Interval | None:
        """The simultaneous interval of the means' difference for other seeds on other test images such as these."""
        if self.interval is None or self.image_error is None:
            return None
        return for_such_images(self.interval, self.image_error, simultaneous_level(self.tests))


def compare_all(study: Study, image_errors: ImageErrors | None = None) -> tuple[Comparison, ...]:
    """Compare every pair of measured architectures on the same data, each data set's corrected for their number."""
    return tuple(pair for rivals in study.rivals for pair in _compare_rivals(rivals, study.headline, image_errors))


def number_of_tests(rivals: Sequence[ArchitectureResults]) -> int:
    """Return how many pairs of distinct samples there are: architectures that compute the same have one together."""
    return comb(len({one.reading for one in rivals}), 2)


def _compare_rivals(
    rivals: Sequence[ArchitectureResults], quantity: Quantity, image_errors: ImageErrors | None
) -> Iterator[Comparison]:
    tests, seen = number_of_tests(rivals), set()
    for a, b in combinations(rivals, 2):
        readings = frozenset((a.reading, b.reading))
        yield replace(compare(a, b, quantity, image_errors, tests), repeated=readings in seen)
        seen.add(readings)


def compare(
    a: ArchitectureResults,
    b: ArchitectureResults,
    quantity: Quantity,
    image_errors: ImageErrors | None = None,
    tests: int = 1,
) -> Comparison:
    """Compare two architectures; ``tests`` is the number of pairs that are compared in all.

    Without ``image_errors`` what other test images would change is unknown.
    """
    return Comparison(
        first=a.name,
        second=b.name,
        difference=difference(a, b, quantity),
        trimmed=_trimmed(a, b, quantity),
        superiority=chance_of_better(a, b, quantity, simultaneous_level(tests)),
        image_error=image_errors.between(a, b, quantity) if image_errors else None,
        seeds_needed=_seeds_needed(a, b, quantity, tests),
        shared=a.fingerprint == b.fingerprint,
        same=a.reading == b.reading,
        tests=tests,
    )


def difference(
    a: ArchitectureResults, b: ArchitectureResults, quantity: PerRun, trim: float = 0.0
) -> Difference | None:
    """Return the quantity of ``a`` minus that of ``b``, seed by seed where they share their trials."""
    test = paired if a.fingerprint == b.fingerprint else welch
    return test(*samples(a, b, quantity), trim)


def samples(
    a: ArchitectureResults, b: ArchitectureResults, quantity: PerRun
) -> tuple[Sequence[float], Sequence[float]]:
    """Return the values of both, those of the same seeds in pairs where they share their trials."""
    first, second = a.by_seed(quantity), b.by_seed(quantity)
    if a.fingerprint != b.fingerprint:
        return tuple(first.values()), tuple(second.values())
    both = [seed for seed in first if seed in second]
    return [first[seed] for seed in both], [second[seed] for seed in both]


def _trimmed(a: ArchitectureResults, b: ArchitectureResults, quantity: Quantity) -> Difference | None:
    """Return the difference of trimmed means, or None where there are too few runs to cut any."""
    fewest = min(map(len, samples(a, b, quantity)))
    return difference(a, b, quantity, TRIM) if fewest * TRIM >= 1 else None


def chance_of_better(
    a: ArchitectureResults, b: ArchitectureResults, quantity: PerRun, level: float = LEVEL
) -> Superiority | None:
    """Return how often a run of ``a`` is better than one of ``b``: of the same seed where they share their trials."""
    ours, theirs = ([quantity.metric.merit(value) for value in side] for side in samples(a, b, quantity))
    test = paired_superiority if a.fingerprint == b.fingerprint else superiority
    return test(ours, theirs, level)


def _seeds_needed(a: ArchitectureResults, b: ArchitectureResults, quantity: Quantity, tests: int) -> int | None:
    """Return the seeds of each that find the relevant difference, if their deviation is at its upper bound."""
    deviation, relevant = deviation_bound(*samples(a, b, quantity)), quantity.metric.relevant
    if relevant is None or deviation is None or a.fingerprint == b.fingerprint:
        return None
    return seeds_needed(relevant, deviation, tests)


def differing_lines(a: Architecture, b: Architecture) -> tuple[str, ...]:
    """Return graph and recipe line by line: ``- `` is in the first alone, ``+ `` in the second, two spaces in both."""
    lines = difflib.ndiff(tuple(_lines(a)), tuple(_lines(b)))
    return tuple(line for line in lines if not line.startswith("?"))


def _lines(architecture: Architecture) -> Iterator[str]:
    """Yield one line per layer and per field of the recipe; fields at their defaults are left out."""
    for layer in architecture.layers:
        yield _written(layer)
    for number, recipe in enumerate(architecture.recipes, start=1):
        phase = f"phase {number}, " if architecture.phases else ""
        yield f"{phase}optimizer: {_written(recipe.optimizer)}"
        yield f"{phase}loss: {_written(recipe.loss)}"
        for name in ("batch_size", "epochs", "validation_split"):
            yield f"{phase}{name}: {getattr(recipe, name)}"
        for name in recipe.special:
            yield f"{phase}{name}: {in_words(getattr(recipe, name))}"


def _written(kind: Kind) -> str:
    fields = kind.model_dump(mode="json", exclude_defaults=True)
    return f"{kind.kind}: {json.dumps(fields)}" if fields else kind.kind
