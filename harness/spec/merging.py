"""The data of a spec and of the one that it extends as one, each value with its place; checks none of them.

A mistake in the whole is the derived file's, though the layer that it shows in may stand in the parent's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness.declaration.spec_error import DataPath, Place, SpecError
from harness.declaration.tree import Tree
from harness.spec.changes import ChangeKind
from harness.spec.numbering import NumberedLayer
from harness.spec.training import with_losses


@dataclass(frozen=True)
class AppliedChange:
    """A change, its index in the file, and the parent's layer that it is about, if it is about one."""

    index: int
    change: ChangeKind
    at: NumberedLayer | None = None

    @property
    def path(self) -> DataPath:
        """Where its fields stand."""
        return ("changes", self.index, self.change.kind)

    @property
    def recipe_path(self) -> DataPath:
        """Where the recipe that it changes stands in the parent."""
        phase = getattr(self.change, "phase", None)
        return ("training",) if phase is None else ("phases", phase - 1)


@dataclass
class Whole(Tree):
    """What a derived file amounts to. ``origins`` says where the values of a path stand that are not ``own``."""

    own: Tree = field(default_factory=lambda: Tree(""))
    origins: dict[DataPath, tuple[Tree, DataPath]] = field(default_factory=dict)

    def origin(self, path: DataPath) -> tuple[Tree, DataPath]:
        """Return the file of a path, and the path there."""
        known = path
        while known and known not in self.origins:
            known = known[:-1]
        tree, there = self.origins.get(known, (self.own, ()))
        return tree, (*there, *path[len(known) :])

    def place(self, path: DataPath, *, on_key: bool = False) -> Place:
        """Return where a path's value (or key) stands, in whichever file it does."""
        tree, there = self.origin(path)
        return tree.place(there, on_key=on_key)

    def located(self, error: SpecError) -> SpecError:
        """Return the mistake with its place in the derived file: at what changes, where it shows in the parent's."""
        place = error.place or self.place(error.path, on_key=error.on_key)
        if place.file == self.own.file:
            return replace(error, place=place)
        key = ("changes",) if ("changes",) in self.own.keys else ("extends",)
        what = f"with these changes, {error.what} (line {place.line} of {place.file})"
        return replace(error, what=what, place=self.own.place(key, on_key=True))

    def is_own(self, path: DataPath) -> bool:
        """Tell whether a path's value stands in the derived file."""
        return self.origin(path)[0] is self.own

    def sets(self, path: DataPath) -> bool:
        """Tell whether the derived file has fields of a layer that stands in the parent's."""
        fields = [known for known in self.origins if known[: len(path)] == path and len(known) == len(path) + 2]
        return not self.is_own(path) and any(self.is_own(known) for known in fields)


def merge(own: Tree, parent: Tree, changes: Iterable[AppliedChange]) -> Whole:
    """Return the parent's network and recipe with the changes; all else, claims too, is the derived file's own."""
    applied = tuple(changes)
    whole = Whole(own.file, own=own, errors=own.errors)
    data = {key: value for key, value in own.data.items() if key not in {"extends", "changes"}}
    if "dataset" not in data:
        data["dataset"] = parent.data["dataset"]
        whole.origins["dataset",] = (parent, ("dataset",))
    data["layers"] = _Layers(whole, parent, applied).copy(parent.data["layers"], ("layers",), ("layers",))
    if "phases" in data:
        data["phases"] = with_losses(data["phases"], _last_recipe(parent)["loss"])
    else:
        data |= _recipes(whole, parent, applied)
    data["assumptions"] = _assumptions(whole, parent)
    whole.data = data
    return whole


def with_fields(item: object, fields: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Return a layer as a file writes it, with some fields of other values."""
    [(kind, content)] = item.items() if isinstance(item, dict) else [(str(item), None)]
    return {kind: {**(content or {}), **fields}}


def _recipes(whole: Whole, parent: Tree, changes: Iterable[AppliedChange]) -> dict[str, object]:
    """Return the parent's recipe, or its phases, under their key, with other values where the changes have them."""
    if "phases" not in parent.data:
        return {"training": _recipe(whole, parent, ("training",), changes)}
    whole.origins["phases",] = (parent, ("phases",))
    paths: list[DataPath] = [("phases", index) for index in range(len(parent.data["phases"]))]
    return {"phases": [_recipe(whole, parent, path, changes) for path in paths]}


def _last_recipe(tree: Tree) -> Mapping[str, object]:
    """Return the recipe of a valid spec, of its last phase where it has phases."""
    last: Mapping[str, object] = (
        with_losses(tree.data["phases"])[-1] if "phases" in tree.data else tree.data["training"]
    )
    return last


def _recipe(whole: Whole, parent: Tree, path: DataPath, changes: Iterable[AppliedChange]) -> dict[str, object]:
    recipe = dict(value_at(parent.data, path))
    whole.origins[path] = (parent, path)
    for applied in changes:
        for name, value in applied.change.recipe.items() if applied.recipe_path == path else ():
            recipe[name] = value
            whole.origins[*path, name] = (whole.own, (*applied.path, name))
    return recipe


def _assumptions(whole: Whole, parent: Tree) -> list[object]:
    """Return the file's own assumptions and then the parent's, which its network and recipe rest on too."""
    own, inherited = whole.own.data.get("assumptions") or [], parent.data.get("assumptions") or []
    for index in range(len(inherited)):
        whole.origins["assumptions", len(own) + index] = (parent, ("assumptions", index))
    return [*own, *inherited]


class _Layers:
    """Copies the parent's layers with the edits of the changes, at whatever depth."""

    def __init__(self, whole: Whole, parent: Tree, changes: Iterable[AppliedChange]) -> None:
        self._whole, self._parent = whole, parent
        self._edits: dict[DataPath, list[AppliedChange]] = {}
        for applied in changes:
            if applied.at is not None:
                self._edits.setdefault(applied.at.path, []).append(applied)

    def copy(self, value: object, source: DataPath, target: DataPath) -> Any:  # noqa: ANN401 - plain data
        """Return the value at a path of the parent, as it is to stand at a path of the whole."""
        if isinstance(value, dict):
            return {key: self.copy(inner, (*source, key), (*target, key)) for key, inner in value.items()}
        if not isinstance(value, list):
            return value
        self._whole.origins[target] = (self._parent, source)
        made: list[object] = []
        for index, item in enumerate(value):
            self._item(item, (*source, index), target, made)
        return made

    def _item(self, item: object, source: DataPath, target: DataPath, made: list[object]) -> None:
        """Append an item of a list, or what there is in its place and beside it."""
        edits = self._edits.get(source, [])
        self._new_layers([one for one in edits if one.change.edit.side == "before"], target, made)
        if not any(one.change.edit.removes for one in edits):
            place = (*target, len(made))
            self._whole.origins[place] = (self._parent, source)
            made.append(self._with_fields(self.copy(item, source, place), edits, place))
        self._new_layers([one for one in edits if one.change.edit.side == "after"], target, made)

    def _new_layers(self, edits: Iterable[AppliedChange], target: DataPath, made: list[object]) -> None:
        for applied in edits:
            if (content := applied.change.edit.content) is None:
                continue
            path = (*applied.path, content)
            for index, item in enumerate(value_at(self._whole.own.data, path)):
                self._whole.origins[*target, len(made)] = (self._whole.own, (*path, index))
                made.append(item)

    def _with_fields(self, item: object, edits: Iterable[AppliedChange], place: DataPath) -> object:
        for applied in edits:
            if fields := applied.change.edit.fields:
                item = with_fields(item, fields)
                [kind] = item
                for name in fields:
                    self._whole.origins[*place, kind, name] = (self._whole.own, (*applied.path, name))
        return item


def value_at(data: Any, path: DataPath) -> Any:  # noqa: ANN401 - plain data
    """Return what stands at a path."""
    for part in path:
        data = data[part]
    return data
