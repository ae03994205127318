"""Networks with one output for two classes, and with a sigmoid for each: epochs, accuracies, predicted classes."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from test_fit import Ways

from harness.backends.tensorflow.epoch import compile_scoring
from harness.data.declarations import find_dataset
from harness.evaluations.evaluation import Scored
from harness.planning.trial import Computation

pytestmark = pytest.mark.training

BATCH_SIZE = 32
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (210, 28, 28), dtype=np.uint8)
LABELS = (IMAGES[:, :14].mean(axis=(1, 2)) > IMAGES[:, 14:].mean(axis=(1, 2))).astype(np.uint8)
TWO_CLASSES = find_dataset("mnist").model_copy(update={"classes": ("light below", "light above")})
LOGITS = {"binary_crossentropy": {"from_logits": True}}


def computation(units: int, activation: str | None, loss: Any) -> Computation:  # noqa: ANN401 - as a spec writes it
    layers = [
        {"Conv2D": {"filters": 2, "kernel_size": 3, "activation": "relu"}},
        "Flatten",
        {"Dense": {"units": units, "activation": activation}},
    ]
    recipe = {"optimizer": "Adam", "loss": loss, "batch_size": BATCH_SIZE}
    return Computation.model_validate({"dataset": "mnist", "layers": layers, "recipe": recipe}).on(TWO_CLASSES)


ENDS = [
    pytest.param(1, "sigmoid", "binary_crossentropy", id="sigmoid"),
    pytest.param(1, None, LOGITS, id="logit"),
    pytest.param(1, "sigmoid", "mse", id="squared error"),
    pytest.param(2, "sigmoid", "binary_crossentropy", id="two sigmoids"),
]


@pytest.mark.parametrize(("units", "activation", "loss"), ENDS)
def test_an_epoch_has_the_bits_of_fit_and_accuracy_and_loss_are_those_of_keras_evaluate(
    units: int,
    activation: str | None,
    loss: Any,  # noqa: ANN401
) -> None:
    ways = Ways(computation(units, activation, loss), IMAGES, LABELS, epochs=3)
    assert ways.compiled == ways.fitted
    model = ways.model
    scores = compile_scoring(model, ways.data)()
    assert scores.scores.shape == (len(LABELS), 2)
    scored = Scored(scores.scores, LABELS, scores.loss)
    images = IMAGES[..., np.newaxis].astype("float32") / 255
    labels = LABELS.astype("float32") if units == 1 else keras.utils.to_categorical(LABELS, 2)
    theirs_loss, theirs_accuracy = model.evaluate(images, labels, verbose=0)
    assert scores.loss == pytest.approx(theirs_loss, rel=1e-5)
    accuracy = (scored.classes == LABELS).mean()
    assert accuracy == pytest.approx(theirs_accuracy)
    assert accuracy > 0.5
    if units == 1:
        outputs = model.predict(images, verbose=0)[:, 0]
        chances = 1 / (1 + np.exp(-outputs)) if activation is None else outputs
        assert np.allclose(scored.probabilities[:, 1], chances, atol=1e-6)
        assert np.array_equal(scored.classes, chances > 0.5)
