"""Weights that Keras publishes: they come from Keras' own cache, whatever the seed, and their digest is reported."""

from __future__ import annotations

from pathlib import Path

import h5py  # type: ignore[import-untyped]  # it has no types
import keras
import numpy as np
import pytest
from keras.src.legacy.saving import legacy_h5_format

from harness.backends.tensorflow import WEIGHTS_FOLDER, variables
from harness.backends.tensorflow.building import share_weights_folder
from harness.backends.tensorflow.network import TensorFlow
from harness.planning.trial import Computation
from harness.records.weights import weights_digest
from harness.spec.layers import ShapeError
from harness.spec.layers.application import Application

FILE = "mobilenet_1_0_224_tf_no_top.h5"
# Keras says that it has no weights for images of this size and takes those of another; h5py's arrays warn.
pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore:`input_shape` is undefined or non-square"),
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
]


def computation(weights: str) -> Computation:
    layers = [
        {"Application": {"name": "MobileNet", "weights": weights, "trainable": False}},
        "GlobalAveragePooling2D",
        {"Dense": {"units": 10, "activation": "softmax"}},
    ]
    recipe = {"optimizer": "Adam", "loss": "categorical_crossentropy", "batch_size": 8}
    return Computation.model_validate({"dataset": "cifar10", "layers": layers, "recipe": recipe})


def test_weights_come_from_keras_cache_and_their_digest_does_not_depend_on_the_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keras.utils.set_random_seed(99)
    published = keras.applications.MobileNet(include_top=False, weights=None, input_shape=(32, 32, 3))
    (tmp_path / "own").mkdir()
    with h5py.File(tmp_path / "own" / FILE, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, published)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "run"))
    monkeypatch.setenv(WEIGHTS_FOLDER, str(tmp_path / "own"))
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path / "run"))
    first, second = (TensorFlow().build(computation("imagenet"), seed) for seed in (0, 1))
    for network in (first, second):
        pairs = zip(network.weights(), published.get_weights(), strict=False)
        assert all(np.array_equal(ours, theirs) for ours, theirs in pairs)
        assert network.pretrained_sha256 == weights_digest(published.get_weights())
    assert not np.array_equal(first.weights()[-2], second.weights()[-2])
    assert computation("imagenet").fingerprint != computation("none").fingerprint


def test_weights_that_are_drawn_have_no_digest() -> None:
    assert TensorFlow().build(computation("none"), 0).pretrained_sha256 is None


def test_a_run_keeps_weights_where_keras_keeps_them_for_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    for name, value in variables(tmp_path / "run").items():
        monkeypatch.setenv(name, value)
    share_weights_folder()
    share_weights_folder()
    assert (tmp_path / "run" / "models").resolve() == tmp_path / "home" / "models"


def test_published_weights_need_three_channels() -> None:
    with pytest.raises(ShapeError, match="weights of imagenet are for 3 channels, and the input of VGG16 has 1"):
        Application(name="VGG16", weights="imagenet").output_shape((32, 32, 1))
