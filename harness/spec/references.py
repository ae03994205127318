"""Whether claims speak of architectures that exist; it needs the whole folder, so reading one file can't tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from harness.errors import nearest
from harness.spec.architecture import Architecture
from harness.spec.claims import BetterThan
from harness.spec.folder import find_architectures
from harness.spec.mistakes import InvalidSpec, Mistake
from harness.spec.opening import decoded, read_bytes
from harness.spec.reading import read_all


def read_with_references(files: Iterable[Path]) -> tuple[Mistake, ...]:
    """Return every mistake of the files, claims about unknown architectures included, in the files' order."""
    readings = read_all(files)
    folders = {reading.path.parent for reading in readings if isinstance(reading, Architecture)}
    names = {folder: tuple(path.stem for path in find_architectures(folder)) for folder in folders}
    mistakes: list[Mistake] = []
    for reading in readings:
        if isinstance(reading, InvalidSpec):
            mistakes += reading.mistakes
        else:
            mistakes += reference_mistakes(reading, names[reading.path.parent])
    return tuple(mistakes)


def reference_mistakes(architecture: Architecture, known: Sequence[str]) -> tuple[Mistake, ...]:
    """Return the claims that compare with itself or with none of the known architectures."""
    wrong = [
        (index, claim)
        for index, claim in enumerate(architecture.claims)
        if isinstance(claim, BetterThan)
        and (claim.architecture not in known or claim.architecture == architecture.name)
    ]
    return tuple(_mistakes(architecture, wrong, known)) if wrong else ()


def _mistakes(
    architecture: Architecture, wrong: Iterable[tuple[int, BetterThan]], known: Sequence[str]
) -> Iterator[Mistake]:
    from harness.spec.yaml_tree import parse  # noqa: PLC0415 - ruamel takes 40 ms; only a mistake needs its place

    path = architecture.path
    tree = parse(decoded(path, read_bytes(path)))
    for index, claim in wrong:
        place = tree.place(("claims", index, "better_than", "architecture"))
        if claim.architecture == architecture.name:
            yield Mistake(str(path), *place, "this compares the architecture with itself", "name another one")
            continue
        remedy = nearest(claim.architecture, known).removeprefix("; ") or "'bench list' shows what there is"
        what = f"there is no architecture '{claim.architecture}' in {path.parent}"
        yield Mistake(str(path), *place, what, remedy)
