"""Which seeds are recorded up to which epoch, here and elsewhere, by the names of files; opens as few as it can."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.planning.settings import Settings
from harness.records.content import RecordFile, record_files
from harness.records.environment import Commit, Environment, current_environment
from harness.records.record_cache import KnownRecords


@dataclass(frozen=True)
class RecordedSeeds:
    """The seeds of an architecture that are recorded up to its last epoch: here, and in other environments.

    ``counted`` are those that count here: recorded on a machine whose bits are this one's.
    """

    here: tuple[int, ...] = ()
    elsewhere: tuple[int, ...] = ()
    counted: tuple[int, ...] = ()


@dataclass(frozen=True)
class RecordIndex:
    """The records of a results folder by their files' names; opened as far as they are asked about.

    ``here`` is the id of this machine's environment, None where nothing is recorded; ``counted`` are those whose bits
    are the same.
    """

    files: Mapping[str, Sequence[RecordFile]]
    known: KnownRecords
    here: str | None
    counted: frozenset[str] = frozenset()

    def seeds(self, fingerprint: str, epochs: int) -> RecordedSeeds:
        """Return the seeds of the trial whose record goes as far as the epoch."""
        reaching = [file for file in self.files.get(fingerprint, ()) if self.known.reach(file.path).includes(epochs)]
        here = {file.seed for file in reaching if file.environment == self.here}
        elsewhere = {file.seed for file in reaching if file.environment != self.here}
        counted = {file.seed for file in reaching if file.environment in self.counted}
        return RecordedSeeds(tuple(sorted(here)), tuple(sorted(elsewhere)), tuple(sorted(counted)))


def index_records(folder: Path) -> RecordIndex:
    """List the records of a results folder."""
    known = KnownRecords(folder / "records")
    files: dict[str, list[RecordFile]] = {}
    names: dict[str, set[str]] = defaultdict(set)
    for file in record_files(known.folder):
        files.setdefault(file.fingerprint, []).append(file)
        names[file.environment].add(file.trial)
    if not files:
        return RecordIndex(files, known, None)
    here = this_environment()
    others = names.keys() - {here.id}
    facts = here.model_dump_json()
    agreeing = known.names(names, facts, lambda: _agreeing(folder, here, names)) if others else ()
    return RecordIndex(files, known, here.id, frozenset({here.id, *agreeing}))


def _agreeing(folder: Path, here: Environment, names: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Return the other environments whose records count here, of all with the names of their records.

    Of most, one record tells that they don't; of the rest, those of the trials that this machine has recorded too.
    """
    from harness.records.pooling import pool
    from harness.records.store import Store

    store = Store(folder)

    def can_count(environment: str) -> bool:
        first = store.first(environment)
        return first is not None and first.environment.has_bits_of(here)

    alike = [environment for environment in names if environment != here.id and can_count(environment)]
    if not alike:
        return ()
    # Bits can differ only in what both recorded; but which of several others is pooled first depends on all they have.
    shared = names[here.id] & names[alike[0]] if len(alike) == 1 else set().union(*names.values())
    records = [
        record
        for environment in (here.id, *alike)
        for name in sorted(names[environment] & shared)
        if (record := store.read(environment, name))
    ]
    refuted = {peer.environment.id for peer in pool(records, here).peers if not peer.agrees}
    return tuple(environment for environment in alike if environment not in refuted)


def this_environment() -> Environment:
    """Return the environment that `run` records in by default; git is not asked, for nothing here depends on it."""
    settings = Settings()
    return current_environment(settings.threads, deterministic=settings.deterministic, commit=Commit())
