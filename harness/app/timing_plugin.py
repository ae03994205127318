"""The options that the files of benchmarks take, as a plugin of pytest; times nothing and imports no framework."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

NETWORK, ARCHITECTURES = "--bench-network", "--bench-architectures"
DATASET = "--bench-dataset"
THREADS, REPETITIONS = "--bench-threads", "--bench-repetitions"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options to pytest's own."""
    group = parser.getgroup("bench time")
    group.addoption(NETWORK, action="append", metavar="NAME", help="An architecture; by default every one.")
    group.addoption(ARCHITECTURES, type=Path, metavar="DIR", help="Folder of the specs.")
    group.addoption(DATASET, metavar="NAME", help="The data set; by default the one that each spec names.")
    group.addoption(THREADS, type=int, metavar="N", help="Threads of the process.")
    group.addoption(REPETITIONS, type=int, metavar="N", help="Rounds over all architectures.")


@dataclass(frozen=True)
class Chosen:
    """What is timed: the names of architectures (none: all of the folder), on how many threads, how many times.

    ``dataset`` is the data set whose inputs and classes they have; None: the one that each names.
    """

    networks: tuple[str, ...] = ()
    architectures: Path | None = None
    threads: int = 1
    repetitions: int = 3
    dataset: str | None = None

    @property
    def arguments(self) -> tuple[str, ...]:
        """The same as options of pytest."""
        folder = (f"{ARCHITECTURES}={self.architectures}",) if self.architectures else ()
        dataset = (f"{DATASET}={self.dataset}",) if self.dataset else ()
        names = (f"{NETWORK}={name}" for name in self.networks)
        return (*names, *folder, *dataset, f"{THREADS}={self.threads}", f"{REPETITIONS}={self.repetitions}")


def chosen(config: pytest.Config) -> Chosen:
    """Return what the options say; the defaults where pytest runs without this plugin."""
    return Chosen(
        tuple(config.getoption(NETWORK, None) or ()),
        config.getoption(ARCHITECTURES, None),
        config.getoption(THREADS, None) or Chosen.threads,
        config.getoption(REPETITIONS, None) or Chosen.repetitions,
        config.getoption(DATASET, None),
    )
