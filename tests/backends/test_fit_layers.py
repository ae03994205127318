"""Whether an epoch of layers that no shipped network has is that of `model.fit`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_fit import Ways, rewriting

from harness.planning.trial import Computation

pytestmark = pytest.mark.training

BATCH_SIZE, EXAMPLES = 32, 76  # two batches and a smaller one
SMALLER = {"AveragePooling2D": {"pool_size": 4}}
ROWS = [SMALLER, {"Reshape": {"target_shape": [7, 7]}}]
# Layers that go together are in one network, which is built and compiled both ways once.
OTHER_LAYERS: dict[str, list[Any]] = {
    "rnn and lstm": [
        *ROWS,
        {"LSTM": {"units": 4, "dropout": 0.2, "recurrent_dropout": 0.2, "return_sequences": True}},
        {"SimpleRNN": {"units": 4}},
    ],
    "bidirectional and gru": [
        *ROWS,
        {"Bidirectional": {"layer": {"LSTM": {"units": 3, "return_sequences": True}}}},
        {"GRU": {"units": 4, "return_sequences": True}},
        "GlobalAveragePooling1D",
    ],
    "attention": [
        *(*ROWS, "PositionEmbedding"),
        {"Residual": {"layers": ["LayerNormalization", {"MultiHeadAttention": {"num_heads": 2, "key_dim": 4}}]}},
        "GlobalMaxPooling1D",
    ],
    "crop, permute and merges": [
        {"ZeroPadding2D": {"padding": 2}},
        {"RandomCrop": {"height": 28, "width": 28}},
        {"Permute": {"dims": [2, 1, 3]}},
        SMALLER,
        *(
            {"Parallel": {"branches": [[], [{"Conv2D": {"filters": 2, "kernel_size": 1}}]], "merge": merge}}
            for merge in ("multiply", "average", "maximum", "minimum", "subtract")
        ),
        "Flatten",
    ],
}


FROZEN = {"Application": {"name": "MobileNet", "trainable": False}}
OTHER_LAYERS["application"] = [
    {"Resizing": {"height": 32, "width": 32}},
    {"Rescaling": {"scale": 255}},
    FROZEN,
    "Flatten",
]


# The gradients of these loops differ in their last bits in the epoch's loop of steps, without rewriting too.
LOOPS = {"rnn and lstm"}


@pytest.mark.parametrize("name", OTHER_LAYERS)
def test_without_rewriting_an_epoch_of_every_other_kind_of_layer_has_the_bits_of_fit(name: str) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (EXAMPLES, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, EXAMPLES, dtype=np.uint8)
    layers = [*OTHER_LAYERS[name], {"Dense": {"units": 10, "activation": "softmax"}}]
    recipe = {"optimizer": "Adam", "loss": "categorical_crossentropy", "batch_size": BATCH_SIZE}
    ways = Ways(Computation.model_validate({"dataset": "mnist", "layers": layers, "recipe": recipe}), images, labels)
    for compiled, fitted in zip(ways.compiled, ways.fitted, strict=True):
        assert compiled.loss == pytest.approx(fitted.loss, rel=1e-5)
    if name not in LOOPS:
        with rewriting(on=False):
            assert ways.train_compiled() == ways.fit()
