"""A network as a drawing needs it: layers with their shapes and parameters, and branches inside; draws nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harness.spec.layers.layer import Chain, LayerKind, Shape

Node = dict[str, Any]


def network_nodes(layers: Iterable[LayerKind], inputs: Shape) -> list[Node]:
    """Return the layers in order, each with what it makes of the inputs' shape."""
    nodes, shape = [], inputs
    for layer in layers:
        nodes.append(_node(layer, shape))
        shape = layer.output_shape(shape)
    return nodes


def _node(layer: LayerKind, shape: Shape) -> Node:
    chains = layer.chains
    return {
        "kind": layer.kind,
        "fields": "" if chains else _fields(layer),
        "shape": list(layer.output_shape(shape)),
        "parameters": layer.trainable_parameters(shape) + layer.frozen_parameters(shape),
        **(_joined(layer, chains, shape) if chains else {}),
    }


def _fields(layer: LayerKind) -> str:
    """Return what the layer sets, in the order in which its kind declares it."""
    dumped = layer.model_dump(mode="json", exclude_defaults=True)
    own = next(iter(dumped.values())) if list(dumped) == [layer.kind] else dumped
    return fields_text(own) if isinstance(own, dict) else ""


def _joined(layer: LayerKind, chains: tuple[Chain, ...], shape: Shape) -> Node:
    """Return the chains inside, how they are joined, and how often one is repeated."""
    merge = getattr(layer, "merge", "add" if len(chains) > 1 else None)
    return {
        "chains": [network_nodes(chain.layers, shape) for chain in chains],
        "merge": merge,
        "times": getattr(layer, "times", None),
    }


def fields_text(dumped: object) -> str:
    """Return declared fields on one line: ``filters 32, kernel_size 3, activation relu``.

    >>> fields_text({"RMSprop": {"learning_rate": 0.001}})
    'RMSprop: learning_rate 0.001'
    """
    if isinstance(dumped, dict):
        inner = next(iter(dumped.values()), None)
        if len(dumped) == 1 and isinstance(inner, dict) and next(iter(dumped))[0].isupper():  # a kind, not a field
            kind, fields = next(iter(dumped)), fields_text(inner)
            return f"{kind}: {fields}" if fields else kind
        told = {name: value for name, value in dumped.items() if value not in (None, False)}
        return ", ".join(f"{name} {fields_text(value)}".rstrip() for name, value in told.items())
    return "×".join(map(str, dumped)) if isinstance(dumped, list | tuple) else str(dumped)
