"""A saved model's optimizer and loss as a spec writes them; the file says nothing of batches and epochs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.declaration.kinds import Kind
from harness.spec.keras_models.fields import NotExpressible, kind_of
from harness.spec.training import LOSSES, OPTIMIZERS


def optimizer_and_loss(compiled: Mapping[str, Any]) -> tuple[Kind | None, Kind | None, tuple[str, ...]]:
    """Return the optimizer and the loss that a model was compiled with, None where there is none; and what is not said.

    What can't be expressed is a sentence each.
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
