"""How a data set stands on this machine: where, from which source, verified or why not; mends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.data.cache import Cached, cache_folder
from harness.data.description import Description
from harness.errors import DataMissing


@dataclass(frozen=True)
class Standing:
    """One data set's copy. ``source`` and ``problem`` are None where there is nothing to tell."""

    name: str
    title: str
    path: Path
    sha256: str
    source: str | None
    problem: str | None

    @property
    def verified(self) -> bool:
        """Whether every array was just now found to be as published."""
        return self.problem is None

    @property
    def sentence(self) -> str:
        """The same for a person."""
        if self.problem is not None:
            return f"{self.title}: {self.problem}; 'bench data fetch {self.name}' brings it to {self.path}"
        return f"{self.title}: verified, {self.path}, from {self.source or 'an unknown source'}"

    def as_json(self) -> dict[str, str | bool | None]:
        """The same for a program."""
        return {
            "name": self.name,
            "path": str(self.path),
            "verified": self.verified,
            "source": self.source,
            "problem": self.problem,
            "sha256": self.sha256,
        }


def standing(description: Description, cache: Path | None = None) -> Standing:
    """Read and check the copy in the cache, and say how it stands."""
    cached = Cached(description, cache or cache_folder())
    return Standing(
        name=description.name,
        title=description.title,
        path=cached.path,
        sha256=description.sha256,
        source=cached.source(),
        problem=_problem(cached),
    )


def _problem(cached: Cached) -> str | None:
    try:
        cached.read()
    except DataMissing as missing:
        return missing.reason
    return None
