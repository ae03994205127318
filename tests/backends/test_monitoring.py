"""What decides by a quantity after every epoch, held against Keras' own callbacks."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from harness.backends.tensorflow.building import build_model
from harness.backends.tensorflow.epoch import DeviceData, create_variables, to_device
from harness.backends.tensorflow.network import TensorFlow
from harness.data.cache import DatasetArrays
from harness.data.declarations import find_dataset
from harness.data.pipeline import fit
from harness.evaluations.metric import Measured
from harness.planning.trial import Computation, Trial
from harness.records.weights import weights_digest
from harness.spec.training import Training
from harness.spec.training.monitoring import BestEpoch, EarlyStopping, ReduceOnPlateau
from harness.worker import training
from harness.worker.examples import epoch_order
from harness.worker.messages import EpochDone, Finished, Job, Message
from harness.worker.training import run_trial

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras' own, of NumPy 2
    pytest.mark.filterwarnings("ignore:`shuffle=True` was passed:UserWarning"),
]
RNG = np.random.default_rng(0)
# Values on a coarse grid, so that there are ties and changes as small as the least that counts.
SEQUENCES: list[list[float]] = [
    (RNG.integers(0, 8, 14) / 8 * scale).tolist() for scale in (1.0, 1e-3) for _ in range(20)
]


class Values:
    """One quantity after an epoch."""

    def __init__(self, value: float) -> None:
        self._value = value

    def value(self, evaluation: str, metric: str) -> float:
        del evaluation, metric
        return self._value


def measured(values: Sequence[float]) -> list[Measured]:
    return [Values(float(value)) for value in values]


class FakeModel(SimpleNamespace):
    """What callbacks see of a model: its weights are the number of the epoch."""

    epoch = 0
    stop_training = False
    restored: int | None = None
    saved: int | None = None

    def get_weights(self) -> int:
        return self.epoch

    def set_weights(self, weights: int) -> None:
        self.restored = weights

    def save_weights(self, path: str, *, overwrite: bool) -> None:
        del path, overwrite
        self.saved = self.epoch


def run_callback(callback: Any, values: Sequence[float]) -> FakeModel:  # noqa: ANN401 - Keras' own
    """Show a callback the values as `fit` does, until it ends the training."""
    model = FakeModel(optimizer=SimpleNamespace(learning_rate=0.1), rates=[])
    callback.set_model(model)
    callback.on_train_begin()
    for number, value in enumerate(values):
        model.epoch = number + 1
        callback.on_epoch_end(number, {"val_loss": float(value), "val_accuracy": float(value)})
        model.rates.append(model.optimizer.learning_rate)
        if model.stop_training:
            break
    callback.on_train_end()
    return model


STOPPING = [
    {"mode": "min"},
    {"mode": "max", "patience": 2},
    {"mode": "min", "patience": 3, "min_delta": 0.125},
    {"mode": "max", "patience": 1, "min_delta": 1e-4, "start_from_epoch": 4},
    {"mode": "min", "patience": 2, "start_from_epoch": 20},
]


@pytest.mark.parametrize("fields", STOPPING, ids=str)
def test_the_training_stops_where_keras_early_stopping_does_and_the_same_weights_are_best(fields: Any) -> None:  # noqa: ANN401
    ours = EarlyStopping(**fields, restore_best_weights=True)
    for values in SEQUENCES:
        model = run_callback(keras.callbacks.EarlyStopping(**fields, restore_best_weights=True), values)
        stop = ours.stop(measured(values))
        assert (stop.after, stop.best) == (model.epoch if model.stop_training else None, model.restored)


@pytest.mark.parametrize("mode", ["min", "max"])
def test_the_best_epoch_is_the_last_one_that_keras_model_checkpoint_saves(mode: Any, tmp_path: Path) -> None:  # noqa: ANN401
    path = tmp_path / "best.weights.h5"
    for values in SEQUENCES:
        checkpoint = keras.callbacks.ModelCheckpoint(
            path, "val_loss", 0, save_best_only=True, save_weights_only=True, mode=mode
        )
        assert BestEpoch(mode=mode).best(measured(values)) == run_callback(checkpoint, values).saved


PLATEAUS = [
    {"mode": "min", "patience": 1},
    {"mode": "max", "patience": 2, "factor": 0.5, "cooldown": 2},
    {"mode": "min", "patience": 2, "factor": 0.5, "min_delta": 0.125, "min_lr": 0.02},
    {"mode": "max", "patience": 0, "factor": 0.9, "min_lr": 0.09},
]


@pytest.mark.parametrize("fields", PLATEAUS, ids=str)
def test_the_rate_is_lowered_where_keras_does(fields: Any) -> None:  # noqa: ANN401
    ours = ReduceOnPlateau(**fields)
    for values in SEQUENCES:
        rate, rates = 0.1, []
        for number in range(1, len(values) + 1):
            if ours.reduces(measured(values[:number])) and rate > np.float32(ours.min_lr):
                rate = max(rate * ours.factor, ours.min_lr)
            rates.append(rate)
        assert rates == run_callback(keras.callbacks.ReduceLROnPlateau(**fields), values).rates


def test_less_of_a_loss_and_more_of_an_accuracy_is_better() -> None:
    assert EarlyStopping().improves(0.1, 0.2)
    assert EarlyStopping(monitor="accuracy").improves(0.2, 0.1)
    assert not EarlyStopping(monitor="val_accuracy", mode="min").improves(0.2, 0.1)


TRAINED, HELD_OUT, TESTED, BATCH_SIZE, MOST_EPOCHS = 180, 20, 30, 36, 12
EXAMPLES = TRAINED + HELD_OUT
IMAGES = RNG.integers(0, 256, (EXAMPLES, 28, 28), dtype=np.uint8)
LABELS = RNG.integers(0, 10, EXAMPLES, dtype=np.uint8)
MNIST = find_dataset("mnist")
ARRAYS = DatasetArrays(MNIST, IMAGES, LABELS, IMAGES[:TESTED], LABELS[:TESTED])
MONITOR: dict[str, Any] = {"monitor": "val_loss", "patience": 2}


def in_our_order(data: DeviceData, first: int = 1) -> Any:  # noqa: ANN401 - TensorFlow's own, without types
    """Return the batches of epochs from the first on, each epoch in the harness's own order."""
    epochs = []
    for epoch in range(first, first + MOST_EPOCHS):
        examples = data.batch(tf.constant(epoch_order(0, epoch, TRAINED)))
        epochs.append(tf.data.Dataset.from_tensor_slices(examples).batch(BATCH_SIZE))
    return functools.reduce(lambda before, next_one: before.concatenate(next_one), epochs)


@pytest.fixture(scope="module")
def trial() -> Trial:
    """Return a trial that overfits at once: its validation loss rises soon."""
    recipe = {
        "optimizer": {"Adam": {"learning_rate": 0.003}},
        "loss": "categorical_crossentropy",
        "batch_size": BATCH_SIZE,
        "validation_split": HELD_OUT / EXAMPLES,
        "early_stopping": {**MONITOR, "patience": 3, "restore_best_weights": True},
        "reduce_on_plateau": {**MONITOR, "patience": 1, "factor": 0.5},
    }
    layers = [
        "Flatten",
        {"Dense": {"units": 32, "activation": "relu"}},
        {"Dense": {"units": 10, "activation": "softmax"}},
    ]
    return Trial(Computation.model_validate({"dataset": "mnist", "layers": layers, "recipe": recipe}), 0, MOST_EPOCHS)


def test_a_trial_ends_with_the_weights_that_fit_restores_after_the_same_epochs(
    trial: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "load", lambda *_: ARRAYS)
    monkeypatch.setattr(TensorFlow, "configure", lambda *_, **__: None)
    reported: list[Message] = []
    job = Job(trial, (), 1, True, tmp_path, None, tmp_path / "log", time.time())  # noqa: FBT003
    run_trial(job, TensorFlow(), reported.append, lambda: None)  # type: ignore[arg-type, return-value]
    epochs = [message.measurement for message in reported if isinstance(message, EpochDone)]
    (finished,) = [message.measurement for message in reported if isinstance(message, Finished)]

    model = build_model(trial.computation, seed=0)
    data = to_device(IMAGES[:TRAINED], LABELS[:TRAINED], fit(MNIST, IMAGES[:TRAINED]))
    create_variables(model, data)  # else `fit` traces its step twice
    held_out = to_device(IMAGES[TRAINED:], LABELS[TRAINED:], fit(MNIST, IMAGES[:TRAINED]))
    validation = tuple(tensor.numpy() for tensor in held_out.batch(tf.range(HELD_OUT)))
    weights: list[str] = []
    keep = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: weights.append(weights_digest(model.get_weights())))
    stopping = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)
    plateau = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", patience=1, factor=0.5)
    history = model.fit(
        in_our_order(data),
        validation_data=validation,
        epochs=MOST_EPOCHS,
        steps_per_epoch=math.ceil(TRAINED / BATCH_SIZE),
        verbose=0,
        callbacks=[keep, plateau, stopping],
    ).history
    assert len(epochs) < MOST_EPOCHS
    assert finished.stopped
    assert [epoch.weights_sha256 for epoch in epochs] == weights
    assert len({float(rate) for rate in history["learning_rate"]}) > 1, "the rate was lowered"
    for metric in ("loss", "accuracy"):
        ours = [epoch.value("validation", metric) for epoch in epochs]
        assert ours == pytest.approx(history[f"val_{metric}"], rel=1e-5)
    counted = trial.computation.counted(epochs)
    assert counted < len(epochs)
    assert epochs[counted - 1].weights_sha256 == weights_digest(model.get_weights())


def test_a_phase_that_stops_hands_its_best_weights_to_the_next_as_two_fits_of_keras_do(
    trial: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "load", lambda *_: ARRAYS)
    monkeypatch.setattr(TensorFlow, "configure", lambda *_, **__: None)
    stopping = {"early_stopping": EarlyStopping(**MONITOR, restore_best_weights=True), "reduce_on_plateau": None}
    recipe = trial.computation.recipe.model_copy(update=stopping)
    earlier = Training(**{name: getattr(recipe, name) for name in type(recipe).model_fields}, epochs=MOST_EPOCHS)
    phases = {"earlier": (earlier,), "recipe": recipe, "schedule_epochs": MOST_EPOCHS}
    computation = trial.computation.model_copy(update=phases)
    reported: list[Message] = []
    wanted = Trial(computation, 0, 2 * MOST_EPOCHS)
    job = Job(wanted, (), 1, True, tmp_path, None, tmp_path / "log", time.time())  # noqa: FBT003
    run_trial(job, TensorFlow(), reported.append, lambda: None)  # type: ignore[arg-type, return-value]
    epochs = [message.measurement for message in reported if isinstance(message, EpochDone)]

    model = build_model(computation, seed=0)
    data = to_device(IMAGES[:TRAINED], LABELS[:TRAINED], fit(MNIST, IMAGES[:TRAINED]))
    held_out = to_device(IMAGES[TRAINED:], LABELS[TRAINED:], fit(MNIST, IMAGES[:TRAINED]))
    validation = tuple(tensor.numpy() for tensor in held_out.batch(tf.range(HELD_OUT)))
    weights: list[str] = []
    keep = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: weights.append(weights_digest(model.get_weights())))
    starts = []
    for _ in range(2):
        starts.append(len(weights) + 1)
        model.compile(keras.optimizers.Adam(0.003), "categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
        create_variables(model, data)  # as above
        model.fit(
            in_our_order(data, starts[-1]),
            validation_data=validation,
            epochs=MOST_EPOCHS,
            steps_per_epoch=math.ceil(TRAINED / BATCH_SIZE),
            verbose=0,
            callbacks=[keep, keras.callbacks.EarlyStopping(**MONITOR, restore_best_weights=True)],
        )
    assert computation.starts(epochs) == tuple(starts)
    assert 3 < starts[1] <= MOST_EPOCHS
    assert [epoch.weights_sha256 for epoch in epochs] == weights
    assert epochs[computation.counted(epochs) - 1].weights_sha256 == weights_digest(model.get_weights())
