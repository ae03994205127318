"""Which records belong together, and which machine a report is about; derives no statistic.

Bits depend on numerics, times on the machine. Where two machines that claim the same numerics share a trial, its bits
are compared: one difference refutes the claim, whatever the architecture, and nothing of that machine is pooled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.declaration.values import MOST
from harness.errors import UnknownEnvironment
from harness.planning.plan import RecordedElsewhere
from harness.planning.settings import DEFAULT_SEEDS, Settings
from harness.records.compare import Mismatch, first_mismatch
from harness.records.design import Design
from harness.records.environment import Environment
from harness.records.later import completed
from harness.records.plan_facts import furthest, recorded
from harness.records.record import Record

# What an option names this machine's environment by.
HERE = "here"


@dataclass(frozen=True)
class Divergence:
    """A trial that two machines of the same numerics recorded with other bits; ``other`` was pooled before."""

    record: Record
    other: Record
    mismatch: Mismatch


@dataclass(frozen=True)
class Peer:
    """Another machine that claims the same numerics, held against what was pooled before it.

    ``compared`` are the names of the trials that both finished an epoch of.
    """

    environment: Environment
    records: tuple[Record, ...]
    compared: tuple[str, ...]
    divergences: tuple[Divergence, ...]

    @property
    def agrees(self) -> bool:
        """Whether its records are pooled: no trial has other bits. Without one in common its claim alone counts."""
        return not self.divergences


@dataclass(frozen=True)
class Pool:
    """One machine's records and those of the peers that agree, its own first."""

    here: Environment
    own: tuple[Record, ...]
    peers: tuple[Peer, ...] = ()

    @property
    def records(self) -> tuple[Record, ...]:
        """All records that count: of one trial, this machine's comes first, with what the others evaluated of it."""
        others = tuple(record for peer in self.peers if peer.agrees for record in peer.records)
        by_name: dict[str, list[Record]] = {}
        _add(others, by_name)
        return (*(completed(record, by_name.get(record.name, ())) for record in self.own), *others)

    @property
    def machines(self) -> tuple[str, ...]:
        """The ids of this machine's environment and of all that claim its numerics."""
        return (self.here.id, *(peer.environment.id for peer in self.peers))

    @property
    def elsewhere(self) -> RecordedElsewhere:
        """What a plan needs to know of the peers that agree, and what was found to have the same bits here as there.

        Of a trial that several recorded, the longest record, of those the first one's.
        """
        ours = {name: _finished(record) for name, record in furthest(self.own).items()}
        longest: dict[str, Record] = {}
        proven: dict[str, int] = {}
        for record in self.records[len(self.own) :]:
            epochs, known = _finished(record), longest.get(record.name)
            if known is None or epochs > _finished(known):
                longest[record.name] = record
            same = min(epochs, ours.get(record.name, 0))
            if same and record.measurement and record.measurement.stopped:
                same = MOST  # its recipe ended the training: there are no more epochs to differ in
            proven[record.fingerprint] = max(same, proven.get(record.fingerprint, 0))
        return RecordedElsewhere({name: recorded(record) for name, record in longest.items()}, proven)


def pool(records: Iterable[Record], here: Environment) -> Pool:
    """Hold every machine of the same numerics against this one, and against those that were pooled before it.

    The one with most trials comes first, of two with as many the first by name.
    """
    machines: dict[str, list[Record]] = {}
    for record in records:
        machines.setdefault(record.environment.id, []).append(record)
    own = tuple(machines.pop(here.id, ()))
    alike = [found for found in machines.values() if found[0].environment.has_bits_of(here)]
    pooled: dict[str, list[Record]] = {}
    _add(own, pooled)
    peers = []
    for found in sorted(alike, key=lambda found: (-len({record.name for record in found}), found[0].environment.id)):
        peer = _held_against(pooled, found)
        peers.append(peer)
        if peer.agrees:
            _add(found, pooled)
    return Pool(here, own, tuple(peers))


def _add(records: Iterable[Record], pooled: dict[str, list[Record]]) -> None:
    for record in records:
        pooled.setdefault(record.name, []).append(record)


def _held_against(pooled: Mapping[str, Sequence[Record]], records: Sequence[Record]) -> Peer:
    """Compare the bits of every trial that was pooled before."""
    compared: dict[str, None] = {}
    divergences = []
    for record in records:
        for other in pooled.get(record.name, ()):
            if not (_finished(record) and _finished(other)):
                continue
            compared[record.name] = None
            mismatch = _mismatch(record, other)
            divergences += [Divergence(record, other, mismatch)] if mismatch else []
    return Peer(records[0].environment, tuple(records), tuple(compared), tuple(divergences))


def _finished(record: Record) -> int:
    """Return how many epochs the record holds."""
    return len(record.measurement.epochs) if record.measurement else 0


def _mismatch(record: Record, other: Record) -> Mismatch | None:
    one, two = record.measurement, other.measurement
    return first_mismatch(one, two) if one and two else None


def choose_environment(
    records: Sequence[Record],
    wanted: str | None = None,
    here: str | None = None,
    design: Design | None = None,
) -> Environment | None:
    """Return the environment whose times a report shows and whose numerics it is about, or None without a record.

    ``wanted`` is an id or its unique beginning, or ``here``. Without one it is what the ``design`` names, if that has a
    record; else that of default threads and determinism with most records of the seeds that ranks take; of two with
    as many this machine's, ``here``, else the one with most records, else the first by name. A results folder thus has
    the same report on every machine, unless one that has recorded as much as any other reports on itself.

    Raises:
        UnknownEnvironment: ``wanted`` has no record.
    """
    known = {record.environment.id: record.environment for record in records}
    if wanted is not None:
        sought = here if wanted == HERE and here else wanted
        matches = [name for name in known if name == sought] or [name for name in known if name.startswith(sought)]
        if len(matches) != 1:
            raise UnknownEnvironment(sought, sorted(known))
        return known[matches[0]]
    if design and design.environment in known:
        return known[design.environment]
    seeds = design.seeds if design else DEFAULT_SEEDS
    trials = {(record.environment.id, record.name): record for record in records}.values()
    counts = Counter(record.environment.id for record in trials)
    preset = Counter(record.environment.id for record in trials if record.seed in seeds)

    def place(name: str) -> tuple[bool, int, bool, int, str]:
        return not _is_default(known[name]), -preset[name], name != here, -counts[name], name

    return min(known.items(), key=lambda item: place(item[0]), default=(None, None))[1]


def _is_default(environment: Environment) -> bool:
    """Whether trials ran as they do where no option says otherwise."""
    numerics, default = environment.numerics, Settings()
    return (numerics.threads, numerics.deterministic) == (default.threads, default.deterministic)
