"""How often claims about differences are judged rightly and wrongly, by simulation; prints Markdown.

``python tests/benchmarks/difference_rates.py`` gives the table of ``docs/verdicts.md``: two networks with runs from one
law, so many points apart in their means, and one network that loses so much. Errors are those of a single claim; what
is found is found among 20 claims (Bonferroni, below which Holm never falls).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special
from verdict_rates import LAWS, MARGIN, Law

Numbers = NDArray[np.float64]

ALPHA = 0.05
CLAIMS = 20
RUNS = (5, 10, 20, 30)


@dataclass(frozen=True)
class Row:
    """One line: a rule, how far the truth is apart in points, which verdict is counted, among how many claims."""

    name: str
    judged: Callable[[np.random.Generator, Law, tuple[int, int], float], tuple[Numbers, Numbers]]
    apart: float
    above: bool
    claims: int = 1

    def rate(self, law: Law, runs: int, studies: int) -> float:
        """Return in which share of the studies the mean is called above the margin, or below it, in per cent."""
        estimate, p = self.judged(np.random.default_rng(0), law, (studies, runs), self.apart)
        called = (estimate > 0) == self.above
        return float(100 * (called & (p < ALPHA / self.claims)).mean())


def welch(first: Numbers, second: Numbers, margin: float) -> tuple[Numbers, Numbers]:
    """Return the mean differences beyond the margin, and their one-sided p; both samples have shape (studies, runs)."""
    estimate = first.mean(axis=1) - second.mean(axis=1) - margin
    ours, theirs = (values.var(axis=1, ddof=1) / values.shape[1] for values in (first, second))
    degrees = (ours + theirs) ** 2 * (first.shape[1] - 1) / (ours**2 + theirs**2)
    return estimate, special.stdtr(degrees, -np.abs(estimate) / np.sqrt(ours + theirs))


def student(values: Numbers, margin: float) -> tuple[Numbers, Numbers]:
    """Return the means beyond the margin, and their one-sided p; ``values`` have shape (studies, runs)."""
    estimate, runs = values.mean(axis=1) - margin, values.shape[1]
    return estimate, special.stdtr(runs - 1, -np.abs(estimate) / (values.std(axis=1, ddof=1) / np.sqrt(runs)))


def _two(margin: float) -> Callable[[np.random.Generator, Law, tuple[int, int], float], tuple[Numbers, Numbers]]:
    def judged(
        generator: np.random.Generator, law: Law, size: tuple[int, int], apart: float
    ) -> tuple[Numbers, Numbers]:
        return welch(law.draw(generator, size) + apart, law.draw(generator, size), margin)

    return judged


def _one(generator: np.random.Generator, law: Law, size: tuple[int, int], apart: float) -> tuple[Numbers, Numbers]:
    # What is lost is the difference of two shares of a run; a dip of the second is a larger loss.
    drawn = -law.draw(generator, size)
    mean = -float(law.draw(np.random.default_rng(1), (1_000_000,)).mean())
    return student(drawn - mean + apart, MARGIN)


ROWS = (
    Row("two that are alike: called better", _two(0.0), 0.0, above=True),
    Row("two that are alike: called worse", _two(0.0), 0.0, above=False),
    Row("better by .30 points: found among 20", _two(0.0), 0.30, above=True, claims=CLAIMS),
    Row("worse by exactly .30 without it: needed", _two(MARGIN), MARGIN, above=True),
    Row("worse by exactly .30 without it: not needed", _two(MARGIN), MARGIN, above=False),
    Row("worse by .60 without it: needed, among 20", _two(MARGIN), 0.60, above=True, claims=CLAIMS),
    Row("no worse without it: not needed, among 20", _two(MARGIN), 0.0, above=False, claims=CLAIMS),
    Row("loses exactly .30: called at most that", _one, MARGIN, above=False),
    Row("loses exactly .30: called more", _one, MARGIN, above=True),
    Row("loses nothing: called at most .30, among 20", _one, 0.0, above=False, claims=CLAIMS),
    Row("loses 1 point: called more, among 20", _one, 1.0, above=True, claims=CLAIMS),
)


def table(studies: int) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"| | {' | '.join(law.name for law in LAWS)} |"
    yield f"|---|{'---|' * len(LAWS)}"
    for row in ROWS:
        cells = (" / ".join(f"{row.rate(law, runs, studies):.1f}" for runs in RUNS) for law in LAWS)
        yield f"| {row.name} | {' | '.join(cells)} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=40_000)
    for line in table(parser.parse_args().studies):
        print(line)
