"""A model's graph as layers one after another, with Residual and Parallel where it branches, or why it is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

from harness.declaration.kinds import Kind
from harness.spec.keras_models.fields import NotExpressible, kind_of
from harness.spec.keras_models.graph import Graph, Node, NoGraph, Use, graph_of
from harness.spec.layers import LAYERS, LayerKind
from harness.spec.layers.composites import MERGES, Parallel, Residual
from harness.spec.layers.kernels import KernelLayer
from harness.spec.layers.shared import Shared, holds_shared

JOINED = {cls: merge for merge, cls in MERGES.items()}
NESTED = {"Sequential", "Functional", "Model"}
TWO = 2
# The layers of a projection: a convolution or a product, and a normalization.
MOST_PROJECTION = 2
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")


class Nesting:
    """One model's layers, read one after another; ``reasons`` are what can't be expressed, a sentence each."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        # Of layers that are used more than once, by their saved configurations, which all of their uses have.
        self._names: dict[int, str] = {}

    def layers(self, graph: Graph) -> list[LayerKind]:
        """Return the graph's layers, as far as they can be expressed."""
        for ends, name in ((graph.inputs, "inputs"), (graph.outputs, "outputs")):
            if len(ends) != 1:
                self.reasons.append(f"the model has {len(ends)} {name}, and a network here has one")
                return []
        for use in _used_again(graph):
            self._name(use)
        return _Between(self, graph).layers(graph.inputs[0], graph.outputs[0])

    def read(self, use: Use) -> list[LayerKind]:
        """Return what a layer with one input is, or the layers of a model inside; shared where it has several uses."""
        found = self._read(use)
        if id(use.saved) not in self._names or not found:
            return found
        if any(map(holds_shared, found)):
            self.reasons.append(f"{use.name} is used more than once, and so is a layer inside it")
            return []
        return [Shared(name=self._names[id(use.saved)], layers=tuple(found))]

    def _read(self, use: Use) -> list[LayerKind]:
        try:
            if use.kind in NESTED:
                return self._nested(use)
            made: Any = kind_of(LAYERS, use.saved, _axes(use))
        except NotExpressible as reason:
            self.reasons.append(f"{use.name} {reason}")
            return []
        return [made if has_weights(made) else made.model_copy(update={"trainable": True})]

    def _name(self, use: Use) -> None:
        """Name a layer that is used more than once as its model does, or as no other is named."""
        plain = _PLAIN_NAME.fullmatch(use.node[0])
        free = (f"{use.node[0] if plain else 'layer'}{number or ''}" for number in count())
        self._names[id(use.saved)] = next(name for name in free if name not in self._names.values())

    def _nested(self, use: Use) -> list[LayerKind]:
        try:
            return self.layers(graph_of(use.saved))
        except NoGraph as reason:
            raise NotExpressible(f"is a model of its own: {reason}") from None


class _Between:
    """Layers between two nodes of a graph; a node belongs to one place alone."""

    def __init__(self, nesting: Nesting, graph: Graph) -> None:
        self._nesting, self._graph = nesting, graph
        self._taken: set[Node] = set()
        self._joins = _immediate_dominators(graph)

    def layers(self, start: Node, end: Node) -> list[LayerKind]:
        """Return the layers that lead from one node's output to another's."""
        backwards: list[tuple[Use, Node | None]] = []
        node = end
        while node != start:
            use = self._graph.uses[node]
            if node in self._taken or not use.inputs:
                self._nesting.reasons.append(_not_nested(use))
                break
            self._taken.add(node)
            # Of one output alone, Add is an operator with a number.
            if len(use.inputs) == 1 or (len(set(use.inputs)) == 1 and use.kind not in JOINED):
                backwards.append((use, None))
                node = use.inputs[0]
            else:
                node = self._joins[node]
                backwards.append((use, node))
        return [layer for use, before in reversed(backwards) for layer in self._read(use, before)]

    def _read(self, use: Use, before: Node | None) -> list[LayerKind]:
        return self._nesting.read(use) if before is None else self._joined(use, before)

    def _joined(self, use: Use, before: Node) -> list[LayerKind]:
        """Return the branches from a node to those that a layer joins, in the layer that joins them here."""
        if use.kind not in JOINED:
            self._nesting.reasons.append(f"{use.name} joins {len(use.inputs)} outputs as {use.kind}, which is not here")
            return []
        if use.kind == "Concatenate" and _last_axis(use) is False:
            self._nesting.reasons.append(f"{use.name} concatenates along another axis than the channels")
        branches = [self.layers(before, taken) for taken in use.inputs]
        merge = JOINED[use.kind]
        if merge == "add" and len(branches) == TWO:
            return [_sum(*branches)]
        if len(branches) < TWO or (merge == "subtract" and len(branches) != TWO):
            self._nesting.reasons.append(f"{use.name} joins {len(branches)} outputs")
            return []
        return [Parallel.model_validate({"branches": branches, "merge": merge})]


def _used_again(graph: Graph) -> Iterator[Use]:
    """Yield the second uses of layers with weights."""
    for (_, number), use in graph.uses.items():
        if number == 1 and (use.kind in NESTED or _class_has_weights(use.kind)):
            yield use


def has_weights(kind: Kind) -> bool:
    """Tell whether a kind of layer has weights that are initialized."""
    return any(name.endswith("initializer") for name in type(kind).model_fields) or hasattr(kind, "layer")


def _class_has_weights(name: str) -> bool:
    cls = LAYERS.find(name)
    return cls is None or any(field.endswith("initializer") for field in cls.model_fields) or name == "Bidirectional"


def _sum(first: list[LayerKind], second: list[LayerKind]) -> LayerKind:
    """Return the sum of two branches: a residual connection, where one of them is empty or projects."""
    if not first or (second and _projects(first) and not _projects(second)):
        first, second = second, first
    if not first:
        return Parallel.model_validate({"branches": [[], []], "merge": "add"})
    if not second or _projects(second):
        return Residual.model_validate({"layers": first, "projection": second})
    return Parallel.model_validate({"branches": [first, second], "merge": "add"})


def _projects(layers: list[LayerKind]) -> bool:
    kernels = [layer for layer in layers if isinstance(layer, KernelLayer)]
    return len(layers) <= MOST_PROJECTION and len(kernels) == 1 and kernels[0].activation is None


def _not_nested(use: Use) -> str:
    what = f"the output of {use.name} goes to layers whose paths don't meet in one place"
    return f"{what}, which Residual and Parallel can't say"


def _axes(use: Use) -> int | None:
    """Return how many axes the layer's input has, the batch among them, where the file says so."""
    built = use.saved.get("build_config") or {}
    shape = built.get("input_shape") or (built.get("shapes_dict") or {}).get("query_shape")
    return len(shape) if isinstance(shape, list) and not any(isinstance(size, list) for size in shape) else None


def _last_axis(use: Use) -> bool | None:
    """Tell whether a layer joins along the last axis; None where the file does not say."""
    axis = use.saved.get("config", {}).get("axis", -1)
    shapes = (use.saved.get("build_config") or {}).get("input_shape")
    axes = len(shapes[0]) if isinstance(shapes, list) and shapes and isinstance(shapes[0], list) else None
    if axis == -1:
        return True
    return None if axes is None else axis == axes - 1


def _immediate_dominators(graph: Graph) -> Mapping[Node, Node]:
    """Return for each node the last one before it that all paths to it go through.

    Source: K. Cooper, T. Harvey, K. Kennedy, A Simple, Fast Dominance Algorithm, 2001; without loops one pass will do.
    """
    order = {node: place for place, node in enumerate(graph.uses)}
    found: dict[Node, Node] = {}
    for node, use in graph.uses.items():
        found[node] = _meeting(use.inputs, order, found) if use.inputs else node
    return found


def _meeting(nodes: Iterable[Node], order: Mapping[Node, int], dominators: Mapping[Node, Node]) -> Node:
    first, *others = nodes
    for node in others:
        other = node
        while first != other:
            if order[first] > order[other]:
                first = dominators[first]
            elif dominators[other] == other:
                return first
            else:
                other = dominators[other]
    return first
