"""What trains the trials of a verb: chosen by its options, connected where it has other machines; trains nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from harness.app.progress import Progress
from harness.errors import MissingOption
from harness.execute.engine import (
    LOCAL,
    Engine,
    EngineOptions,
    Site,
    make_engine,
    open_site,
)


@dataclass(frozen=True, kw_only=True)
class EngineChoice:
    """What trains trials, and for how long: what the options of every verb that trains have in common.

    Args:
        timeout_seconds: How long one trial may take; None: as long as it needs.
        engine: A module of ``harness.execute.engines``.
        address: Where the engine finds a cluster, ``auto`` or ``host:port``; None: it starts one on this machine.
    """

    timeout_seconds: float | None = None
    engine: str = LOCAL
    address: str | None = None

    def check_engine(self) -> None:
        """Refuse an address for an engine that looks for no cluster.

        Raises:
            MissingOption: It is given one.
        """
        if self.address is not None and self.engine == LOCAL:
            raise MissingOption("--address", "--engine ray")


@contextmanager
def connected(options: EngineOptions, progress: Progress) -> Iterator[Site | None]:
    """Connect to the machines that the options name, for the block, and report which of them are left out."""
    with open_site(options) as site:
        for sentence in site.sentences if site else ():
            progress.warn(sentence)
        yield site


def engine_at(site: Site | None, options: EngineOptions) -> Engine:
    """Return the engine that trains there; None: on this machine."""
    return site.engine(options) if site else make_engine(options)
