"""Chooses the one environment that a report is about; never mixes two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.errors import UnknownEnvironment
from harness.records.environment import Environment
from harness.records.record import Record


def choose_environment(
    records: Sequence[Record], wanted: str | None = None, here: str | None = None
) -> Environment | None:
    """Return the environment to report on, or None where there is no record.

    ``wanted`` is an id or its unique beginning; without one it is this machine's, ``here``, else the one with
    most records (of two with as many, the first by name).

    Raises:
        UnknownEnvironment: ``wanted`` has no record.
    """
    known = {record.environment.id: record.environment for record in records}
    if wanted is not None:
        matches = [name for name in known if name == wanted] or [name for name in known if name.startswith(wanted)]
        if len(matches) != 1:
            raise UnknownEnvironment(wanted, sorted(known))
        return known[matches[0]]
    if here in known:
        return known[here]
    counts = Counter(record.environment.id for record in records)
    most = min(counts, key=lambda name: (-counts[name], name), default=None)
    return None if most is None else known[most]
