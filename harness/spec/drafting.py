"""Changes held against the spec that they change, one after another: which layer each is about, and whether it acts.

It finds what is wrong with a change, says in words what it does, and builds no network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from harness.declaration.spec_error import DataPath, SpecError, shown
from harness.declaration.tree import Tree
from harness.declaration.validation import spec_errors
from harness.errors import did_you_mean
from harness.spec.architecture import Architecture
from harness.spec.changes import ChangeKind, is_number, layer_words
from harness.spec.layers import LAYERS, LayerKind
from harness.spec.layers.repeated import with_first_values
from harness.spec.merging import AppliedChange, value_at, with_fields
from harness.spec.numbering import NumberedLayer, numbered_layers
from harness.spec.outputs import written_out
from harness.spec.training import Training
from harness.spec.wording import differences_in_words, in_words


@dataclass(frozen=True)
class Parent:
    """An architecture that another one extends, and the data of its file."""

    architecture: Architecture
    tree: Tree

    @property
    def name(self) -> str:
        """Its name."""
        return self.architecture.name


class Draft:
    """The changes of one derived file so far: those that act, and what they do in words.

    ``classes`` is the number of classes of its data set, which layers may call by that word.
    """

    def __init__(self, parent: Parent, classes: int) -> None:
        self._parent = parent
        self._network = {"layers": written_out(parent.tree.data["layers"], classes)}
        self._layers = numbered_layers(parent.architecture.layers)
        self._applied: list[AppliedChange] = []
        self._words: list[str] = []

    @property
    def applied(self) -> tuple[AppliedChange, ...]:
        """The changes that act."""
        return tuple(self._applied)

    @property
    def words(self) -> tuple[str, ...]:
        """What each does."""
        return tuple(self._words)

    def mistakes_with(self, index: int, change: ChangeKind) -> tuple[SpecError, ...]:
        """Take the change at this index of the file, or return what is wrong with it."""
        applied = AppliedChange(index, change, self._only_layer(change))
        found = tuple(self._layer_mistakes(applied) if change.named_in else self._recipe_mistakes(applied))
        if not found:
            self._applied.append(applied)
            self._words.append(self._in_words(applied))
        return found

    def _only_layer(self, change: ChangeKind) -> NumberedLayer | None:
        named = self._named(change.reference)
        return named[0] if len(named) == 1 else None

    def _named(self, reference: str) -> tuple[NumberedLayer, ...]:
        return tuple(one for one in self._layers if reference in {one.number, one.layer.kind})

    def _layer_mistakes(self, applied: AppliedChange) -> Iterator[SpecError]:
        change, at = applied.change, applied.at
        if at is None:
            yield SpecError((*applied.path, str(change.named_in)), *self._misnamed(change))
            return
        if other := next((one for one in self._applied if _clash(one, applied)), None):
            what = f"layer {at.number} is changed by item {other.index + 1} of 'changes' too, and only one can be"
            yield SpecError((*applied.path, str(change.named_in)), what, "leave one of the two out")
            return
        if change.edit.removes and tuple(change.new_layers()) == (at.layer,):
            what = f"layer {at.number} of {shown(self._parent.name)} is this already"
            yield SpecError(applied.path, what, "leave the change out, or put something else there")
        if change.edit.fields:
            yield from self._field_mistakes(applied, at)

    def _misnamed(self, change: ChangeKind) -> tuple[str, str]:
        """Return what is wrong with a reference that means no layer or several, and what to write."""
        reference, parent = change.reference, shown(self._parent.name)
        named = self._named(reference)
        if named:
            field = "number" if change.named_in == "layer" else change.named_in
            numbers = ", ".join(one.number for one in named)
            what = f"{parent} has {len(named)} layers of kind {reference}: {numbers}"
            return what, f"write '{field}: {named[0].number}', or another of these"
        if is_number(reference):
            numbers = ", ".join(one.number for one in self._layers)
            return f"{parent} has no layer {reference}", f"choose from {numbers}, as 'bench show' counts them"
        kinds = list(dict.fromkeys(one.layer.kind for one in self._layers))
        remedy = did_you_mean(reference, kinds) or f"it has {', '.join(kinds)}"
        return f"{parent} has no layer {shown(reference, 60)}", remedy

    def _field_mistakes(self, applied: AppliedChange, at: NumberedLayer) -> Iterator[SpecError]:
        """Yield the fields that the layer does not have, can't have so, or has so already."""
        fields = applied.change.edit.fields or {}
        try:
            made = self._made(applied, at)
        except ValidationError as error:
            for mistake in spec_errors(error, Training):
                yield _moved(mistake, 1, applied.path)
            return
        for name in fields:
            if getattr(made, name) == getattr(at.layer, name):
                what = f"{name} of layer {at.number} is {in_words(getattr(made, name))} already"
                yield _without_effect((*applied.path, name), what)

    def _made(self, applied: AppliedChange, at: NumberedLayer) -> LayerKind:
        """Return the parent's layer with the fields of the change."""
        network = self._network if at.layer.chains else with_first_values(self._network)
        written = with_fields(value_at(network, at.path), applied.change.edit.fields or {})
        made: Any = LAYERS.parse(written)
        return made  # type: ignore[no-any-return]

    def _recipe_mistakes(self, applied: AppliedChange) -> Iterator[SpecError]:
        """Yield the fields that a recipe does not have, can't have so, or has so already."""
        before = self._recipe(applied)
        if before is None:
            yield self._wrong_phase(applied)
            return
        fields = applied.change.recipe
        try:
            made = self._trained(applied)
        except ValidationError as error:
            for mistake in spec_errors(error, Training):
                yield _moved(mistake, 0, applied.path)
            return
        same = [one for one in self._applied if one.recipe_path == applied.recipe_path]
        taken = {name: one.index for one in same for name in one.change.recipe}
        for name in fields:
            if name in taken:
                what = f"{name} is changed by item {taken[name] + 1} of 'changes' too"
                yield SpecError((*applied.path, name), what, "leave one of the two out", on_key=True)
            elif getattr(made, name) == getattr(before, name):
                yield _without_effect((*applied.path, name), f"{name} is {in_words(getattr(made, name))} already")

    def _recipe(self, applied: AppliedChange) -> Training | None:
        """Return the parent's recipe that the change is about; None where there is no such one."""
        architecture, (key, *index) = self._parent.architecture, applied.recipe_path
        if (key == "phases") != bool(architecture.phases):
            return None
        recipes = architecture.recipes
        found = [recipe for number, recipe in enumerate(recipes) if [number] == (index or [0])]
        return found[0] if found else None

    def _wrong_phase(self, applied: AppliedChange) -> SpecError:
        """Return the mistake of naming a phase that the parent does not have, or none where it has phases."""
        count, parent = len(self._parent.architecture.phases), shown(self._parent.name)
        if not count:
            what = f"{parent} has no phases"
            return SpecError((*applied.path, "phase"), what, "leave 'phase' out", on_key=True)
        what = f"{parent} has {count} phase{'s' if count > 1 else ''}"
        return SpecError(applied.path, what, f"write 'phase: {count}', or another number from 1", on_key=True)

    def _trained(self, applied: AppliedChange) -> Training:
        written = value_at(self._parent.tree.data, applied.recipe_path)
        return Training.model_validate({**written, **applied.change.recipe})

    def _in_words(self, applied: AppliedChange) -> str:
        if applied.at is not None:
            return layer_words(applied.change, applied.at, self._made(applied, applied.at))
        made, before = self._trained(applied), self._recipe(applied)
        fields = applied.change.recipe
        words = ", ".join(differences_in_words(name, getattr(made, name), getattr(before, name)) for name in fields)
        phase = applied.recipe_path[1:]
        return f"{words} in phase {int(phase[0]) + 1}" if phase else words


def _without_effect(path: DataPath, what: str) -> SpecError:
    return SpecError(path, what, "leave it out, or write another value", on_key=True)


def _moved(mistake: SpecError, kinds: int, path: DataPath) -> SpecError:
    """Return a mistake of a layer or a recipe at the change's path, without the kind that leads to it."""
    return SpecError((*path, *mistake.path[kinds:]), mistake.what, mistake.remedy, on_key=mistake.on_key)


def _clash(first: AppliedChange, second: AppliedChange) -> bool:
    """Tell whether one of the changes takes away what the other one is about."""
    return _takes(first, second) or _takes(second, first)


def _takes(one: AppliedChange, other: AppliedChange) -> bool:
    if one.at is None or other.at is None:
        return False
    edit, fields = one.change.edit, one.change.edit.fields or {}
    if one.at == other.at:
        return (edit.removes and not _only_adds(other)) or bool(fields.keys() & (other.change.edit.fields or {}).keys())
    replaced = one.at.holds(other.at) and other.at.path[len(one.at.path) + 1] in fields
    return replaced or (edit.removes and one.at.holds(other.at))


def _only_adds(applied: AppliedChange) -> bool:
    edit = applied.change.edit
    return not edit.removes and not edit.fields
