"""What a report rests on: ``study.yaml`` in the results folder, read and written; it is decided elsewhere.

Without such a file, ranks use the seeds that all architectures have, and verdicts everything that is recorded. A file
that names no environment leaves it to the records whose times are shown.
"""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from harness.declaration.files import file_text
from harness.declaration.spec_error import SpecError, refused, shown
from harness.declaration.validation import read_model
from harness.declaration.values import Line
from harness.errors import UnknownSeeds
from harness.planning.seeds import LOOKS, seed_option, seeds_from
from harness.records.files import write_atomically

FILE_NAME = "study.yaml"
HEADING = "# Which seeds the report may use; 'bench report --seeds' changes those of ranks, an editor the rest.\n"


def _seeds(given: object) -> tuple[int, ...]:
    if isinstance(given, bool) or not isinstance(given, int | str | list | tuple):
        raise refused("seeds", None, UnknownSeeds.REMEDY)
    try:
        return tuple(sorted(seeds_from(given)))
    except UnknownSeeds as error:
        raise refused("seeds", f"{shown(given)}: {error.reason}", UnknownSeeds.REMEDY) from None


Seeds = Annotated[tuple[int, ...], BeforeValidator(_seeds), PlainSerializer(seed_option)]


class StudyPart(BaseModel):
    """A part of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class ClaimSeeds(StudyPart):
    """The seeds of verdicts, where they are not those of ranks; ``fresh`` ones give a second verdict by themselves."""

    seeds: Seeds
    fresh: Seeds | None = None


class UntilDecided(StudyPart):
    """Architectures whose claims are judged at 10, 20 and 40 seeds, for as long as a claim is open."""

    architectures: Annotated[tuple[Line, ...], Field(strict=False, min_length=1)]
    most_seeds: Annotated[int, Field(ge=LOOKS[0])] = LOOKS[-1]

    @property
    def looks(self) -> tuple[int, ...]:
        """The numbers of seeds, counted from seed 0, that claims are judged at."""
        return tuple(look for look in LOOKS if look <= self.most_seeds)


class Terms(StudyPart):
    """The seeds that ranks, pairs and fronts use, and those of verdicts."""

    seeds: Seeds
    claims: ClaimSeeds | None = None
    until_decided: UntilDecided | None = None

    @property
    def claim_seeds(self) -> tuple[int, ...]:
        """The seeds of verdicts that are not sequential."""
        return self.claims.seeds if self.claims else self.seeds


class Design(Terms):
    """What the file says: the terms, and those that held before, where they were changed after results were known.

    ``environment`` is the id of the one that a report is about and whose times it shows.
    """

    environment: Line | None = None
    earlier: Annotated[tuple[Terms, ...], Field(strict=False)] = ()

    @property
    def terms(self) -> Terms:
        """What holds now."""
        return Terms.model_construct(**{name: getattr(self, name) for name in Terms.model_fields})

    def changed(self, terms: Terms) -> "Design":
        """Return the design with other terms, which remembers those that held until now."""
        if terms == self.terms:
            return self
        return Design(**dict(terms), environment=self.environment, earlier=(*self.earlier, self.terms))


def design_path(results: Path) -> Path:
    """Return where the design is."""
    return results / FILE_NAME


def read_design(results: Path) -> Design | None:
    """Return the design of a results folder, or None where there is no such file.

    Raises:
        InvalidSpec: With every mistake in the file.
    """
    path = design_path(results)
    return read_model(Design, path, file_text(path), _mistakes) if os.path.lexists(path) else None


def write_design(results: Path, design: Design) -> None:
    """Write the file.

    Raises:
        CannotWrite: The disk is full or the folder can't be written.
    """
    write_atomically(design_path(results), design_text(design).encode())


def design_text(design: Design) -> str:
    """Return the file's text."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - what only reads a design does without

    text = io.StringIO()
    YAML().dump(design.model_dump(mode="json", exclude_defaults=True), text)
    return HEADING + text.getvalue()


def _mistakes(design: Design) -> Iterator[SpecError]:
    for number, terms in ((None, design), *enumerate(design.earlier)):
        fresh = set(terms.claims.fresh or () if terms.claims else ())
        if fresh and not fresh <= set(terms.claim_seeds):
            path = ("claims", "fresh") if number is None else ("earlier", number, "claims", "fresh")
            what = f"fresh seeds that are not among those of the claims ({seed_option(terms.claim_seeds)})"
            yield SpecError(path, what, "name some of the claims' seeds")
