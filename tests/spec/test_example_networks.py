"""The networks in `examples/networks`: all are valid, and have the parameters of the same network in plain Keras."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_records as fake
import keras
import pytest

from harness.spec.cost import cost
from harness.spec.reading import read_architecture

pytestmark = pytest.mark.training

FOLDER = fake.ARCHITECTURES.parent / "examples" / "networks"
DOCUMENT = fake.ARCHITECTURES.parent / "docs" / "what-can-be-written.md"
L = keras.layers
Tensor = Any


def mini_xception(x: Tensor) -> Tensor:
    x = previous = L.ReLU()(L.BatchNormalization()(L.Conv2D(128, 3, strides=2, padding="same")(x)))
    for size in (256, 512, 728):
        for _ in range(2):
            x = L.BatchNormalization()(L.SeparableConv2D(size, 3, padding="same")(L.ReLU()(x)))
        x = L.MaxPooling2D(3, strides=2, padding="same")(x)
        x = previous = L.add([x, L.Conv2D(size, 1, strides=2, padding="same")(previous)])
    return L.GlobalAveragePooling2D()(L.BatchNormalization()(L.SeparableConv2D(1024, 3, padding="same")(x)))


def conv_mixer(x: Tensor) -> Tensor:
    x = L.BatchNormalization()(L.Conv2D(256, 2, strides=2, activation="gelu")(x))
    for _ in range(8):
        x = L.Add()([L.BatchNormalization()(L.DepthwiseConv2D(5, padding="same", activation="gelu")(x)), x])
        x = L.BatchNormalization()(L.Conv2D(256, 1, activation="gelu")(x))
    return L.GlobalAveragePooling2D()(x)


def patches(x: Tensor, size: int, patch: int, width: int) -> Tensor:
    """Return the patches times a matrix, as the examples code it."""
    cut = keras.ops.image.extract_patches(L.Resizing(size, size)(x), patch)
    return L.Dense(width)(L.Reshape((-1, patch * patch * 3))(cut))


def vision_transformer(x: Tensor) -> Tensor:
    x = patches(x, 72, 6, 64)
    positions = keras.ops.cumsum(keras.ops.ones_like(x[..., 0], dtype="int32"), axis=1) - 1
    x = x + L.Embedding(x.shape[1], 64)(positions)
    for _ in range(8):
        normal = L.LayerNormalization(epsilon=1e-6)(x)
        x = L.Add()([L.MultiHeadAttention(4, 64, dropout=0.1)(normal, normal), x])
        y = L.Dense(128, "gelu")(L.LayerNormalization(epsilon=1e-6)(x))
        x = L.Add()([L.Dense(64, "gelu")(y), x])
    x = L.Flatten()(L.LayerNormalization(epsilon=1e-6)(x))
    return L.Dense(1024, "gelu")(L.Dense(2048, "gelu")(x))


def mlp_mixer(x: Tensor) -> Tensor:
    x = patches(x, 64, 8, 256)
    for _ in range(4):
        channels = keras.ops.transpose(L.LayerNormalization(epsilon=1e-6)(x), (0, 2, 1))
        x = L.Add()([x, keras.ops.transpose(L.Dense(64)(L.Dense(64, "gelu")(channels)), (0, 2, 1))])
        x = L.Add()([x, L.Dense(256)(L.Dense(256, "gelu")(L.LayerNormalization(epsilon=1e-6)(x)))])
    return L.GlobalAveragePooling1D()(x)


def built(make: Callable[[Tensor], Tensor]) -> int:
    inputs = keras.Input((32, 32, 3))
    return int(keras.Model(inputs, L.Dense(10)(make(inputs))).count_params())


# Published by Keras; a base of its own with a top; or counted of the network in plain Keras.
PARAMETERS: dict[str, int | Callable[[Tensor], Tensor]] = {
    "mnist_convnet": 34_826,
    "resnet20": 274_442,
    "fine_tuning": 4_049_571 + 4 * 1280 + 1281 * 10,
    "siamese_halves": (9 + 1) * 16 + (13 * 6 * 16 + 1) * 64 + (2 * 64 + 1) * 10,
    "mini_xception": mini_xception,
    "conv_mixer": conv_mixer,
    "vision_transformer": vision_transformer,
    "mlp_mixer": mlp_mixer,
}


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_an_example_is_valid_and_has_the_parameters_of_the_network_in_keras(name: str) -> None:
    expected = PARAMETERS[name]
    found = cost(read_architecture(FOLDER / f"{name}.yaml"))
    assert found.parameters == (expected if isinstance(expected, int) else built(expected))


def test_the_page_names_every_example() -> None:
    text = Path(DOCUMENT).read_text(encoding="utf-8")
    assert [name for name in PARAMETERS if f"`{name}`" not in text] == []
