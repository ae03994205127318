"""The number of every layer that a spec writes, as `bench show` counts: 1, 2, and 2.1 inside 2; builds no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.declaration.spec_error import DataPath
from harness.spec.layers.layer import Chain, LayerKind


@dataclass(frozen=True)
class NumberedLayer:
    """A layer, its number, and the path to it in the spec's data."""

    number: str
    layer: LayerKind
    path: DataPath

    def holds(self, other: NumberedLayer) -> bool:
        """Tell whether the other is a layer inside this one."""
        return self != other and other.path[: len(self.path)] == self.path


def numbered_layers(layers: tuple[LayerKind, ...]) -> tuple[NumberedLayer, ...]:
    """Return every layer of a network, each before those inside it; what is repeated counts once, as it is written."""
    return tuple(_numbered((Chain(("layers",), layers),), (), ""))


def _numbered(chains: Iterable[Chain], path: DataPath, prefix: str) -> Iterator[NumberedLayer]:
    count = 0
    for chain in chains:
        for index, layer in enumerate(chain.layers[: chain.written]):
            count += 1
            one = NumberedLayer(f"{prefix}{count}", layer, (*path, *chain.path, index))
            yield one
            yield from _numbered(layer.chains, (*one.path, layer.kind), f"{one.number}.")
