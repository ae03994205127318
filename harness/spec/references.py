"""Whether claims speak of architectures that exist; it needs the whole folder, so reading one file can't tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from harness.declaration.mistakes import Mistake, shown
from harness.declaration.opening import decoded, read_bytes
from harness.declaration.yaml_tree import parse
from harness.errors import nearest
from harness.spec.claims import BetterThan
from harness.spec.reading import read_architecture


def reference_mistakes(file: Path, known: Collection[str]) -> tuple[Mistake, ...]:
    """Return the claims of a valid file that compare with itself or with none of the known architectures."""
    return tuple(_mistakes(file, known))


def _mistakes(file: Path, known: Collection[str]) -> Iterator[Mistake]:
    tree = parse(decoded(file, read_bytes(file)))
    for index, claim in enumerate(read_architecture(file).claims):
        if isinstance(claim, BetterThan) and (claim.architecture not in known or claim.architecture == file.stem):
            place = tree.place(("claims", index, "better_than", "architecture"))
            yield Mistake(str(file), *place, *_sentence(claim.architecture, file, known))


def _sentence(name: str, file: Path, known: Collection[str]) -> tuple[str, str]:
    if name == file.stem:
        return "this compares the architecture with itself", "name another one"
    remedy = nearest(name, sorted(known)).removeprefix("; ") or "'bench list' shows what there is"
    return f"there is no architecture {shown(name, 80)} in {file.parent}", remedy
