"""What is held fixed for all architectures of a comparison; chooses nothing per architecture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Precision = Literal["float32"]

# Threads of a trial, and trials at once: more than any machine has cores, and thousands take minutes to start.
MOST_AT_ONCE = 1024
DEFAULT_SEEDS = (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class Settings:
    """Seeds, threads, precision and evaluations of a comparison.

    ``evaluations`` are measured of every architecture, beside those that its spec asks for.

    ``train_examples`` and ``test_examples`` keep the first so many examples of the data set (None: all of
    them), and ``max_epochs`` cuts every recipe; both are for ``--smoke`` and for tests.
    """

    seeds: tuple[int, ...] = DEFAULT_SEEDS
    threads: int = 1
    deterministic: bool = True
    precision: Precision = "float32"
    backend: str = "tensorflow"
    evaluations: tuple[str, ...] = ()
    train_examples: int | None = None
    test_examples: int | None = None
    max_epochs: int | None = None

    @property
    def is_cut(self) -> bool:
        """Whether less is trained than the recipes ask for."""
        return (self.train_examples, self.test_examples, self.max_epochs) != (None, None, None)


def smoke(settings: Settings) -> Settings:
    """Return the settings cut to a few thousand examples and one epoch: minutes become seconds."""
    return replace(settings, train_examples=4_000, test_examples=1_000, max_epochs=1)
