"""A word from elsewhere is answered by its meaning: with a known name, or with what to write in its place."""

from __future__ import annotations

import importlib
import inspect
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest

from harness.declaration.naming import OtherWords, plain, remedy
from harness.declaration.spec_error import InvalidSpec
from harness.spec import other_words
from harness.spec.architecture import SpecFile
from harness.spec.claims import CLAIMS
from harness.spec.derived import DerivedFile
from harness.spec.layers import LAYERS
from harness.spec.layers.application import Application
from harness.spec.layers.fields import KNOWN
from harness.spec.layers.weights import Initializer
from harness.spec.reading import read_text
from harness.spec.training import LOSSES, OPTIMIZERS, Training

pytest_plugins = ["valid_spec"]

[INITIALIZERS] = get_args(Initializer)[1:]
FAMILIES = {
    "layers": LAYERS,
    "initializers": INITIALIZERS,
    "optimizers": OPTIMIZERS,
    "losses": LOSSES,
    "claims": CLAIMS,
}
NAMES = {
    **{section: {*family.kinds, *family.aliases} for section, family in FAMILIES.items()},
    "activations": set(KNOWN),
    "fields": {name for family in FAMILIES.values() for kind in family.kinds.values() for name in kind.model_fields},
    "application": set(Application.model_fields),
    "recipe": set(Training.model_fields),
    "spec": set(SpecFile.model_fields),
    "derived": set(DerivedFile.model_fields),
}
TABLES = tomllib.loads(Path(other_words.__file__).with_suffix(".toml").read_text())


def test_every_section_is_of_names_that_there_are() -> None:
    assert set(TABLES) == set(NAMES)
    for section, table in TABLES.items():
        assert {meant for meant in table if " " not in meant} <= NAMES[section]


@pytest.mark.parametrize("section", TABLES)
def test_no_word_hides_a_known_name(section: str) -> None:
    # A field of one kind is a word for that of another.
    known = NAMES[section] if section != "fields" else set()
    words = {plain(word) for words in TABLES[section].values() for word in words.split()}
    # Callbacks are called as the fields are that stand for them.
    assert words & {plain(name) for name in known} <= {"earlystopping"}


def classes(module: object, base: type) -> list[str]:
    return [name for name, found in vars(module).items() if inspect.isclass(found) and issubclass(found, base)]


@pytest.fixture(scope="module")
def keras() -> Any:  # noqa: ANN401 - Keras is not typed
    return importlib.import_module("keras")


@pytest.mark.training
@pytest.mark.parametrize(
    ("section", "base"),
    [("layers", "Layer"), ("initializers", "Initializer"), ("optimizers", "Optimizer"), ("losses", "Loss")],
)
def test_every_class_of_keras_is_a_kind_or_has_a_remedy(keras: Any, section: str, base: str) -> None:  # noqa: ANN401
    family, module = FAMILIES[section], getattr(keras, section)
    named = classes(module, getattr(module, base))
    assert base in named
    left_out = [name for name in named if family.named(name) not in family.kinds]
    without = [name for name in left_out if not family.words.meant(name)]
    assert set(without) <= {base}


@pytest.mark.training
def test_every_callback_and_argument_of_fit_and_compile_is_a_field_or_has_a_remedy(keras: Any) -> None:  # noqa: ANN401
    arguments = {*inspect.signature(keras.Model.fit).parameters, *inspect.signature(keras.Model.compile).parameters}
    callbacks = set(classes(keras.callbacks, keras.callbacks.Callback))
    known = set(Training.model_fields)
    # What is data, or code.
    without = {"self", "x", "y", "Callback", "CallbackList", "LambdaCallback"}
    assert {
        name for name in arguments | callbacks if name not in known and not other_words.RECIPE.meant(name)
    } == without


LAYER = "  - MaxPooling2D"
ANSWERS = [
    (
        LAYER,
        "  - Normalization",
        "there is no layer 'Normalization'; the data set's own file says how inputs are scaled",
    ),
    (LAYER, "  - Input: {shape: [28, 28, 1]}", "there is no layer 'Input'; remove it: a network's inputs are those"),
    (LAYER, "  - FC: {units: 3}", "there is no layer 'FC'; did you mean 'Dense'?"),
    (LAYER, "  - nn.Linear", "there is no layer 'nn.Linear'; did you mean 'Dense'?"),
    (LAYER, "  - keras.layers.Dense", "there is no layer 'keras.layers.Dense'; did you mean 'Dense'?"),
    (LAYER, "  - Conv", "there is no layer 'Conv'; did you mean 'Conv2D'?"),
    (LAYER, "  - Conv2d", "there is no layer 'Conv2d'; did you mean 'Conv2D'?"),
    (LAYER, "  - MaxPool2d", "there is no layer 'MaxPool2d'; did you mean 'MaxPooling2D'?"),
    (LAYER, "  - BatchNorm2d", "there is no layer 'BatchNorm2d'; did you mean 'BatchNormalization'?"),
    (LAYER, "  - AdaptiveAvgPool2d", "there is no layer 'AdaptiveAvgPool2d'; did you mean 'GlobalAveragePooling2D'?"),
    (LAYER, "  - relu6", "there is no layer 'relu6'; write 'Activation: {activation: relu6}'"),
    (LAYER, "  - Add", "there is no layer 'Add'; write 'Residual: {layers: […]}', which adds its input to its output"),
    (LAYER, "  - Concatenate", "there is no layer 'Concatenate'; write 'Parallel: {branches: [[…], […]], merge: conc"),
    (LAYER, "  - Conv1D: {filters: 3}", "there is no layer 'Conv1D'; windows slide over images here: make the rows"),
    (LAYER, "  - Lambda", "there is no layer 'Lambda'; say it with the kinds that there are: a spec holds no code"),
    (LAYER, "  - Dense(10)", "there is no layer 'Dense(10)'; write 'Dense: {field: value}', without parentheses"),
    (LAYER, "  - nn.Linear(10, 3)", "there is no layer 'nn.Linear(10, 3)'; did you mean 'Dense'?"),
    (LAYER, "  - Dropout: 0.5", "Dropout takes fields; write 'Dropout: {rate: 0.5}'"),
    ("kernel_size: 3", "kernel_size: 3, stride: 1", "Conv2D has no field 'stride'; did you mean 'strides'?"),
    ("filters: 4", "out_channels: 4", "Conv2D has no field 'out_channels'; did you mean 'filters'?"),
    ("units: 10", "out_features: 10", "Dense has no field 'out_features'; did you mean 'units'?"),
    ("units: 10", "units: 10, input_shape: [3]", "Dense has no field 'input_shape'; remove it: a network's inputs"),
    ("units: 10", "units: 10, kernel_initializer: xavier", "'xavier'; did you mean 'GlorotUniform' or 'GlorotNormal'?"),
    ("units: 10", "units: 10, kernel_regularizer: l2(0.01)", "'l2(0.01)'; write 'L2: {field: value}', without paren"),
    ("activation: softmax", "activation: logits", "there is no activation 'logits'; leave it out: without an activa"),
    ("learning_rate: 0.001", "lr: 0.001", "Adam has no field 'lr'; did you mean 'learning_rate'?"),
    ("categorical_crossentropy", "crossentropy", "no loss 'crossentropy'; did you mean 'categorical_crossentropy'?"),
    ("categorical_crossentropy", "nn.CrossEntropyLoss()", "{categorical_crossentropy: {from_logits: true}}"),
    ("  epochs: 2", "  epochs: 2\n  callbacks: []", "no field 'callbacks' here; write 'early_stopping', 'best_epoch'"),
    (
        "  epochs: 2",
        "  epochs: 2\n  EarlyStopping: {}",
        "write 'early_stopping: {patience: 3}', with 'validation_split",
    ),
    (
        "  epochs: 2",
        "  epochs: 2\n  ModelCheckpoint: x",
        "write 'best_epoch: {monitor: val_accuracy}', with 'validation",
    ),
    (
        "  epochs: 2",
        "  epochs: 2\n  ReduceLROnPlateau: {}",
        "write 'reduce_on_plateau: {factor: 0.1, patience: 3}', with",
    ),
    ("  epochs: 2", "  epochs: 2\n  LearningRateScheduler: x", "write a schedule as the optimizer's learning rate"),
    ("  epochs: 2", "  epochs: 2\n  lr: 1", "there is no field 'lr' here; write it with the optimizer: 'optimizer:"),
    ("training:", "fit: {}\ntraining:", "there is no field 'fit' here; write its arguments in 'training': optimizer"),
    ("training:", "compile: {}\ntraining:", "there is no field 'compile' here; write its arguments in 'training'"),
    ("training:", "metrics: [acc]\ntraining:", "no field 'metrics' here; remove it: loss and accuracy are measured"),
    ("training:", "epochs: 3\ntraining:", "there is no field 'epochs' here; write it in 'training'"),
    (
        "training:",
        "callbacks: []\ntraining:",
        "there is no field 'callbacks' here; write 'early_stopping', 'best_epoch'",
    ),
]


@pytest.mark.parametrize(("written", "instead", "answer"), ANSWERS, ids=[answer[1].strip() for answer in ANSWERS])
def test_a_word_from_elsewhere_is_answered_by_its_meaning(
    spec_file: Path, valid: str, written: str, instead: str, answer: str
) -> None:
    assert written in valid
    with pytest.raises(InvalidSpec) as caught:
        read_text(spec_file, valid.replace(written, instead, 1))
    assert any(answer in str(mistake) for mistake in caught.value.mistakes)


@pytest.mark.parametrize(
    ("word", "kind"), [("normal", "RandomNormal"), ("uniform", "RandomUniform"), ("zero", "Zeros")]
)
def test_a_name_that_keras_takes_for_an_initializer_is_read(word: str, kind: str) -> None:
    assert INITIALIZERS.parse(word).kind == kind


def test_a_name_like_none_is_left_to_the_list_of_those_that_there_are() -> None:
    assert remedy("xyzzy", list(LAYERS.kinds), other_words.LAYERS) == ""
    assert remedy("fit", ["title", "dataset"]) == ""
    assert not OtherWords().meant("fc")
