"""Networks on examples that may have several labels, held against Keras and scikit-learn: epochs, losses, metrics."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from test_fit import Ways

from harness.backends.tensorflow.building import Phase, build_model, build_phases
from harness.backends.tensorflow.epoch import create_variables, to_device
from harness.backends.tensorflow.network import TensorFlowNetwork
from harness.data.dataset import Dataset
from harness.data.declarations import find_dataset
from harness.data.pipeline import fit
from harness.evaluations.evaluation import Scored
from harness.evaluations.metric import MACRO_ROC_AUC, MEAN_PRECISION
from harness.evaluations.test import Test
from harness.planning.trial import Computation
from harness.worker.examples import epoch_order, trial_order

pytestmark = pytest.mark.training

BATCH_SIZE, EXAMPLES = 32, 210
RNG = np.random.default_rng(0)
LABELS = (RNG.random((EXAMPLES, 3)) < (0.5, 0.4, 0.2)).astype(np.uint8)
# Learnt in a few epochs: which rows of an image are brighter.
IMAGES = RNG.integers(0, 156, (EXAMPLES, 28, 28), dtype=np.uint8)
IMAGES[:, :27] += 40 * LABELS.repeat(9, axis=1)[:, :, np.newaxis]
LOGITS = {"binary_crossentropy": {"from_logits": True}}
SMOOTHED = {"binary_crossentropy": {"label_smoothing": 0.2}}


def several_labels() -> Dataset:
    data = find_dataset("mnist")
    labels = {
        name: array.model_copy(update={"shape": (array.shape[0], 3)}) if name.endswith("labels") else array
        for name, array in data.published.items()
    }
    arrays = data.arrays.model_copy(update=labels)
    return data.model_copy(update={"classes": ("above", "below", "left"), "arrays": arrays, "contested": None})


DATA = several_labels()


def computation(activation: str | None, loss: Any, **recipe: object) -> Computation:  # noqa: ANN401 - as a spec writes it
    layers = ["Flatten", {"Dense": {"units": 3, "activation": activation}}]
    recipe = {"optimizer": "Adam", "loss": loss, "batch_size": BATCH_SIZE, **recipe}
    made = Computation.model_validate({"dataset": "mnist", "layers": layers, "recipe": recipe})
    found = made.model_copy(update={"dataset_sha256": DATA.identity})
    return found.on(DATA)


ENDS = [
    pytest.param("sigmoid", "binary_crossentropy", id="sigmoids"),
    pytest.param(None, LOGITS, id="logits"),
]


@pytest.mark.parametrize(("activation", "loss"), [*ENDS, pytest.param("sigmoid", SMOOTHED, id="label smoothing")])
def test_an_epoch_has_the_bits_of_fit(activation: str | None, loss: Any) -> None:  # noqa: ANN401
    ways = Ways(computation(activation, loss), IMAGES, LABELS, epochs=2)
    assert ways.compiled == ways.fitted


@pytest.mark.parametrize(("activation", "loss"), ENDS)
def test_what_is_measured_is_what_keras_and_scikit_learn_measure(activation: str | None, loss: Any) -> None:  # noqa: ANN401
    wanted = computation(activation, loss)
    model, data = build_model(wanted, seed=0), to_device(IMAGES, LABELS, fit(DATA, IMAGES))
    network = TensorFlowNetwork([Phase(model, wanted.recipe)])
    network.compile(data, {"test": data})
    for epoch in range(1, 6):
        network.train_epoch(epoch_order(0, epoch, EXAMPLES))
    found = network.score("test")
    scored = Scored(found.scores, LABELS, found.loss, threshold=found.threshold)
    images, truth = IMAGES[..., np.newaxis].astype("float32") / 255, LABELS.astype("float32")
    outputs = model.predict(images, verbose=0)
    binary = keras.metrics.BinaryAccuracy(threshold=found.threshold)
    binary.update_state(truth, outputs)
    theirs_loss, theirs_accuracy = model.evaluate(images, truth, verbose=0)
    assert found.loss == pytest.approx(theirs_loss, rel=1e-5)
    assert (scored.classes == LABELS).mean() == pytest.approx(float(binary.result()))
    measured = Test().measure(scored)
    assert measured["accuracy"] == scored.right.mean()
    assert measured["accuracy"] == pytest.approx(theirs_accuracy)
    assert 0.3 < measured["accuracy"] < (scored.classes == LABELS).mean()
    chances = 1 / (1 + np.exp(-outputs.astype(float))) if activation is None else outputs
    assert np.allclose(scored.probabilities, chances, atol=1e-6)
    sklearn = pytest.importorskip("sklearn.metrics")
    assert measured["accuracy"] == sklearn.accuracy_score(LABELS, scored.classes)
    expected = sklearn.average_precision_score(LABELS, outputs), sklearn.roc_auc_score(LABELS, outputs)
    assert (measured[MEAN_PRECISION.name], measured[MACRO_ROC_AUC.name]) == pytest.approx(expected, abs=1e-12)


def test_blended_labels_train_as_with_keras_mixup() -> None:
    wanted = computation("sigmoid", "binary_crossentropy", mixup={"alpha": 0.4})
    data = to_device(IMAGES, LABELS, fit(DATA, IMAGES))
    network = TensorFlowNetwork(build_phases(wanted, seed=3))
    network.compile(data, {})
    order = trial_order(wanted, 3, 1, EXAMPLES)
    means = network.train_epoch(order)

    keras.utils.set_random_seed(3)
    inputs = keras.Input((28, 28, 1))
    outputs = keras.layers.Dense(3, activation="sigmoid")(keras.layers.Flatten()(inputs))
    model = keras.Model(inputs, outputs)
    model.compile("adam", "binary_crossentropy", jit_compile=False)
    create_variables(model, data)  # else Keras traces its step twice
    mixup = keras.layers.MixUp(alpha=0.4)
    images, labels = (tensor.numpy() for tensor in data.batch(order))
    losses = []
    for start in range(0, EXAMPLES, BATCH_SIZE):
        batch = {"images": images[start : start + BATCH_SIZE], "labels": labels[start : start + BATCH_SIZE]}
        blended = mixup(batch, training=True)
        losses.append(float(model.train_on_batch(blended["images"], blended["labels"])))
        model.reset_metrics()
    for ours, theirs in zip(network.weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    sizes = [min(BATCH_SIZE, EXAMPLES - start) for start in range(0, EXAMPLES, BATCH_SIZE)]
    assert means["loss"] == pytest.approx(np.average(losses, weights=sizes), rel=1e-4)
    assert 0 <= means["accuracy"] <= 1
