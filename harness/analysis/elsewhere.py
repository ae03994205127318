"""The study's machine beside others of the same numerics: trials in common, bits, values, speed; pools nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from harness.analysis.runs import ArchitectureResults, Study, make_study
from harness.records.environment import Environment
from harness.records.pooling import Peer


@dataclass(frozen=True)
class OtherBits:
    """A trial in common whose bits differ, by the name of what reads it, and where they first do."""

    name: str
    seed: int
    where: str


@dataclass(frozen=True)
class Elsewhere:
    """Another machine of the same numerics; unknown is None.

    ``taken`` trials count as recorded there, none where a bit differs. ``in_common`` were compared with what this
    machine, or one that was pooled before, recorded. ``difference`` is the mean of the headline here minus there over
    the trials that both machines finished, ``speed`` how many times as fast an epoch of a quiet trial is there as here:
    the geometric mean over what both have such trials of.
    """

    environment: Environment
    pooled: bool
    records: int
    taken: int
    in_common: int
    other_bits: tuple[OtherBits, ...]
    difference: float | None
    speed: float | None

    @property
    def same_bits(self) -> int:
        """How many of the trials in common have the same bits."""
        return self.in_common - len(self.other_bits)


def here_and_elsewhere(study: Study) -> tuple[Elsewhere, ...]:
    """Lay every machine of the same numerics beside the study's own."""
    return tuple(_beside(study, peer) for peer in study.peers)


def _beside(study: Study, peer: Peer) -> Elsewhere:
    architectures = [entry.architecture for entry in study.entries]
    there = make_study(architectures, peer.records, study.settings, peer.environment)
    pairs = _readings(study, there)
    return Elsewhere(
        environment=peer.environment,
        pooled=peer.agrees,
        records=len(peer.records),
        taken=len(_taken(study, peer.environment)),
        in_common=len(peer.compared),
        other_bits=tuple(_other_bits(study, peer)),
        difference=_difference(study, pairs),
        speed=_speed(pairs),
    )


Pairs = Sequence[tuple[ArchitectureResults, ArchitectureResults]]


def _readings(study: Study, there: Study) -> Pairs:
    """Return the entries here and there, those that read the same trials at the same epoch once."""
    pairs = {here.reading: (here, other) for here, other in zip(study.entries, there.entries, strict=True)}
    return tuple(pairs.values())


def _taken(study: Study, environment: Environment) -> set[tuple[str, int]]:
    return {
        (entry.fingerprint, run.seed)
        for entry in study.entries
        for run in entry.runs
        if run.environment == environment.id
    }


def _other_bits(study: Study, peer: Peer) -> Iterator[OtherBits]:
    names = {entry.fingerprint: entry.name for entry in reversed(study.entries)}
    first = {found.record.name: found for found in reversed(peer.divergences)}
    for found in first.values():
        name = names.get(found.record.fingerprint, found.record.fingerprint)
        yield OtherBits(name, found.record.seed, found.mismatch.where)


def _difference(study: Study, pairs: Pairs) -> float | None:
    gaps = []
    for here, there in pairs:
        others = there.by_seed(study.headline)
        ours = {run.seed: study.headline.known_of(run.last) for run in here.timed}
        gaps += [value - others[seed] for seed, value in ours.items() if value is not None and seed in others]
    return fmean(gaps) if gaps else None


def _speed(pairs: Pairs) -> float | None:
    times = [(_epoch_seconds(here), _epoch_seconds(there)) for here, there in pairs]
    ratios = [math.log(here / there) for here, there in times if here and there]
    return math.exp(fmean(ratios)) if ratios else None


def _epoch_seconds(entry: ArchitectureResults) -> float | None:
    # Even a single quiet trial says more of a machine's speed than many that waited for other programs.
    seconds = [epoch.train_seconds for run in entry.timed if run.is_quiet for epoch in run.epochs]
    return median(seconds) if seconds else None
