"""The compiled epoch and its scoring: what decides their bits, and what they leave as it was."""

from __future__ import annotations

import keras
import numpy as np
import numpy.typing as npt
import pytest

from harness.backends.tensorflow.building import build_model
from harness.backends.tensorflow.epoch import Batches, compile_epoch, compile_scoring, to_device
from harness.data.declarations import find_dataset
from harness.data.pipeline import fit
from harness.evaluations.evaluation import Scored
from harness.evaluations.test import Test
from harness.planning.trial import Computation
from harness.records import weights as records_weights
from harness.worker.examples import epoch_order

pytestmark = pytest.mark.training

MNIST = find_dataset("mnist")
EXAMPLES = 210
BATCH_SIZE = 32  # leaves a last batch of 18

COMPUTATION = Computation.model_validate(
    {
        "dataset": "mnist",
        "layers": [
            {"Conv2D": {"filters": 4, "kernel_size": 3, "activation": "relu"}},
            {"MaxPooling2D": {"pool_size": 2}},
            {"Dropout": {"rate": 0.25}},
            "Flatten",
            {"Dense": {"units": 10, "activation": "softmax"}},
        ],
        "recipe": {"optimizer": "Adam", "loss": "categorical_crossentropy", "batch_size": BATCH_SIZE},
    }
)


@pytest.fixture(scope="module")
def images() -> npt.NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (EXAMPLES, 28, 28), dtype=np.uint8)


@pytest.fixture(scope="module")
def labels() -> npt.NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 10, EXAMPLES, dtype=np.uint8)


def weights_digest(model: keras.Model) -> str:
    return records_weights.weights_digest(model.get_weights())


def build(seed: int = 0) -> keras.Model:
    return build_model(COMPUTATION, seed)


def test_another_order_gives_other_bits(images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]) -> None:
    digests = set()
    for epoch in (1, 2):
        model = build()
        compile_epoch(model, to_device(images, labels, fit(MNIST, images)), Batches(BATCH_SIZE))(
            epoch_order(0, epoch, EXAMPLES)
        )
        digests.add(weights_digest(model))
    assert len(digests) == 2


def test_the_seed_decides_the_initial_weights() -> None:
    assert weights_digest(build(seed=1)) == weights_digest(build(seed=1))
    assert weights_digest(build(seed=1)) != weights_digest(build(seed=2))


def test_compiling_changes_no_weight(images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]) -> None:
    model = build()
    before = weights_digest(model)
    compile_epoch(model, to_device(images, labels, fit(MNIST, images)), Batches(BATCH_SIZE))
    assert weights_digest(model) == before


def test_scoring_agrees_with_keras_and_changes_nothing(
    images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]
) -> None:
    model = build()
    data = to_device(images, labels, fit(MNIST, images))
    train = compile_epoch(model, data, Batches(BATCH_SIZE))
    score = compile_scoring(model, data)
    train(epoch_order(0, 1, EXAMPLES))
    before = weights_digest(model)
    scored = score()
    x, y = images[..., np.newaxis].astype("float32") / 255, keras.utils.to_categorical(labels, 10)
    loss, accuracy = model.evaluate(x, y, verbose=0)
    assert scored.loss == pytest.approx(loss, rel=1e-5)
    metrics = Test().measure(Scored(scored.scores, labels, scored.loss))
    assert metrics == {"loss": scored.loss, "accuracy": pytest.approx(accuracy)}
    assert weights_digest(model) == before


def test_batches_are_scaled_as_the_documents_scale_them(
    images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]
) -> None:
    scaled, one_hot = to_device(images, labels, fit(MNIST, images)).batch(np.arange(5))
    assert np.array_equal(scaled.numpy(), images[:5, ..., np.newaxis].astype("float32") / 255)
    assert np.array_equal(one_hot.numpy().argmax(axis=1), labels[:5])
