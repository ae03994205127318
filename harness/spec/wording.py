"""Layers, optimizers and their fields in a few words, as tables and pages show them; compares no networks."""

from __future__ import annotations

from collections.abc import Sequence

from harness.declaration.kinds import Kind
from harness.spec.training import Training


def in_words(value: object) -> str:
    """Return a field's value in words: 3×3, true, Dropout (rate 0.25); fields at their defaults are left out."""
    if isinstance(value, Kind):
        fields = [name for name, field in type(value).model_fields.items() if getattr(value, name) != field.default]
        listed = ", ".join(f"{name} {in_words(getattr(value, name))}" for name in fields)
        return f"{value.kind} ({listed})" if listed else value.kind
    if isinstance(value, tuple):
        return _listed(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value is None else str(value)


def differences_in_words(name: str, new: object, old: object) -> str:
    """Return how a field differs: of two values of one kind, the fields that differ."""
    if not (isinstance(new, Kind) and isinstance(old, Kind) and new.kind == old.kind):
        return f"{name} {in_words(new)} instead of {in_words(old)}"
    fields = [field for field in type(new).model_fields if getattr(new, field) != getattr(old, field)]
    return ", ".join(
        f"{new.kind}'s {differences_in_words(field, getattr(new, field), getattr(old, field))}" for field in fields
    )


def phases_in_words(new: Sequence[Training], old: Sequence[Training]) -> str:
    """Return how phases differ from the recipe, or the phases, that stood there: the epochs, and other fields."""
    epochs = [" + ".join(str(phase.epochs) for phase in phases) for phases in (new, old)]
    words = [f"{len(new)} phase{'s' if len(new) > 1 else ''} of {epochs[0]} epochs instead of {epochs[1]}"]
    for number, phase in enumerate(new, start=1):
        before = old[min(number, len(old)) - 1]
        names = [name for name in type(phase).model_fields if name != "epochs"]
        differing = [name for name in names if getattr(phase, name) != getattr(before, name)]
        fields = [differences_in_words(name, getattr(phase, name), getattr(before, name)) for name in differing]
        words += [f"{', '.join(fields)} in phase {number}"] if fields else []
    return ", ".join(words)


def _listed(values: tuple[object, ...]) -> str:
    if not values:
        return "none"
    if all(isinstance(value, tuple) and value and isinstance(value[0], str) for value in values):
        return ", ".join(" ".join(map(in_words, pair)) for pair in values if isinstance(pair, tuple))
    if all(isinstance(value, int | float) for value in values):
        return "×".join(map(str, values))
    return " + ".join(f"[{in_words(value)}]" if isinstance(value, tuple) else in_words(value) for value in values)
