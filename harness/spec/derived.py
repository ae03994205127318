"""A spec that says how it differs from another one: its form, its parent, and what its changes amount to.

Every mistake that can be found is found at once: those of the form, and those of all changes that are well formed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator

from harness.declaration.files import SUFFIX, file_text, is_safe_name, listed_files, shipped_folder
from harness.declaration.spec_error import InvalidSpec, SpecError, shown
from harness.declaration.tree import Tree
from harness.declaration.validation import all_mistakes, first_mistakes, spec_errors
from harness.errors import did_you_mean
from harness.spec import other_words
from harness.spec.architecture import PHASES, Architecture, Derivation, Provenance, SpecFile
from harness.spec.changes import CHANGES, Change, ChangeKind
from harness.spec.drafting import Draft, Parent
from harness.spec.merging import Whole, merge
from harness.spec.numbering import numbered_layers
from harness.spec.outputs import class_count, written_out
from harness.spec.training import Training, with_losses
from harness.spec.wording import phases_in_words

_OWN_KEYS = ("extends", "changes")
ReadTree = Callable[[Path, str], Tree]
"""Returns what a file's text holds."""
ReadPlain = Callable[[Path, str], Architecture]
"""Returns the architecture of a file's text that stands for itself."""


class DerivedFile(Provenance):
    """The content of a spec file that says how it differs from another one."""

    field_words = other_words.DERIVED

    extends: str = Field(description="Architecture that it differs from: one that stands for itself.")
    changes: tuple[Change, ...] = Field(
        default=(), strict=False, description="How it differs; layers are numbered as the other's are."
    )
    dataset: str | None = Field(default=None, description="Data set, where it is another one.")
    phases: tuple[Training, ...] | None = Field(default=None, strict=False, min_length=1, description=PHASES)

    @field_validator("phases", mode="before")
    @classmethod
    def _whole_phases(cls, phases: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        return with_losses(phases)


@dataclass(frozen=True)
class DerivedSpec:
    """A derived file as a whole, its parent, and its changes in words; ``folder`` is where its data set is named."""

    folder: Path
    whole: Whole
    parent: Parent
    words: tuple[str, ...]

    def derivation(self, spec: SpecFile) -> Derivation:
        """Return what the spec of the whole is derived from, and which of its layers differ."""
        layers, parent = numbered_layers(spec.layers), self.parent.architecture
        phases = (phases_in_words(spec.recipes, parent.recipes),) if "phases" in self.whole.own.data else ()
        other_data = (f"dataset {spec.dataset} instead of {parent.dataset}",) if spec.dataset != parent.dataset else ()
        return Derivation.model_construct(
            parent=parent,
            changes=(*self.words, *phases, *other_data),
            added=frozenset(one.number for one in layers if self.whole.is_own(one.path)),
            changed=frozenset(one.number for one in layers if self.whole.sets(one.path)),
        )

    def without_effect(self, spec: SpecFile) -> Iterator[SpecError]:
        """Yield the mistake of computing what the parent computes."""
        parent = self.parent.architecture
        if (spec.layers, spec.recipes, spec.dataset) == (parent.layers, parent.recipes, parent.dataset):
            key = next((key for key in reversed(_OWN_KEYS) if key in self.whole.own.data), "extends")
            what = f"this computes what {shown(parent.name)} computes"
            place = self.whole.own.place((key,), on_key=True)
            yield SpecError((key,), what, "say in 'changes' what differs, or name another data set", place=place)


def is_derived(data: object) -> bool:
    """Tell whether a file's data is meant to say how it differs from another file."""
    if not isinstance(data, dict):
        return False
    own = [*DerivedFile.model_fields, *SpecFile.model_fields]
    meant = [key for key in data if key in _OWN_KEYS or (key not in own and did_you_mean(str(key), _OWN_KEYS))]
    return any(key in _OWN_KEYS for key in meant) or (bool(meant) and "layers" not in data)


def read_derived(file: Path, tree: Tree, read_tree: ReadTree, read_plain: ReadPlain) -> DerivedSpec:
    """Return what a derived file amounts to.

    Raises:
        InvalidSpec: with all mistakes of the form, of the changes, and of the parent.
    """
    try:
        parent = _parent(tree.data.get("extends"), file, read_tree, read_plain)
    except InvalidSpec as error:
        found = [*_form_mistakes(tree), *error.mistakes]
        raise InvalidSpec(first_mistakes(all_mistakes(tree, found))) from None
    own_data = "dataset" in tree.data
    folder = file.parent if own_data else parent.architecture.path.parent
    classes = class_count(tree.data["dataset"] if own_data else parent.architecture.dataset, folder)
    tree = replace(tree, data={**tree.data, **written_out(_changes(tree), classes)})
    draft = Draft(parent, classes)
    found = [*_form_mistakes(tree)]
    for index, change in _well_formed(tree.data.get("changes")):
        found += draft.mistakes_with(index, change)
    if "phases" in tree.data and (changed := [one for one in draft.applied if one.change.recipe]):
        what = "a recipe is changed, and 'phases' stand in this file"
        found.append(SpecError(changed[0].path, what, "write the change there", on_key=True))
    if own_data and tree.data["dataset"] == parent.architecture.dataset:
        what = f"{shown(parent.architecture.dataset)} is the data set of {shown(parent.name)} already"
        found.append(SpecError(("dataset",), what, "leave it out, or name another one"))
    if mistakes := all_mistakes(tree, found):
        raise InvalidSpec(first_mistakes(mistakes))
    return DerivedSpec(folder, merge(tree, parent.tree, draft.applied), parent, draft.words)


def _changes(tree: Tree) -> dict[str, object]:
    """Return the changes under their key; nothing where there are none."""
    return {key: value for key, value in tree.data.items() if key == "changes"}


def _form_mistakes(tree: Tree) -> Iterator[SpecError]:
    """Yield what is wrong with the file by itself."""
    try:
        DerivedFile.model_validate(tree.data)
    except ValidationError as error:
        for mistake in spec_errors(error, DerivedFile):
            yield _in_changes(mistake)


def _in_changes(mistake: SpecError) -> SpecError:
    """Return the mistake; where a network or a recipe stands beside 'extends', with the remedy for that."""
    if mistake.path in {("layers",), ("training",)}:
        what = f"'{mistake.path[0]}' stands beside 'extends'"
        return SpecError(mistake.path, what, "say in 'changes' what differs", on_key=True)
    return mistake


def _parent(name: object, file: Path, read_tree: ReadTree, read_plain: ReadPlain) -> Parent:
    """Return the parent; raise its mistakes, or that of naming it."""
    if not isinstance(name, str):
        raise InvalidSpec([])  # reported with the form
    if name == file.stem:
        raise _not_named("this extends itself", "name another architecture")
    found = _find_parent(name, file.parent)
    if found is None:
        remedy = did_you_mean(name, _parent_names(file.parent)) or "'bench list' shows the architectures"
        raise _not_named(f"there is no architecture {shown(name, 80)}", remedy)
    text = file_text(found)
    tree = read_tree(found, text)
    if is_derived(tree.data):
        origin = shown(tree.data.get("extends"))
        raise _not_named(f"{shown(name, 80)} is derived itself", f"extend {origin}, and repeat the changes that stay")
    return Parent(read_plain(found, text), tree)


def _parent_folders(folder: Path) -> tuple[Path, ...]:
    """Return where the parent of a spec in this folder may lie, in turn: beside it, one folder up, as shipped."""
    above = folder.parent if folder.name not in {"", ".."} else folder.resolve().parent
    return tuple(dict.fromkeys((folder, above, shipped_folder())))


def _find_parent(name: str, folder: Path) -> Path | None:
    """Return the file that a spec in this folder extends by this name, or None where there is none."""
    if not is_safe_name(name):
        return None
    candidates = (place / f"{name}{SUFFIX}" for place in _parent_folders(folder))
    return next((file for file in candidates if file.is_file()), None)


def _parent_names(folder: Path) -> tuple[str, ...]:
    """Return the names of all files that a spec in this folder could extend."""
    return tuple(sorted({file.stem for place in _parent_folders(folder) for file in listed_files(place)}))


def _not_named(what: str, remedy: str) -> InvalidSpec:
    return InvalidSpec([SpecError(("extends",), what, remedy)])


def _well_formed(changes: object) -> Iterator[tuple[int, ChangeKind]]:
    """Yield the changes that are valid by themselves, each with its index."""
    for index, written in enumerate(changes if isinstance(changes, list) else []):
        try:
            change = CHANGES.parse(written)
        except ValueError:  # reported with the form
            continue
        if isinstance(change, ChangeKind):
            yield index, change
