"""How often claims that are judged until decided are judged rightly and wrongly, by simulation; prints Markdown.

``python tests/benchmarks/sequential_rates.py`` gives the table of ``docs/verdicts.md``. A study has 13 claims, each
with a published number and runs of one's own, all from one law; each is judged at 10, 20 and 40 runs at a third of the
level, and keeps the first decision. ``--every`` looks after each run from the fifth on instead, without a correction.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from verdict_rates import LAWS, MARGIN, Law, Setting

from harness.planning.seeds import LOOKS
from harness.statistics.multiplicity import ALPHA

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

CLAIMS = 13
# So many studies at once: memory stays small.
BATCH = 2_000


@dataclass(frozen=True)
class Looks:
    """At how many runs claims are judged, and the level of each question at each look."""

    runs: tuple[int, ...]
    alpha: float


CORRECTED = Looks(LOOKS, ALPHA / len(LOOKS))
EVERY_RUN = Looks(tuple(range(5, LOOKS[-1] + 1)), ALPHA)


@dataclass(frozen=True)
class Ended:
    """What the looks ended in, one entry for each claim, shape (studies, claims); open claims are neither."""

    reproduced: Flags
    refuted: Flags
    runs: NDArray[np.int64]


@dataclass(frozen=True)
class Rates:
    """Shares in [0, 1] of claims, or of studies where families are meant, and the runs that a claim takes on average.

    ``reproduced``: true claims that are called so in the end; ``at_10``: by the first look. ``false_refutation``:
    families of true claims of which one is refuted at any look. ``point_high``: published numbers one point too high
    that are refuted, and the ``runs_high`` that it takes. ``edge_high`` and ``edge_low``: numbers fixed at ± .30
    points from the typical run that are called reproduced at any look.
    """

    reproduced: float
    at_10: float
    runs: float
    false_refutation: float
    point_high: float
    runs_high: float
    edge_high: float
    edge_low: float


def judged_in_turn(values: Numbers, published: Numbers, looks: Looks) -> Ended:
    """Judge ``published``, shape (studies, claims), at each look at ``values``, shape (studies, claims, most runs)."""
    setting = Setting(alpha=looks.alpha)
    still_open = np.ones(published.shape, dtype=bool)
    reproduced, refuted = np.zeros_like(still_open), np.zeros_like(still_open)
    taken, p = np.full(published.shape, looks.runs[-1]), np.ones(published.shape)
    for runs in looks.runs:
        now, near = setting.judged(values[..., :runs], published)
        # Whoever is decided trains no more: its p-value stays that of its last look.
        p = np.where(still_open, now, p)
        refuted_now = still_open & (_holm(p) < looks.alpha)
        reproduced_now = still_open & near & (p >= looks.alpha)
        taken[refuted_now | reproduced_now] = runs
        refuted |= refuted_now
        reproduced |= reproduced_now
        still_open &= ~(refuted_now | reproduced_now)
    return Ended(reproduced, refuted, taken)


def _holm(p: Numbers) -> Numbers:
    """Return Holm's adjusted p-values along the last axis."""
    claims = p.shape[-1]
    order = np.argsort(p, axis=-1)
    stepped = np.take_along_axis(p, order, axis=-1) * np.arange(claims, 0, -1)
    adjusted = np.empty_like(p)
    np.put_along_axis(adjusted, order, np.maximum.accumulate(stepped, axis=-1), axis=-1)
    return adjusted


def rates(law: Law, looks: Looks, studies: int, seed: int) -> Rates:
    """Return what the looks do to ``studies`` studies."""
    generator = np.random.default_rng(seed)
    sizes = [min(BATCH, studies - start) for start in range(0, studies, BATCH)]
    batches = np.array([_batch(law, size, looks, generator) for size in sizes])
    return Rates(*np.average(batches, axis=0, weights=sizes).tolist())


def _batch(law: Law, studies: int, looks: Looks, generator: np.random.Generator) -> Sequence[float]:
    values = law.draw(generator, (studies, CLAIMS, looks.runs[-1]))
    published = law.draw(generator, (studies, CLAIMS))
    true = judged_in_turn(values, published, looks)
    high = _one_of(values, published, published + 1.0, looks)
    edges = (judged_in_turn(values, np.full_like(published, law.median + edge), looks) for edge in (MARGIN, -MARGIN))
    return (
        float(true.reproduced.mean()),
        float((true.reproduced & (true.runs <= LOOKS[0])).mean()),
        float(true.runs.mean()),
        float(true.refuted.any(axis=-1).mean()),
        float(high.refuted[..., 0].mean()),
        float(high.runs[..., 0].mean()),
        *(float(edge.reproduced.mean()) for edge in edges),
    )


def _one_of(values: Numbers, published: Numbers, moved: Numbers, looks: Looks) -> Ended:
    """Judge families of which the first claim's number is moved."""
    return judged_in_turn(values, np.concatenate([moved[..., :1], published[..., 1:]], axis=-1), looks)


def main() -> None:
    """Print the table that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=20_000, help="studies for every row, of 13 claims each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", action="store_true", help="look after every run, without a correction")
    asked = parser.parse_args()
    names = [field.name for field in fields(Rates)]
    print(f"| law | {' | '.join(name.replace('_', ' ') for name in names)} |")
    print(f"|:---|{'---:|' * len(names)}")
    for law in LAWS:
        found = rates(law, EVERY_RUN if asked.every else CORRECTED, asked.studies, asked.seed)
        cells = (getattr(found, name) * (1 if name.startswith("runs") else 100) for name in names)
        print(f"| {law.name} | {' | '.join(f'{cell:.1f}' for cell in cells)} |", flush=True)


if __name__ == "__main__":
    main()
