"""Every pair of architectures on the same data: the difference, how sure it is, and the ranks that follow."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from harness.analysis.runs import ArchitectureResults, Study
from harness.declaration.kinds import Kind
from harness.evaluations.metric import Quantity
from harness.spec.architecture import Architecture
from harness.statistics.comparisons import (
    PERMUTATIONS,
    Difference,
    Superiority,
    paired,
    permutation_p,
    superiority,
    welch,
)
from harness.statistics.multiplicity import ALPHA, holm
from harness.statistics.power import seeds_needed
from harness.statistics.ranking import RankInterval, letters, rank_intervals

# Any number would do: it makes the same records give the same p-values.
PERMUTATION_SEED = 20_240_601
# Permutation tests stand beside Welch's as a check; beyond these numbers they would take minutes and add nothing.
FEWEST_PERMUTATIONS = 999
MOST_PERMUTED_PAIRS = 100
MOST_PERMUTED_NUMBERS = 5_000_000


@dataclass(frozen=True)
class Comparison:
    """The study's headline of ``first`` minus that of ``second``, and what follows from it.

    ``superiority`` is how often a run of the first is the better one.
    ``shared`` pairs read the same trials, so they are compared seed by seed; ``same`` ones also read them
    at the same epoch and can't differ. ``adjusted_p`` is Welch's (or, for shared trials, Student's paired)
    p-value after Holm over all pairs. ``seeds_needed`` is how many seeds each would resolve the difference
    as it was seen.
    """

    first: str
    second: str
    difference: Difference | None
    superiority: Superiority | None
    permutation_p: float | None
    seeds_needed: int | None
    shared: bool
    same: bool
    adjusted_p: float | None = None

    @property
    def differ(self) -> bool:
        """Whether the two differ significantly after correction."""
        return self.adjusted_p is not None and self.adjusted_p < ALPHA


@dataclass(frozen=True)
class Standing:
    """The ranks that an architecture may hold, and the letters it shares with those it does not differ from."""

    rank: RankInterval
    letters: str


def compare_all(study: Study) -> tuple[Comparison, ...]:
    """Compare every pair of measured architectures on the same data, corrected for their number."""
    pairs = [(a, b) for a, b in combinations(study.measured, 2) if a.architecture.dataset == b.architecture.dataset]
    plain = [compare(a, b, study.headline, len(pairs)) for a, b in pairs]
    adjusted = holm([one.difference.p if one.difference else None for one in plain])
    return tuple(replace(one, adjusted_p=p) for one, p in zip(plain, adjusted, strict=True))


def compare(a: ArchitectureResults, b: ArchitectureResults, quantity: Quantity, comparisons: int = 1) -> Comparison:
    """Compare two architectures; ``comparisons`` is the number of pairs that are compared in all."""
    shared = a.fingerprint == b.fingerprint
    values = a.values(quantity), b.values(quantity)
    ours, theirs = ([quantity.metric.merit(value) for value in side] for side in values)
    return Comparison(
        first=a.name,
        second=b.name,
        difference=difference(a, b, quantity),
        superiority=superiority(ours, theirs),
        permutation_p=None if shared or comparisons > MOST_PERMUTED_PAIRS else _permutation_p(*values),
        seeds_needed=None if shared else _seeds_needed(*values, comparisons),
        shared=shared,
        same=a.reading == b.reading,
    )


def difference(a: ArchitectureResults, b: ArchitectureResults, quantity: Quantity) -> Difference | None:
    """Return the quantity of ``a`` minus that of ``b``, seed by seed where they share their trials."""
    first, second = a.by_seed(quantity), b.by_seed(quantity)
    if a.fingerprint != b.fingerprint:
        return welch(tuple(first.values()), tuple(second.values()))
    both = [seed for seed in first if seed in second]
    return paired([first[seed] for seed in both], [second[seed] for seed in both])


def standings(study: Study, comparisons: Sequence[Comparison]) -> dict[str, Standing]:
    """Return rank and letters of every measured architecture, within its data set."""
    found: dict[str, Standing] = {}
    apart = {frozenset((one.first, one.second)) for one in comparisons if one.differ}
    for rivals in study.rivals:
        found |= _standings(rivals, study.headline, apart)
    return found


def _standings(
    rivals: Sequence[ArchitectureResults], headline: Quantity, apart: set[frozenset[str]]
) -> dict[str, Standing]:
    merits = [one.mean_merit(headline) for one in rivals]

    def differ(i: int, j: int) -> bool:
        return frozenset((rivals[i].name, rivals[j].name)) in apart

    ranks, groups = rank_intervals(merits, differ), letters(merits, differ)
    return {one.name: Standing(rank, group) for one, rank, group in zip(rivals, ranks, groups, strict=True)}


def _permutation_p(first: Sequence[float], second: Sequence[float]) -> float | None:
    numbers = len(first) + len(second)
    if not numbers:
        return None
    permutations = max(FEWEST_PERMUTATIONS, min(PERMUTATIONS, MOST_PERMUTED_NUMBERS // numbers))
    return permutation_p(first, second, PERMUTATION_SEED, permutations)


def _seeds_needed(first: Sequence[float], second: Sequence[float], comparisons: int) -> int | None:
    """Return the seeds that the difference needs at the root mean square of both spreads."""
    if len(first) < 2 or len(second) < 2:  # noqa: PLR2004 - a spread needs two values
        return None
    variances = [float(np.var(values, ddof=1)) for values in (first, second)]
    gap = float(np.mean(first) - np.mean(second))
    return seeds_needed(gap, float(np.sqrt(np.mean(variances))), comparisons)


def differing_lines(a: Architecture, b: Architecture) -> tuple[str, ...]:
    """Return graph and recipe line by line: ``- `` is in the first alone, ``+ `` in the second, two spaces in both."""
    lines = difflib.ndiff(tuple(_lines(a)), tuple(_lines(b)))
    return tuple(line for line in lines if not line.startswith("?"))


def _lines(architecture: Architecture) -> Iterator[str]:
    """Yield one line per layer and per field of the recipe; fields at their defaults are left out."""
    for layer in architecture.layers:
        yield _written(layer)
    recipe = architecture.training
    yield f"optimizer: {_written(recipe.optimizer)}"
    yield f"loss: {_written(recipe.loss)}"
    for name in ("batch_size", "epochs", "validation_split"):
        yield f"{name}: {getattr(recipe, name)}"


def _written(kind: Kind) -> str:
    fields = kind.model_dump(mode="json", exclude_defaults=True)
    return f"{kind.kind}: {json.dumps(fields)}" if fields else kind.kind
