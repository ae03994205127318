"""How often the rules for published numbers are right and wrong, by simulation; prints Markdown.

``python tests/benchmarks/verdict_rates.py`` gives the table of ``docs/verdicts.md``. A study has 13 claims, each with a
published number and runs of one's own, all from one law, in points of accuracy (0.1 is one tenth of a per cent).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from harness.statistics.published import inside, median_bounds, upper_fit
from harness.statistics.samples import t_quantile
from harness.statistics.shift import p_beyond, shift_bounds

Numbers = NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, ...]], Numbers]
Judged = tuple[Numbers, NDArray[np.bool_]]

MARGIN = 0.30
RUNS = (5, 10, 20, 30)
DIPPED = 0.1
# So many studies at once: memory stays small.
BATCH = 4_000


@dataclass(frozen=True)
class Law:
    """Where runs come from; ``median`` is the typical run."""

    name: str
    draw: Draw
    median: float = 0.0


def normal(deviation: float) -> Law:
    """Return the law of runs without dips."""
    return Law(f"N, sd {deviation:.2f}", lambda generator, size: generator.normal(0, deviation, size))


def dips() -> Law:
    """Return the law of a recipe of which one run in ten falls by .8 points."""

    def draw(generator: np.random.Generator, size: tuple[int, ...]) -> Numbers:
        dipped = generator.random(size) < DIPPED
        return np.where(dipped, generator.normal(-0.8, 0.2, size), generator.normal(0, 0.10, size))

    def below(number: float) -> float:
        return float((1 - DIPPED) * special.ndtr(number / 0.10) + DIPPED * special.ndtr((number + 0.8) / 0.2))

    return Law("dips", draw, float(optimize.brentq(lambda number: below(number) - 0.5, -1, 1)))


LAWS = (normal(0.08), normal(0.12), dips())


@dataclass(frozen=True)
class Setting:
    """What a study is judged with; ``half_unit`` is that of the published numbers, in points.

    ``images`` rounds every accuracy to what so many test images allow; None leaves it as drawn. ``earlier`` judges by
    the rule that came before.
    """

    alpha: float = 0.05
    claims: int = 13
    half_unit: float = 0.0
    images: int | None = None
    earlier: bool = False

    def judged(self, values: Numbers, published: Numbers) -> Judged:
        """Return the p-values of ``published``, shape (...), among ``values``, shape (..., n), and which are near."""
        return self._earlier(values, published) if self.earlier else self._today(values, published)

    def _today(self, values: Numbers, published: Numbers) -> Judged:
        bounds = median_bounds(values, 1 - 2 * self.alpha)
        near = np.zeros(published.shape, dtype=bool)
        if bounds is not None:
            near = inside(*bounds, published, MARGIN + self.half_unit)
        return upper_fit(values).p(published, self.half_unit), near

    def _earlier(self, values: Numbers, published: Numbers) -> Judged:
        """Judge by Student's 95 % prediction interval, which confirmed where it was no wider than ± .30 points."""
        runs = values.shape[-1]
        error = values.std(axis=-1, ddof=1) * np.sqrt(1 + 1 / runs)
        distance = np.maximum(np.abs(published - values.mean(axis=-1)) - self.half_unit, 0)
        p = np.asarray(2 * special.stdtr(runs - 1, -distance / error))
        return p, np.asarray(t_quantile(0.95, runs - 1) * error <= MARGIN)

    def drawn(self, law: Law, generator: np.random.Generator, size: tuple[int, ...]) -> Numbers:
        """Return runs of the law."""
        values = law.draw(generator, size)
        return np.round(values * self.images / 100) * 100 / self.images if self.images else values


@dataclass(frozen=True)
class Rates:
    """Shares in [0, 1], of claims, or of studies where families are meant: a study's claims after Holm's correction.

    ``reproduced``: true claims that are called so. ``false_refutation``: families of true claims of which at least one
    is refuted; ``too_high`` and ``too_low`` are its two directions. ``point_high`` and ``point_low``: published numbers
    one point off that are refuted. ``edge_high`` and ``edge_low``: numbers fixed at ± .30 points from the typical run
    that are called reproduced.
    """

    reproduced: float
    false_refutation: float
    too_high: float
    too_low: float
    point_high: float
    point_low: float
    edge_high: float
    edge_low: float


def rates(law: Law, runs: int, setting: Setting, studies: int, seed: int) -> Rates:
    """Return what the rule does to ``studies`` studies with ``runs`` runs for every claim."""
    generator = np.random.default_rng([seed, runs])
    sizes = [min(BATCH, studies - start) for start in range(0, studies, BATCH)]
    batches = np.array([_batch(law, (size, setting.claims, runs), setting, generator) for size in sizes])
    return Rates(*np.average(batches, axis=0, weights=sizes).tolist())


def _batch(law: Law, size: tuple[int, int, int], setting: Setting, generator: np.random.Generator) -> tuple[float, ...]:
    """Return the rates of some studies; ``size`` is (studies, claims, runs)."""
    values, published = (setting.drawn(law, generator, shape) for shape in (size, size[:2]))
    # Holm refutes something in a family exactly where the smallest p-value is below alpha / claims.
    level, alpha = setting.alpha / setting.claims, setting.alpha
    p, near = setting.judged(values, published)
    refuted, high = p < level, published > np.median(values, axis=-1)

    def refuted_at(shift: float) -> float:
        return float(np.mean(setting.judged(values, published + shift)[0] < level))

    def reproduced_at(number: float) -> float:
        p, near = setting.judged(values, np.full(published.shape, number))
        return float(np.mean((p >= alpha) & near))

    return (
        float(np.mean((p >= alpha) & near)),
        *(float(np.mean(chosen.any(axis=-1))) for chosen in (refuted, refuted & high, refuted & ~high)),
        *(refuted_at(shift) for shift in (1.0, -1.0)),
        *(reproduced_at(law.median + edge) for edge in (MARGIN, -MARGIN)),
    )


@dataclass(frozen=True)
class SeveralRates:
    """Shares of studies in [0, 1] in which one claim gives several published runs.

    ``reproduced`` and ``false_refutation`` (uncorrected) where both samples come from one law; ``edge_high`` and
    ``edge_low`` are those called reproduced although theirs are .30 points higher or lower; ``point_high`` and
    ``point_low`` those refuted among 13 claims where theirs are one point higher or lower.
    """

    reproduced: float
    false_refutation: float
    point_high: float
    point_low: float
    edge_high: float
    edge_low: float


def several_rates(law: Law, runs: int, published: int, studies: int, seed: int) -> SeveralRates:
    """Return what the rule for several published runs does to ``studies`` studies at the level .05."""
    setting, generator = Setting(), np.random.default_rng([seed, runs, published])
    ours, theirs = law.draw(generator, (studies, runs)), law.draw(generator, (studies, published))
    bounds = shift_bounds(ours, theirs, 1 - 2 * setting.alpha)

    def near(shift: float) -> float:
        low, high = bounds or (np.full(studies, -np.inf), np.full(studies, np.inf))
        return float(np.mean(inside(low - shift, high - shift, 0.0, MARGIN)))

    def refuted(shift: float, level: float) -> float:
        return float(np.mean(p_beyond(ours, theirs + shift, MARGIN) < level))

    corrected = setting.alpha / setting.claims
    return SeveralRates(
        near(0.0),
        refuted(0.0, setting.alpha),
        *(refuted(shift, corrected) for shift in (1.0, -1.0)),
        *(near(edge) for edge in (MARGIN, -MARGIN)),
    )


def table(
    kind: type[Rates | SeveralRates], rows: Iterable[tuple[tuple[str, ...], Rates | SeveralRates]]
) -> Iterator[str]:
    """Yield a Markdown table in per cent, line by line."""
    names = [field.name for field in fields(kind)]
    labels = ("law", "runs") if kind is Rates else ("law", "published runs", "runs")
    yield f"| {' | '.join((*labels, *(name.replace('_', ' ') for name in names)))} |"
    yield f"|:---|{'---:|' * (len(labels) - 1 + len(names))}"
    for label, found in rows:
        cells = (f"{100 * getattr(found, name):.1f}" for name in names)
        yield f"| {' | '.join((*label, *cells))} |"


def main() -> None:
    """Print the table that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=40_000, help="studies for every row, of 13 claims each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runs", type=int, nargs="+", default=RUNS, help="runs for every claim, 5 or more")
    parser.add_argument("--alpha", type=float, default=0.05, help="level of each question")
    parser.add_argument("--half-unit", type=float, default=0.0, help="half of a number's last digit, in points")
    parser.add_argument("--images", type=int, help="test images; by default accuracies are not rounded")
    parser.add_argument("--earlier", action="store_true", help="judge by the rule that came before")
    parser.add_argument("--several", type=int, nargs="+", help="as many published runs of one recipe instead of one")
    asked = parser.parse_args()
    setting = Setting(alpha=asked.alpha, half_unit=asked.half_unit, images=asked.images, earlier=asked.earlier)
    kind: type[Rates | SeveralRates] = SeveralRates if asked.several else Rates
    cases = product(LAWS, asked.several or [0], asked.runs)
    for line in table(kind, (_row(case, setting, asked.studies, asked.seed) for case in cases)):
        print(line, flush=True)


def _row(
    case: tuple[Law, int, int], setting: Setting, studies: int, seed: int
) -> tuple[tuple[str, ...], Rates | SeveralRates]:
    law, published, runs = case
    if published:
        return (law.name, str(published), str(runs)), several_rates(law, runs, published, studies, seed)
    return (law.name, str(runs)), rates(law, runs, setting, studies, seed)


if __name__ == "__main__":
    main()
