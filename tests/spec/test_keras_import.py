"""Specs from saved Keras models: every shipped network and every kind of layer comes back; what can't is named."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import fake_records as fake
import keras
import numpy as np
import pytest
from generated_layers import ROW_LAYERS, parsed, smallest

from harness.app.keras_import import imported_parts
from harness.app.new import NewOptions, start_spec
from harness.backends.tensorflow.building import build_model
from harness.errors import CannotImport
from harness.planning.settings import Settings
from harness.planning.trial import trial_computation
from harness.records.weights import weights_digest
from harness.spec.architecture import Architecture
from harness.spec.keras_models.importing import imported_model
from harness.spec.layers import LAYERS
from harness.spec.layers.layer import OwnLayer
from harness.spec.reading import read_architecture, select
from harness.spec.training.losses import CategoricalCrossentropy

SHIPPED = select((), fake.ARCHITECTURES)
ABLATIONS = select((), fake.ARCHITECTURES / "ablations")
L = keras.layers
# Of h5py, where Keras saves weights.
pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
]


def fingerprint(architecture: Architecture) -> str:
    return trial_computation(architecture, Settings()).fingerprint


def imported(folder: Path, file: Path, dataset: str | None = None) -> Architecture:
    return read_architecture(start_spec(NewOptions(name="own", keras=file, dataset=dataset, architectures=folder)))


@pytest.mark.parametrize("name", [architecture.name for architecture in (*SHIPPED, *ABLATIONS)])
def test_every_shipped_network_comes_back_with_its_address(tmp_path: Path, name: str) -> None:
    (original,) = (one for one in (*SHIPPED, *ABLATIONS) if one.name == name)
    model = build_model(trial_computation(original, Settings()), seed=0)
    model.save(tmp_path / "model.keras")
    found = imported(tmp_path / "specs", tmp_path / "model.keras", original.dataset)
    assert found.layers == original.layers
    assert fingerprint(original.model_copy(update={"layers": found.layers})) == fingerprint(original)
    # A schedule over the whole training is saved with its steps.
    if not original.recipes[-1].depends_on_epochs:
        assert (found.recipe.optimizer, found.recipe.loss) == (
            original.recipes[-1].optimizer,
            original.recipes[-1].loss,
        )


@pytest.mark.parametrize("kind", [name for name, cls in LAYERS.kinds.items() if not issubclass(cls, OwnLayer)])
def test_every_kind_of_layer_comes_back_from_what_keras_saves(tmp_path: Path, kind: str) -> None:
    fitting: dict[str, dict[str, Any]] = {"GroupNormalization": {"groups": 2}, "Permute": {"dims": [2, 1, 3]}}
    layer = parsed({kind: {**smallest(LAYERS.kinds[kind]), **fitting.get(kind, {})}})
    channels = 3 if kind in {"RandomSaturation", "RandomHue"} else 2
    inputs = keras.Input((8, 12) if kind in ROW_LAYERS else (8, 8, channels))
    (tmp_path / "model.json").write_text(keras.Model(inputs, layer.connect(keras, inputs)).to_json())
    assert imported_model(tmp_path / "model.json").layers == (layer,)


def branching() -> keras.Model:
    x = inputs = keras.Input((28, 28, 1))
    x = L.Convolution2D(8, 3, kernel_regularizer="l2", kernel_initializer="he_normal")(x)
    gate = L.Dense(8, activation="sigmoid")(L.GlobalAvgPool2D(keepdims=True)(x))
    x = L.Multiply()([x, gate])
    y = L.ReLU(6.0)(L.BatchNormalization(axis=3)(L.Conv2D(8, 3, padding="same")(x)))
    x = x + y
    a = L.Conv2D(4, 1)(x)
    b = L.Conv2D(4, 5, padding="same")(L.Add()([L.Conv2D(4, 3, padding="same")(a), L.Conv2D(4, 1)(a)]))
    x = L.Concatenate()([a, b, L.MaxPool2D(3, 1, padding="same")(x)])
    x = keras.Sequential([L.GlobalMaxPool2D(), L.Dropout(0.5)], name="head")(x)
    return keras.Model(inputs, L.Dense(10, activation="softmax")(x))


def test_branches_models_inside_and_operators_are_read(tmp_path: Path) -> None:
    model = branching()
    schedule = keras.optimizers.schedules.CosineDecay(0.1, 100)
    model.compile(
        keras.optimizers.SGD(schedule, momentum=0.9, nesterov=True), keras.losses.SparseCategoricalCrossentropy()
    )
    model.save(tmp_path / "model.keras")
    # The output of `a` goes on alone and through more layers: it is before both of them.
    with pytest.raises(
        CannotImport, match=r"model.keras: the output of layer 'conv2d_?\d*' goes to layers whose paths"
    ):
        imported(tmp_path / "specs", tmp_path / "model.keras")


def test_what_is_read_is_what_keras_builds_of_it(tmp_path: Path) -> None:
    x = inputs = keras.Input((28, 28, 1))
    x = L.Convolution2D(8, 3, kernel_regularizer="l2", kernel_initializer="he_normal")(x)
    gate = L.Dense(8, activation="sigmoid")(L.GlobalAvgPool2D(keepdims=True)(x))
    x = L.Multiply()([x, gate])
    x = x + L.ReLU(6.0)(L.BatchNormalization(axis=3)(L.Conv2D(8, 3, padding="same")(x)))
    a, b = L.Conv2D(4, 1, activation="relu")(x), L.Conv2D(4, 3, padding="same")(x)
    x = L.Concatenate()([a, b, L.MaxPool2D(3, 1, padding="same")(x)])
    x = L.Add()([L.Conv2D(6, 1, strides=2)(x), L.BatchNormalization()(L.Conv2D(6, 3, 2, padding="same")(L.ReLU()(x)))])
    x = keras.Sequential([L.GlobalMaxPool2D(), L.Dropout(0.5)], name="head")(x)
    model = keras.Model(inputs, L.Dense(10, activation="softmax")(x))
    schedule = keras.optimizers.schedules.CosineDecay(0.1, 100)
    model.compile(
        keras.optimizers.SGD(schedule, momentum=0.9, nesterov=True), keras.losses.SparseCategoricalCrossentropy()
    )
    model.save(tmp_path / "model.keras")
    found = imported(tmp_path / "specs", tmp_path / "model.keras")
    assert [layer.kind for layer in found.layers] == [
        *("Conv2D", "Parallel", "Residual", "Parallel", "Residual", "GlobalMaxPooling2D", "Dropout", "Dense")
    ]
    built = build_model(trial_computation(found, Settings()), seed=0)
    assert built.count_params() == model.count_params()
    assert found.dataset == "mnist"
    assert found.recipe.loss.kind == "categorical_crossentropy"
    assert found.recipe.optimizer.model_dump(mode="json")["learning_rate"]["CosineDecay"]["decay_steps"] == 100
    text = found.path.read_text()
    assert "  - Conv2D: {filters: 8, kernel_size: 3, kernel_initializer: HeNormal, kernel_regularizer: L2}\n" in text
    assert "learning_rate: {CosineDecay: {initial_learning_rate: 0.1, decay_steps: 100}}" in text


def sequential(*layers: Any, shape: tuple[int, ...] = (28, 28, 1)) -> keras.Model:  # noqa: ANN401 - Keras' layers
    return keras.Sequential([keras.Input(shape), *layers])


def shared() -> keras.Model:
    x = inputs = keras.Input((28, 28, 1))
    convolution = L.Conv2D(1, 3, padding="same", name="twice")
    return keras.Model(inputs, L.Dense(10)(L.Flatten()(convolution(convolution(x)))))


def shared_inside_shared() -> keras.Model:
    x = inputs = keras.Input((28, 28, 1))
    convolution = L.Conv2D(1, 3, padding="same", name="inner")
    outer = keras.Model(inside := keras.Input((28, 28, 1)), convolution(convolution(inside)), name="outer")
    return keras.Model(inputs, L.Dense(10)(L.Flatten()(outer(outer(x)))))


def shared_tower() -> keras.Model:
    x = inputs = keras.Input((28, 28, 1))
    tower = keras.Sequential([keras.Input((28, 14, 1)), L.Conv2D(4, 3), L.BatchNormalization(), L.Flatten()])
    left, right = L.Cropping2D(((0, 0), (0, 14)))(x), L.Cropping2D(((0, 0), (14, 0)))(x)
    return keras.Model(inputs, L.Dense(10)(L.Subtract()([tower(left), tower(right)])))


@pytest.mark.parametrize("model", [shared, shared_tower])
@pytest.mark.parametrize("file", ["model.keras", "model.json"])
def test_what_is_called_twice_is_shared_by_its_name(tmp_path: Path, model: Any, file: str) -> None:  # noqa: ANN401
    keras.utils.set_random_seed(0)
    theirs = model()
    if file.endswith("json"):
        (tmp_path / file).write_text(theirs.to_json())
    else:
        theirs.save(tmp_path / file)
    found = imported(tmp_path / "specs", tmp_path / file)
    ours = build_model(trial_computation(found, Settings()), seed=0)
    assert weights_digest(ours.get_weights()) == weights_digest(theirs.get_weights())
    images = np.random.default_rng(0).random((3, 28, 28, 1), dtype=np.float32)
    assert np.array_equal(ours(images, training=False).numpy(), theirs(images, training=False).numpy())
    assert found.path.read_text().count("- Shared: {name:") == 1


@pytest.mark.parametrize(("activation", "from_logits"), [(None, True), ("softmax", False)])
def test_a_loss_that_is_not_saved_is_chosen_for_the_end(tmp_path: Path, activation: str, *, from_logits: bool) -> None:
    (tmp_path / "model.json").write_text(sequential(L.Flatten(), L.Dense(10, activation=activation)).to_json())
    found = imported(tmp_path / "specs", tmp_path / "model.json")
    assert found.recipe.loss == CategoricalCrossentropy(from_logits=from_logits)


def test_a_saved_model_that_was_compiled_with_the_wrong_loss_is_not_imported_in_silence(tmp_path: Path) -> None:
    model = sequential(L.Flatten(), L.Dense(10))
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    model.save(tmp_path / "model.keras")
    with pytest.raises(CannotImport, match="ends in scores, without softmax, and categorical_crossentropy takes prob"):
        imported(tmp_path / "specs", tmp_path / "model.keras")


def two_outputs() -> keras.Model:
    x = L.Flatten()(inputs := keras.Input((28, 28, 1)))
    return keras.Model(inputs, [L.Dense(10)(x), L.Dense(10)(x)])


def test_what_is_frozen_in_a_saved_model_is_written_so(tmp_path: Path) -> None:
    base = keras.Sequential([L.Conv2D(3, 3), L.BatchNormalization(), L.Dropout(0.5), L.Flatten()])
    model = sequential(base, L.Dense(10))
    base.trainable = False
    (tmp_path / "model.json").write_text(model.to_json())
    found = imported(tmp_path / "specs", tmp_path / "model.json")
    assert [layer.trainable for layer in found.layers] == [False, False, True, True, True]
    built = build_model(trial_computation(found, Settings()), seed=0)
    ours, theirs = ([weights.shape for weights in one.trainable_weights] for one in (built, model))
    assert ours == theirs


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (
            lambda: sequential(L.Conv1D(3, 3, name="rows"), shape=(28, 28)),
            "layer 'rows' is a Conv1D, and there is no such",
        ),
        (
            lambda: sequential(L.BatchNormalization(axis=1, name="norm")),
            "layer 'norm' has axis: -3, for which there is no",
        ),
        (
            lambda: sequential(L.Flatten(), L.Dense(10, dtype="float16", name="half")),
            "layer 'half' is computed in 'float16'",
        ),
        (shared_inside_shared, "layer 'outer' is used more than once, and so is a layer inside it"),
        (two_outputs, "the model has 2 outputs, and a network here has one"),
        (
            lambda: sequential(L.Flatten(), L.Dense(7)),
            "no data set has its inputs of 28×28×1 and a class for each of its",
        ),
    ],
)
def test_what_cannot_be_expressed_is_named(tmp_path: Path, model: Any, reason: str) -> None:  # noqa: ANN401
    (tmp_path / "model.json").write_text(model().to_json())
    with pytest.raises(CannotImport) as caught:
        imported(tmp_path / "specs", tmp_path / "model.json")
    assert f"model.json: {reason}" in str(caught.value)
    assert not (tmp_path / "specs" / "own.yaml").exists()


def test_all_reasons_are_named_at_once(tmp_path: Path) -> None:
    model = sequential(
        L.Conv2D(3, 3), L.Lambda(lambda x: x, name="code"), L.GaussianNoise(0.1), L.ActivityRegularization(0.1)
    )
    model.compile("adam", "hinge")
    (tmp_path / "model.json").write_text(model.to_json())
    with pytest.raises(CannotImport) as caught:
        imported_model(tmp_path / "model.json")
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert "layer 'code' is a Lambda, and there is no such layer here" in lines[0]
    assert "the loss is a hinge, and there is no such loss here" in lines[2]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "can't be read (Expecting value"),
        (b"\x89HDF\r\n\x1a\n", "an .h5 file can be saved again as .keras"),
        (b"[" * 100_000, "nested too deep"),
        (b"[1, 2]", "this is not a model's configuration"),
        (b'{"class_name": "MyModel", "config": {}}', "is of the class 'MyModel', which says what it computes in code"),
        (b'{"class_name": "Sequential", "config": {"layers": []}}', "the model has no layers"),
        (b'{"class_name": "Sequential", "config": {"layers": [3]}}', "its layers are not saved as Keras saves them"),
        (b'{"class_name": "Functional", "config": {"layers": [{"name": "a"}]}}', "its layers are not saved as Keras"),
        (b" " * (16 * 2**20 + 1), "its configuration has more than 16,777,216 bytes"),
    ],
)
def test_what_is_not_a_saved_model_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "model.json").write_bytes(content)
    with pytest.raises(CannotImport) as caught:
        imported_model(tmp_path / "model.json")
    assert reason in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_an_archive_without_a_configuration_or_with_too_large_a_one_is_refused(tmp_path: Path) -> None:
    for members, reason in (
        ({"x": b""}, "there is no config.json in it"),
        ({"config.json": b" " * 2**25}, "more than 16"),
    ):
        with zipfile.ZipFile(tmp_path / "model.keras", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        with pytest.raises(CannotImport, match=reason):
            imported_model(tmp_path / "model.keras")


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none.keras", "No such file"), (tmp_path, "it is a folder")):
        with pytest.raises(CannotImport, match=reason):
            imported_model(path)


def test_a_model_of_keras_2_is_read(tmp_path: Path) -> None:
    layers = [
        {"class_name": "Conv2D", "config": {"name": "c", "trainable": True, "batch_input_shape": [None, 28, 28, 1],
         "dtype": "float32", "filters": 4, "kernel_size": [3, 3], "activation": "relu",
         "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}}}},
        {"class_name": "Flatten", "config": {"name": "f", "data_format": "channels_last"}},
        {"class_name": "Dense", "config": {"name": "d", "units": 10, "activation": "softmax"}},
    ]  # fmt: skip
    saved = {"class_name": "Sequential", "config": {"name": "s", "layers": layers}, "keras_version": "2.4.0"}
    (tmp_path / "old.json").write_text(json.dumps(saved))
    found = imported_model(tmp_path / "old.json")
    assert found.layers == tuple(
        map(parsed, [{"Conv2D": {"filters": 4, "kernel_size": 3, "activation": "relu"}}, "Flatten",
                     {"Dense": {"units": 10, "activation": "softmax"}}])
    )  # fmt: skip
    assert (found.inputs, found.optimizer, found.loss) == ((28, 28, 1), None, None)
    parts = imported_parts(tmp_path / "old.json", tmp_path, None)
    assert parts.assumptions[1] == "The saved model does not say its optimizer and loss, chosen here."
    functional = {
        "layers": [
            {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 28, 28, 1], "name": "i"}, "name": "i",
             "inbound_nodes": []},
            {**layers[1], "name": "f", "inbound_nodes": [[["i", 0, 0, {}]]]},
            {**layers[2], "name": "d", "inbound_nodes": [[["f", 0, 0, {}]]]},
        ],
        "input_layers": [["i", 0, 0]],
        "output_layers": [["d", 0, 0]],
    }  # fmt: skip
    (tmp_path / "old.json").write_text(json.dumps({"class_name": "Functional", "config": functional}))
    assert imported_model(tmp_path / "old.json").layers == found.layers[1:]
