"""Kinds as a person writes them in a spec file: what is at its default is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from pydantic import ValidationError

from harness.declaration.kinds import Kind
from harness.declaration.yaml_text import plain
from harness.spec.layers import LayerKind

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
INDENT = "  "
# The fields that people write first.
FIRST = ("filters", "units", "kernel_size", "pool_size", "strides", "padding", "activation")


def written(kind: Kind) -> object:
    """Return a kind as plain data, with no more fields than it needs."""
    names = sorted(type(kind).model_fields, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    fields = {name: _value(getattr(kind, name)) for name in names}
    for name, value in list(fields.items()):
        for shorter in (*_shorter(value), None):
            tried = {other: shorter if other == name else known for other, known in fields.items()}
            if shorter is None:
                tried.pop(name, None)
            if _same(kind, tried):
                fields = tried
    return {kind.kind: fields} if fields else kind.kind


def layer_lines(layers: Iterable[LayerKind], indent: str = INDENT) -> Iterator[str]:
    """Yield the lines of a list of layers, those that hold others over several lines."""
    for layer in layers:
        if not layer.chains:
            yield f"{indent}- {_bare(written(layer))}"
            continue
        inside = indent + 2 * INDENT
        yield f"{indent}- {layer.kind}:"
        for name in type(layer).model_fields:
            yield from _field_lines(name, getattr(layer, name), inside)


def _field_lines(name: str, value: object, inside: str) -> Iterator[str]:
    """Yield the lines of a composite's field: layers, lists of layers, or a word."""
    if not isinstance(value, tuple):
        yield f"{inside}{name}: {flow(value)}"
        return
    if not value:
        return
    yield f"{inside}{name}:"
    for item in value if all(isinstance(item, tuple) for item in value) else (value,):
        if item is value:
            yield from layer_lines(item, inside + INDENT)
        elif not item:
            yield f"{inside}{INDENT}- []"
        else:
            first, *rest = layer_lines(item, inside + 2 * INDENT)
            yield f"{inside}{INDENT}- {first.lstrip()}"
            yield from rest


def flow(value: object) -> str:
    """Return plain data on one line of YAML."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {flow(inner)}' for name, inner in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, str):
        return value if _WORD.fullmatch(value) and plain(value) == value else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def _bare(value: object) -> str:
    """Return a kind as an item of a list, which needs no braces."""
    if not isinstance(value, Mapping):
        return str(value)
    [(name, fields)] = value.items()
    return f"{name}: {flow(fields)}"


def _value(value: object) -> object:
    if isinstance(value, Kind):
        return written(value)
    return [_value(item) for item in value] if isinstance(value, tuple) else value


def _shorter(value: object) -> tuple[object, ...]:
    """Return one number for two equal ones."""
    return (value[0],) if isinstance(value, list) and len(value) == 2 and value[0] == value[1] else ()  # noqa: PLR2004


def _same(kind: Kind, fields: Mapping[str, object]) -> bool:
    try:
        return type(kind).model_validate(fields).model_dump() == kind.model_dump()
    except ValidationError:
        return False
