"""A spec's layers, inputs and recipe out of a saved Keras model, or every reason why it can't be expressed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.declaration.kinds import Kind
from harness.errors import CannotImport
from harness.spec.keras_models.fields import NotExpressible, kind_of
from harness.spec.keras_models.graph import Graph, NoGraph, graph_of
from harness.spec.keras_models.nesting import Nesting
from harness.spec.keras_models.saved import saved_model
from harness.spec.layers import LayerKind
from harness.spec.layers.shared import with_sharing
from harness.spec.training import LOSSES, OPTIMIZERS

MOST_REASONS = 20


@dataclass(frozen=True)
class ImportedModel:
    """What a saved model says that a spec says too.

    ``inputs`` is the shape of one example, None where the file does not say; ``optimizer`` and ``loss`` are None where
    the model was not compiled.
    """

    layers: tuple[LayerKind, ...]
    inputs: tuple[int, ...] | None
    optimizer: Kind | None
    loss: Kind | None


def imported_model(path: Path) -> ImportedModel:
    """Return what a saved model says.

    Raises:
        CannotImport: It can't be read, or not all of it can be expressed; every reason is a sentence.
    """
    saved = saved_model(path)
    nesting = Nesting()
    try:
        graph = graph_of(saved)
        layers = nesting.layers(graph)
    except NoGraph as reason:
        raise CannotImport(f"{path}: {reason}.") from None
    except RecursionError:
        raise CannotImport(f"{path}: its branches are nested too deep") from None
    optimizer, loss, others = optimizer_and_loss(saved.get("compile_config") or {})
    reasons = [*nesting.reasons, *others]
    if not layers and not reasons:
        reasons.append("the model has no layers")
    if reasons:
        raise CannotImport(_sentences(path, reasons))
    return ImportedModel(with_sharing(layers), _inputs(graph), optimizer, loss)


def optimizer_and_loss(compiled: Mapping[str, Any]) -> tuple[Kind | None, Kind | None, tuple[str, ...]]:
    """Return the optimizer and the loss that a model was compiled with, None where there is none; and what is not said.

    What can't be expressed is a sentence each. The file says nothing of batches and epochs.
    """
    reasons: list[str] = []
    found: list[Kind | None] = []
    for name, family in (("optimizer", OPTIMIZERS), ("loss", LOSSES)):
        saved = compiled.get(name)
        if isinstance(saved, str):
            saved = {"class_name": saved, "config": {}}
        try:
            found.append(kind_of(family, saved) if isinstance(saved, Mapping) else None)
            if saved is not None and not isinstance(saved, Mapping):
                reasons.append(f"the {name} is a list of several, and a network here has one output")
        except NotExpressible as reason:
            found.append(None)
            reasons.append(f"the {name} {reason}")
    return found[0], found[1], tuple(reasons)


def _sentences(path: Path, reasons: list[str]) -> str:
    distinct = list(dict.fromkeys(reasons))
    lines = [f"{path}: {reason}." for reason in distinct[:MOST_REASONS]]
    rest = len(distinct) - len(lines)
    return "\n".join([*lines, *([f"{path}: and {rest} more."] if rest else [])])


def _inputs(graph: Graph) -> tuple[int, ...] | None:
    config: Any = graph.uses[graph.inputs[0]].saved.get("config", {})
    shape = config.get("batch_shape") or config.get("batch_input_shape")
    if not isinstance(shape, list) or not all(isinstance(size, int) for size in shape[1:]):
        return None
    return tuple(shape[1:])
