"""A spec's layers, inputs and recipe out of a saved Keras model, read as data; or every reason why it can't be."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.declaration.kinds import Kind
from harness.declaration.spec_error import one_line
from harness.errors import CannotImport
from harness.spec.keras_models.fields import NotExpressible, kind_of
from harness.spec.keras_models.graph import Graph, NoGraph, graph_of
from harness.spec.keras_models.nesting import Nesting
from harness.spec.layers import LayerKind
from harness.spec.layers.shared import with_sharing
from harness.spec.training import LOSSES, OPTIMIZERS

MOST_REASONS = 20
MEMBER = "config.json"
MOST_BYTES = 16 * 2**20
_UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, EOFError)


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
    saved = _saved_model(path)
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


def _saved_model(path: Path) -> dict[str, Any]:
    """Return the configuration of a saved model.

    Raises:
        CannotImport: There is no such file, or it is not a saved model.
    """
    try:
        text = _text(path)
        found = json.loads(text)
    except RecursionError:
        raise CannotImport(f"{path}: it is nested too deep; no model that Keras saves is") from None
    except _UNREADABLE as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        remedy = "give a .keras file, or what 'model.to_json()' returns; an .h5 file can be saved again as .keras"
        raise CannotImport(f"{path}: can't be read ({one_line(str(reason))}); {remedy}") from None
    if not isinstance(found, dict) or not isinstance(found.get("config"), dict | list) or "class_name" not in found:
        raise CannotImport(f"{path}: this is not a model's configuration; give what 'model.to_json()' returns")
    return found


def _text(path: Path) -> bytes:
    # Opening a pipe would wait for its writer: look first.
    if path.exists() and not path.is_file():
        raise ValueError("it is a folder" if path.is_dir() else "it is not a file")
    if not zipfile.is_zipfile(path):
        with path.open("rb") as stream:
            return _bounded(stream.read(MOST_BYTES + 1))
    with zipfile.ZipFile(path) as archive:
        if MEMBER not in archive.namelist():
            raise ValueError(f"there is no {MEMBER} in it")
        with archive.open(MEMBER) as stream:
            return _bounded(stream.read(MOST_BYTES + 1))


def _bounded(content: bytes) -> bytes:
    if len(content) > MOST_BYTES:
        raise ValueError(f"its configuration has more than {MOST_BYTES:,} bytes")
    return content
