"""From a file to an architecture, or to every mistake in it at once; it runs nothing that a file says.

The way: name, kind and size of the file (``file_text``); YAML (``yaml_text``); fields (pydantic, put into words by
``spec_error``); what only the whole can show: shapes, classes, memory (``checks``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from harness.declaration.file_text import decoded, invalid, read_bytes
from harness.declaration.spec_error import InvalidSpec, Mistake, joined, sentence, shown
from harness.declaration.yaml_text import Tree, parse
from harness.errors import nearest
from harness.spec.architecture import Architecture, SpecFile
from harness.spec.checks import Problem, problems
from harness.spec.claims import BetterThan
from harness.spec.folder import select_files
from harness.spec.training import Training

MOST_TOLD = 100


def read_architecture(path: Path) -> Architecture:
    """Return the file's architecture; raise `InvalidSpec` with all of its mistakes."""
    return read_text(path, decoded(path, read_bytes(path)))


def read_text(path: Path, text: str) -> Architecture:
    """Return the architecture that a file with this text would be; raise `InvalidSpec` with all of its mistakes."""
    return _whole(path, _parsed(path, text))


def select(names: Iterable[str], folder: Path) -> tuple[Architecture, ...]:
    """Return the architectures that the names and globs mean, sorted by name; no names at all means every one.

    Raises:
        UnknownArchitecture: a name or a glob means no file.
        InvalidSpec: with the mistakes of all selected files; those of other files don't matter.
    """
    architectures, broken = sound(select_files(names, folder))
    if broken:
        raise joined(broken)
    return architectures


def sound(files: Iterable[Path]) -> tuple[tuple[Architecture, ...], tuple[InvalidSpec, ...]]:
    """Return the architectures of the files that are valid, and what is wrong with each of the others."""
    architectures: list[Architecture] = []
    broken: list[InvalidSpec] = []
    for file in files:
        try:
            architectures.append(read_architecture(file))
        except InvalidSpec as error:
            broken.append(error)
    return tuple(architectures), tuple(broken)


def _parsed(path: Path, text: str) -> Tree:
    tree = parse(text)
    if tree.data is None and not tree.slips:
        raise invalid(path, "the file is empty", "write a spec, or start one with 'bench new NAME'")
    return tree


def _whole(path: Path, tree: Tree) -> Architecture:
    """Return the tree's architecture, or raise what is wrong with the text and with what it says together."""
    mistakes = [Mistake(str(path), *slip.place, slip.what, slip.remedy) for slip in tree.slips]
    spec, found = (None, []) if tree.data is None else _check(tree.data)
    told = {(mistake.line, mistake.column) for mistake in mistakes}
    later = [_mistake(path, tree, problem) for problem in found]
    mistakes += [mistake for mistake in later if (mistake.line, mistake.column) not in told]
    if mistakes or spec is None:
        raise InvalidSpec(_first(sorted(set(mistakes))))
    return _named(spec, path)


def _first(mistakes: list[Mistake]) -> list[Mistake]:
    """Return as many mistakes as anyone mends at once, and how many follow."""
    told, rest = mistakes[:MOST_TOLD], mistakes[MOST_TOLD:]
    if not rest:
        return told
    last = Mistake(rest[0].file, rest[0].line, rest[0].column, f"and {len(rest):,} mistakes more", "mend these first")
    return [*told, last]


def _check(data: object) -> tuple[SpecFile | None, list[Problem]]:
    try:
        spec = SpecFile.model_validate(data)
    except ValidationError as error:
        return None, list(_field_problems(error))
    return spec, list(problems(spec))


def _named(spec: SpecFile, path: Path) -> Architecture:
    return Architecture.model_construct(name=path.stem, path=path, **dict(spec))


def _field_problems(error: ValidationError) -> Iterator[Problem]:
    details = error.errors(include_url=False)
    for detail in details:
        if detail["type"] == "too_short" and any(_below(other, detail) for other in details):
            continue  # pydantic counts valid items only: the others are told already
        path, on_key = detail["loc"], detail["type"] in {"extra_forbidden", "field_unknown"}
        if detail["type"] in {"missing", "field_missing"}:
            path, on_key = path[:-1], True
        yield Problem(path, *sentence(detail, _known_fields(detail)), on_key=on_key)


def _below(other: ErrorDetails, detail: ErrorDetails) -> bool:
    depth = len(detail["loc"])
    return len(other["loc"]) > depth and other["loc"][:depth] == detail["loc"]


def _known_fields(detail: ErrorDetails) -> list[str]:
    model = Training if detail["loc"][:1] == ("training",) and len(detail["loc"]) > 1 else SpecFile
    return list(model.model_fields)


def _mistake(path: Path, tree: Tree, problem: Problem) -> Mistake:
    place = tree.place(problem.path, key=problem.on_key)
    return Mistake(str(path), *place, problem.what, problem.remedy)


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
