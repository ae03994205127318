"""The graph of a saved model: its layers, what each takes, and the order in which they come.

What a layer is called with beside them is left out: where a model says ``training``, Keras 3 hands on what the model
itself is called with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.declaration.spec_error import shown

# A layer's name, and which of its uses it is.
Node = tuple[str, int]
TENSOR = "__keras_tensor__"
LEGACY_TENSOR_LENGTH = 3


@dataclass(frozen=True)
class Use:
    """One use of a layer: its saved configuration, and the uses whose outputs it takes."""

    node: Node
    saved: Mapping[str, Any]
    inputs: tuple[Node, ...]

    @property
    def kind(self) -> str:
        """The name of its class."""
        return str(self.saved.get("class_name"))

    @property
    def name(self) -> str:
        """The layer as its model calls it."""
        return f"layer {shown(self.node[0])}"


@dataclass(frozen=True)
class Graph:
    """A model's uses of its layers by node, each behind those that it takes; what comes in, and what goes out."""

    uses: Mapping[Node, Use]
    inputs: tuple[Node, ...]
    outputs: tuple[Node, ...]


class NoGraph(Exception):
    """The configuration is not one of a graph of layers; in a sentence."""


def graph_of(model: Mapping[str, Any]) -> Graph:
    """Return the graph of a saved Sequential or functional model.

    Raises:
        NoGraph: It is a model of another kind, or not what Keras saves.
    """
    kind, config = str(model.get("class_name")), model.get("config")
    layers = config if isinstance(config, list) else config.get("layers") if isinstance(config, dict) else None
    if kind not in {"Sequential", "Functional", "Model"} or not isinstance(layers, list):
        what = f"the model is of the class {shown(kind)}, which says what it computes in code"
        raise NoGraph(f"{what}; only Sequential and functional models say it in data")
    try:
        return _functional(config, layers) if isinstance(config, dict) and kind != "Sequential" else _sequential(layers)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise NoGraph("its layers are not saved as Keras saves them") from None


def _sequential(layers: Sequence[Mapping[str, Any]]) -> Graph:
    uses: dict[Node, Use] = {}
    before: tuple[Node, ...] = ()
    first = ("", 0)
    if not layers or layers[0]["class_name"] != "InputLayer":
        uses[first] = Use(
            first, {"class_name": "InputLayer", "config": dict(layers[0]["config"]) if layers else {}}, ()
        )
        before = (first,)
    for index, saved in enumerate(layers):
        name = str(saved["config"].get("name", index))
        node = (name if (name, 0) not in uses else f"{name} ({index})", 0)
        uses[node] = Use(node, saved, before)
        before = (node,)
    return Graph(uses, (next(iter(uses)),), before)


def _functional(config: Mapping[str, Any], layers: Sequence[Mapping[str, Any]]) -> Graph:
    uses: dict[Node, Use] = {}
    for saved in layers:
        name = str(saved.get("name", saved["config"].get("name")))
        for number, call in enumerate(saved.get("inbound_nodes") or [[]]):
            uses[name, number] = Use((name, number), saved, tuple(_tensors(call)))
    return Graph(_in_order(uses), _ends(config["input_layers"]), _ends(config["output_layers"]))


def _tensors(call: Any) -> Iterator[Node]:  # noqa: ANN401 - whatever JSON can say
    """Yield the uses whose outputs a call takes, as Keras 3 or Keras 2 writes them."""
    if isinstance(call, dict):
        if call.get("class_name") == TENSOR:
            name, number, _ = call["config"]["keras_history"]
            yield str(name), int(number)
            return
        for inner in call.values():
            yield from _tensors(inner)
    elif isinstance(call, list):
        if len(call) >= LEGACY_TENSOR_LENGTH and isinstance(call[0], str) and isinstance(call[1], int):
            yield call[0], call[1]
            return
        for inner in call:
            yield from _tensors(inner)


def _ends(listed: Any) -> tuple[Node, ...]:  # noqa: ANN401 - whatever JSON can say
    if isinstance(listed, list) and listed and isinstance(listed[0], str):
        return ((str(listed[0]), int(listed[1])),)
    return tuple(
        (str(name), int(number)) for name, number, _ in (listed.values() if isinstance(listed, dict) else listed)
    )


def _in_order(uses: Mapping[Node, Use]) -> dict[Node, Use]:
    """Return the uses, each behind those that it takes; raise where one takes what is not there or itself."""
    ordered: dict[Node, Use] = {}
    waiting = dict(uses)
    while waiting:
        ready = [node for node, use in waiting.items() if all(taken in ordered for taken in use.inputs)]
        if not ready:
            raise ValueError("not a graph without loops")
        for node in ready:
            ordered[node] = waiting.pop(node)
    return ordered
