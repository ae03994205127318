"""Real networks, kept or trained again, saved in every format, read back, and asked about images."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from harness.app.models import ModelExportOptions, export_model
from harness.app.predict import PredictOptions, predict
from harness.app.run import RunOptions, run
from harness.app.workspace import Workspace
from harness.cli.export import app
from harness.data.declarations import find_dataset
from harness.data.fetching import load

pytest_plugins = ["real_mnist"]
pytestmark = [pytest.mark.training, pytest.mark.usefixtures("mnist")]
SPEC = """\
title: A small network with everything that a file has to hold
dataset: mnist
layers:
  - Conv2D: {filters: 4, kernel_size: 3, strides: 2, activation: relu}
  - BatchNormalization
  - Residual: {layers: [{Conv2D: {filters: 4, kernel_size: 3, padding: same}}]}
  - Flatten
  - Dropout: {rate: 0.2}
  - Dense: {units: classes, activation: softmax}
training: {optimizer: Adam, loss: categorical_crossentropy, batch_size: 100, epochs: 1}
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("models")
    (folder / "specs").mkdir()
    (folder / "specs" / "small.yaml").write_text(SPEC)
    where = Workspace(results=folder / "results", architectures=folder / "specs", smoke=True)
    run(RunOptions(**vars(where), names=("small",), seeds=(0, 1), keep_weights=True))
    return where


def kept_files(trained: Workspace) -> list[Path]:
    return sorted(trained.folder.rglob("*.weights-epoch1.npz"))


@pytest.mark.parametrize("name", ["small.onnx", "small"])
def test_every_format_gives_the_recorded_predictions(trained: Workspace, tmp_path: Path, name: str) -> None:
    # What is handed over has been read back by then, and its classes held against the record's.
    done = export_model(ModelExportOptions(**vars(trained), name="small", seed=1, to=tmp_path / name))
    assert (tmp_path / name).exists()
    assert done.run.seed == 1
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_network_that_was_not_kept_is_trained_again_to_the_same_weights_and_saved_in_keras_format(
    trained: Workspace, tmp_path: Path
) -> None:
    first, *_ = kept_files(trained)
    kept = first.read_bytes()
    first.unlink()
    words = ["model", "small", "--smoke", "--to", str(tmp_path / "small.keras"), "--results", str(trained.results)]
    done = CliRunner().invoke(app, [*words, "--architectures", str(trained.architectures)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "were not kept: training it again" in done.stderr
    assert first.read_bytes() == kept
    assert [path.name for path in tmp_path.iterdir()] == ["small.keras"]


def test_predictions_are_those_that_were_recorded(trained: Workspace, tmp_path: Path) -> None:
    data = load(find_dataset("mnist"))
    Image.fromarray(np.asarray(data.test_images[3])).save(tmp_path / "digit.png")
    images = ("0", "1", "2", "3", str(tmp_path / "digit.png"))
    done = predict(PredictOptions(**vars(trained), name="small", images=images))
    classes = done.network.run.predicted("test")
    assert classes is not None
    recorded = classes[:4].tolist()
    predicted = [int(found.scores[0][0]) for found in done.predictions]
    assert predicted == [*recorded, recorded[3]]
    assert [found.truth for found in done.predictions] == [*map(str, data.test_labels[:4]), None]
    assert done.predictions[3].scores == done.predictions[4].scores
    assert all(sum(share for _, share in found.scores) == pytest.approx(1) for found in done.predictions)
    assert json.dumps([dict(found.facts) for found in done.predictions])
