"""What Keras' own networks are made of, as far as shapes, parameters and products depend on it; it builds none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from harness.spec.layers.layer import Chain, Layer, LayerKind, Shape, numbers_made

FILE = Path(__file__).with_name("known_applications.json")
LAYERS_FILE = Path(__file__).with_name("known_application_layers.json")


@dataclass(frozen=True)
class KnownApplication:
    """One network without its top: its layers, the smallest side of its images, whether it normalizes its input."""

    chain: Chain
    smallest: int
    normalizes: bool

    def input_parameters(self, shape: Shape) -> int:
        """Return the mean and variance of each channel, and their count, where the input is normalized."""
        return 2 * shape[-1] + 1 if self.normalizes else 0

    def numbers(self, shape: Shape) -> int:
        """Return how many numbers all its layers make of one example."""
        return sum(numbers_made(self.chain, shape))


class NamedLayer(NamedTuple):
    """One of Keras' layers: its name, its trainable weights for images of three channels, what kind it is."""

    name: str
    trainable: int
    normalizes_batches: bool


def application_names() -> tuple[str, ...]:
    """Return the networks that there are."""
    return tuple(_lines())


@cache
def known_application(name: str) -> KnownApplication:
    """Return the network of this name."""
    found = _lines()[name]
    layers: tuple[LayerKind, ...] = TypeAdapter(tuple[Layer, ...]).validate_python(found["layers"], strict=False)
    return KnownApplication(Chain((), layers), found["smallest"], found["normalizes"])


@cache
def application_layers(name: str) -> tuple[NamedLayer, ...]:
    """Return the network's layers in Keras' order."""
    return tuple(NamedLayer(*layer) for layer in json.loads(LAYERS_FILE.read_text(encoding="utf-8"))[name])


@cache
def _lines() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
