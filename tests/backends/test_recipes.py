"""What a recipe says, held against the argument or the callback of Keras that it stands for: the bits of `fit`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from harness.backends.tensorflow.building import build_model, build_phases
from harness.backends.tensorflow.epoch import create_variables, to_device
from harness.backends.tensorflow.network import TensorFlowNetwork
from harness.data.pipeline import fit
from harness.planning.trial import Computation
from harness.records.weights import weights_digest
from harness.worker.examples import trial_order

pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras' own, of NumPy 2
    pytest.mark.filterwarnings("ignore:`shuffle=True` was passed:UserWarning"),
]
EXAMPLES, BATCH_SIZE, EPOCHS = 210, 32, 3
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (EXAMPLES, 28, 28), dtype=np.uint8)
LABELS = RNG.choice(10, EXAMPLES, p=[0.37, *[0.07] * 9]).astype(np.uint8)
RECIPE = {"optimizer": "SGD", "loss": "categorical_crossentropy", "batch_size": BATCH_SIZE}


def computation(**recipe: object) -> Computation:
    return Computation.model_validate(
        {
            "dataset": "mnist",
            "layers": ["Flatten", {"Dropout": {"rate": 0.25}}, {"Dense": {"units": 10, "activation": "softmax"}}],
            "recipe": {**RECIPE, **recipe},
        }
    )


class SideBySide:
    """One computation as trials train it, and its first weights in a model that is compiled by Keras' own names."""

    def __init__(self, wanted: Computation, optimizer: Any, loss: Any = "categorical_crossentropy") -> None:  # noqa: ANN401
        self.data = to_device(IMAGES, LABELS, fit(wanted.data, IMAGES))
        self.computation = wanted
        self.network = TensorFlowNetwork(build_phases(wanted, seed=0))
        self.network.compile(self.data, {})
        self.model = build_model(computation(), seed=0)
        self.model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=False)
        # Else `fit` does it while it traces its step, and has to trace it a second time.
        create_variables(self.model, self.data)

    def order(self, epoch: int) -> Any:  # noqa: ANN401
        return trial_order(self.computation, 0, epoch, EXAMPLES)

    def examples(self, epoch: int) -> tuple[Any, Any]:
        images, labels = self.data.batch(tf.constant(self.order(epoch)))
        return images.numpy(), labels.numpy()

    def check(self, fit_epoch: Callable[[int], object]) -> None:
        """Train every epoch both ways: same weights, bit for bit, and same running means."""
        for epoch in range(1, EPOCHS + 1):
            means = self.network.train_epoch(self.order(epoch))
            fit_epoch(epoch)
            assert weights_digest(self.network.weights()) == weights_digest(self.model.get_weights())
            theirs = self.model.get_metrics_result()
            assert means == {name: float(theirs[name]) for name in means}

    def check_close(self) -> None:
        """Train every epoch both ways: same weights, but for what TensorFlow rounds otherwise in another graph."""
        for epoch in range(1, EPOCHS + 1):
            self.network.train_epoch(self.order(epoch))
            self.fit(epoch)
        for ours, theirs in zip(self.network.weights(), self.model.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)

    def fit(self, epoch: int, **arguments: Any) -> None:  # noqa: ANN401
        self.model.fit(
            *self.examples(epoch),
            batch_size=BATCH_SIZE,
            shuffle=False,
            verbose=0,
            initial_epoch=epoch - 1,
            epochs=epoch,
            **arguments,
        )


@pytest.mark.parametrize("clip", [{"clipnorm": 0.01}, {"clipvalue": 0.001}], ids=str)
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_gradients_are_clipped_as_by_keras_argument(name: str, clip: dict[str, float]) -> None:
    both = SideBySide(computation(optimizer={name: clip}), getattr(keras.optimizers, name)(**clip))
    both.check(both.fit)


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_all_gradients_together_are_clipped_as_by_keras_argument(name: str) -> None:
    clip = {"global_clipnorm": 0.01}
    SideBySide(computation(optimizer={name: clip}), getattr(keras.optimizers, name)(**clip)).check_close()


def test_labels_are_smoothed_as_by_keras_argument() -> None:
    loss = {"categorical_crossentropy": {"label_smoothing": 0.1}}
    both = SideBySide(computation(loss=loss), "sgd", keras.losses.CategoricalCrossentropy(label_smoothing=0.1))
    both.check(both.fit)


def test_classes_count_as_by_keras_class_weight() -> None:
    both = SideBySide(computation(class_weight={"0": 0.1, "7": 5.0}), "sgd")
    both.check(lambda epoch: both.fit(epoch, class_weight={0: 0.1, 7: 5.0}))


def test_balanced_classes_count_in_inverse_proportion_to_their_examples() -> None:
    counts = np.bincount(LABELS, minlength=10)
    balanced = {number: EXAMPLES / (10 * count) for number, count in enumerate(counts)}
    both = SideBySide(computation(class_weight="balanced"), "sgd")
    both.check(lambda epoch: both.fit(epoch, class_weight=balanced))


@pytest.mark.parametrize("steps", [3, 7, 9])
@pytest.mark.parametrize("shuffle", [True, False])
def test_steps_of_an_epoch_are_those_of_fit_on_images_without_end(steps: int, shuffle: bool) -> None:  # noqa: FBT001
    wanted = computation(steps_per_epoch=steps, shuffle=shuffle)
    both = SideBySide(wanted, "sgd")
    passes = [trial_order(computation(shuffle=shuffle), 0, time, EXAMPLES) for time in range(1, 7)]
    images, labels = both.data.batch(tf.constant(np.concatenate(passes)))
    endless = tf.data.Dataset.from_tensor_slices((images, labels)).repeat().batch(BATCH_SIZE)
    means: list[dict[str, float]] = []
    weights: list[str] = []

    def keep(epoch: int, logs: Any) -> None:  # noqa: ANN401
        del epoch
        means.append({name: float(logs[name]) for name in ("loss", "accuracy")})
        weights.append(weights_digest(both.model.get_weights()))

    callback = keras.callbacks.LambdaCallback(on_epoch_end=keep)
    both.model.fit(endless, steps_per_epoch=steps, epochs=EPOCHS, verbose=0, callbacks=[callback])
    for epoch in range(1, EPOCHS + 1):
        assert len(both.order(epoch)) == steps * BATCH_SIZE
        assert dict(both.network.train_epoch(both.order(epoch))) == means[epoch - 1]
        assert weights_digest(both.network.weights()) == weights[epoch - 1]


def test_images_that_are_not_shuffled_keep_their_order_in_every_epoch() -> None:
    orders = [trial_order(computation(shuffle=False), seed, epoch, 5).tolist() for seed in (0, 1) for epoch in (1, 2)]
    assert orders == [[0, 1, 2, 3, 4]] * 4


EXPONENTIAL = {"initial_learning_rate": 0.1, "decay_steps": 1, "decay_rate": 0.5}
PIECES = {"boundaries": [1], "values": [0.1, 0.01]}


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        ({"ExponentialDecay": EXPONENTIAL}, [0.1, 0.05, 0.025]),
        ({"PiecewiseConstantDecay": PIECES}, [0.1, 0.1, 0.01]),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_a_schedule_by_epochs_is_keras_learning_rate_scheduler(name: str, schedule: Any, rates: list[float]) -> None:  # noqa: ANN401
    wanted = computation(optimizer={name: {"learning_rate": schedule}}, schedule_steps="epochs")
    both = SideBySide(wanted, getattr(keras.optimizers, name)(0.1))
    scheduler = keras.callbacks.LearningRateScheduler(lambda epoch: rates[epoch])
    both.check(lambda epoch: both.fit(epoch, callbacks=[scheduler]))


def test_a_schedule_by_epochs_goes_on_where_a_restored_state_was() -> None:
    wanted = computation(
        optimizer={"SGD": {"learning_rate": {"ExponentialDecay": EXPONENTIAL}}}, schedule_steps="epochs"
    )
    first, second = SideBySide(wanted, "sgd"), SideBySide(wanted, "sgd")
    for epoch in (1, 2):
        first.network.train_epoch(first.order(epoch))
    second.network.restore(first.network.state())
    for both in (first, second):
        both.network.train_epoch(both.order(3))
    assert weights_digest(first.network.weights()) == weights_digest(second.network.weights())


def test_the_decay_of_keras_2_divides_the_rate_by_one_and_the_steps_so_far() -> None:
    wanted = computation(optimizer={"SGD": {"learning_rate": 0.1, "decay": 0.01}})
    assert (
        wanted.fingerprint
        == computation(
            optimizer={
                "SGD": {
                    "learning_rate": {
                        "InverseTimeDecay": {"initial_learning_rate": 0.1, "decay_steps": 1, "decay_rate": 0.01}
                    }
                }
            }
        ).fingerprint
    )
    both = SideBySide(wanted, keras.optimizers.SGD(0.1))
    steps = 0

    def set_rate(batch: int, logs: object) -> None:
        nonlocal steps
        del batch, logs
        both.model.optimizer.learning_rate = 0.1 / (1 + 0.01 * steps)
        steps += 1

    by_hand = keras.callbacks.LambdaCallback(on_train_batch_begin=set_rate)
    for epoch in range(1, EPOCHS + 1):
        both.network.train_epoch(both.order(epoch))
        both.fit(epoch, callbacks=[by_hand])
    for ours, theirs in zip(both.network.weights(), both.model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)


def test_blends_are_those_of_keras_mixup_layer() -> None:
    both = SideBySide(computation(mixup={"alpha": 0.4}), "sgd")
    blending = build_phases(both.computation, seed=0)[0].mixup
    assert blending is not None

    def fit_epoch(epoch: int) -> None:
        examples = tf.data.Dataset.from_tensor_slices(both.examples(epoch)).batch(BATCH_SIZE)
        batches = [blending({"images": x, "labels": y}, training=True) for x, y in examples]
        for batch in batches:
            assert float(tf.reduce_max(tf.abs(tf.reduce_sum(batch["labels"], axis=1) - 1))) < 1e-5
        both.model.reset_metrics()
        for batch in batches:
            both.model.train_on_batch(batch["images"], batch["labels"])

    for epoch in range(1, EPOCHS + 1):
        both.network.train_epoch(both.order(epoch))
        fit_epoch(epoch)
        for ours, theirs in zip(both.network.weights(), both.model.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_blending_goes_on_where_a_restored_state_was() -> None:
    first, second = (SideBySide(computation(mixup={}), "sgd") for _ in range(2))
    first.network.train_epoch(first.order(1))
    second.network.restore(first.network.state())
    for both in (first, second):
        both.network.train_epoch(both.order(2))
    assert weights_digest(first.network.weights()) == weights_digest(second.network.weights())


LAYERS = [
    {"Conv2D": {"filters": 4, "kernel_size": 3, "activation": "relu"}},
    "BatchNormalization",
    {"Residual": {"layers": [{"Conv2D": {"filters": 4, "kernel_size": 3, "padding": "same"}}]}},
    "Flatten",
    {"Dense": {"units": 10, "activation": "softmax"}},
]


def test_frozen_layers_are_those_that_keras_does_not_train_and_the_next_phase_trains_them() -> None:
    content = {"dataset": "mnist", "layers": LAYERS, "recipe": RECIPE}
    phased = Computation.model_validate({**content, "earlier": [{**RECIPE, "frozen": [1, 2, 3], "epochs": 1}]})
    data = to_device(IMAGES, LABELS, fit(phased.data, IMAGES))
    network = TensorFlowNetwork(build_phases(phased, seed=0))
    network.compile(data, {})
    trainable = network.trainable_parameters
    model = build_model(Computation.model_validate(content), seed=0)
    assert trainable == sum(int(np.prod(weights.shape)) for weights in model.trainable_weights)
    start = model.get_weights()
    for phase, trained in enumerate((False, True)):
        network.begin_phase(phase)
        for layer in model.layers[:-1]:
            layer.trainable = trained
        model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
        create_variables(model, data)
        order = trial_order(phased, 0, phase + 1, EXAMPLES)
        images, labels = (tensor.numpy() for tensor in data.batch(tf.constant(order)))
        network.train_epoch(order)
        model.fit(images, labels, batch_size=BATCH_SIZE, shuffle=False, verbose=0)
        for ours, theirs in zip(network.weights(), model.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
        same = [np.array_equal(now, then) for now, then in zip(network.weights(), start, strict=True)]
        assert same == ([True] * 8 + [False] * 2 if phase == 0 else [False] * 10)
