"""Which network is handed over, and what is refused, with an engine that costs nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import fake_records as fake
import numpy as np
import numpy.typing as npt
import pytest
from fake_trials import FakeTrainer, fake_outcome
from honest_records import dataset_arrays
from PIL import Image

from harness.app import models, predict
from harness.app.models import ModelExportOptions, export_model
from harness.app.predict import PredictOptions
from harness.data.cache import DatasetArrays
from harness.data.dataset import Dataset
from harness.data.fetching import OnEvent
from harness.errors import (
    AlreadyThere,
    BenchError,
    CannotExport,
    NotAnImage,
    NothingRecorded,
    OtherWeights,
    UntrainedSeed,
)
from harness.execute.engine import Outcome
from harness.planning.trial import Trial
from harness.records.store import Store
from harness.records.weights import save_weights, weights_digest, weights_file
from harness.worker.backend import Array

WEIGHTS = (np.arange(6.0), np.ones((2, 2), np.float32))


def fetch(dataset: Dataset, on_event: OnEvent) -> DatasetArrays:
    del dataset, on_event
    return dataset_arrays()


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared_cache: Path) -> Path:
    """Records of one seed, whose last epoch has the weights above."""
    monkeypatch.setenv("BENCH_CACHE", str(shared_cache))
    [trial] = fake.fake_trials(fake.architectures("dense_512"), (3,))
    measured = trial.record.measurement
    assert measured is not None
    last = measured.epochs[-1].model_copy(update={"weights_sha256": weights_digest(WEIGHTS)})
    changed = measured.model_copy(update={"epochs": (*measured.epochs[:-1], last)})
    fake.save(tmp_path / "results", [replace(trial, record=trial.record.model_copy(update={"measurement": changed}))])
    return tmp_path / "results"


def written(trial: Trial, weights: tuple[Array, ...], images: Array | None = None, target: Path | None = None) -> Array:
    """Write a model, and score as was recorded."""
    del trial, weights, images
    assert target is not None
    target.write_text("a model")
    return np.eye(10)[recorded_classes()]


def recorded_classes() -> npt.NDArray[np.uint8]:
    [trial] = fake.fake_trials(fake.architectures("dense_512"), (3,))
    return trial.predictions[max(trial.predictions)]["test"][:1000]


def brings(*weights: Array) -> FakeTrainer:
    def outcome(trial: Trial) -> Outcome:
        return replace(fake_outcome(trial), weights=weights)

    return FakeTrainer(outcome)


def options(results: Path, to: Path, **changes: object) -> ModelExportOptions:
    asked = ModelExportOptions(name="dense_512", results=results, architectures=fake.ARCHITECTURES, to=to)
    return replace(asked, **changes)  # type: ignore[arg-type]


def keep(results: Path, *weights: Array) -> Path:
    [record] = Store(results).load().records
    path = weights_file(Store(results), record.environment.id, record.name, record.epochs)
    save_weights(path, weights)
    return path


def test_kept_weights_are_handed_over_without_training(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "model_scores", written)
    keep(results, *WEIGHTS)
    trainer = brings()
    done = export_model(options(results, tmp_path / "m.keras"), engine=trainer, fetch=fetch)
    assert not trainer.trained
    assert [array.tolist() for array in done.weights] == [array.tolist() for array in WEIGHTS]
    assert (tmp_path / "m.keras").read_text() == "a model"


@pytest.mark.parametrize("kept", [(), (np.zeros(3),)])
def test_without_the_records_weights_the_trial_is_trained_again_and_they_are_kept(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: tuple[Array, ...]
) -> None:
    monkeypatch.setattr(models, "model_scores", written)
    if kept:
        keep(results, *kept)
    before = {path: path.read_bytes() for path in results.rglob("*.json")}
    trainer = brings(*WEIGHTS)
    export_model(options(results, tmp_path / "m.keras"), engine=trainer, fetch=fetch)
    export_model(options(results, tmp_path / "again.keras"), engine=trainer, fetch=fetch)
    assert [trial.seed for trial in trainer.trained] == [3]
    assert {path: path.read_bytes() for path in results.rglob("*.json")} == before


def test_other_weights_than_the_records_are_not_handed_over(results: Path, tmp_path: Path) -> None:
    with pytest.raises(OtherWeights, match=r"other weights than were recorded.*; nothing is handed over") as caught:
        export_model(options(results, tmp_path / "m.keras"), engine=brings(np.zeros(6)), fetch=fetch)
    assert caught.value.exit_code == 1
    assert not (tmp_path / "m.keras").exists()


def test_a_model_that_predicts_something_else_is_not_handed_over(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(trial: Trial, weights: object, images: object = None, target: Path | None = None) -> Array:
        del weights, images
        scores = written(trial, WEIGHTS, None, target)
        scores[[0, 5]] = scores[[0, 5]][:, ::-1]
        return scores

    monkeypatch.setattr(models, "model_scores", wrong)
    keep(results, *WEIGHTS)
    with pytest.raises(OtherWeights, match="predicts 2 of the first 1,000 test examples differently"):
        export_model(options(results, tmp_path / "m.onnx"), fetch=fetch)
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


@pytest.mark.parametrize(
    ("raised", "sentence", "changes"),
    [
        (CannotExport, r"give FILE.keras, FILE.onnx, or a folder", {"to": "model.h5"}),
        (AlreadyThere, "--force", {"to": "results"}),
        (UntrainedSeed, "seed 7 of dense_512 is not recorded; recorded: 3;", {"seed": 7}),
        (NothingRecorded, "of lenet_5", {"name": "lenet_5"}),
    ],
)
def test_bad_input_is_one_sentence_and_trains_nothing(
    results: Path, tmp_path: Path, raised: type[BenchError], sentence: str, changes: dict[str, object]
) -> None:
    trainer = brings(*WEIGHTS)
    to = tmp_path / str(changes.pop("to", "m.keras"))
    with pytest.raises(raised, match=sentence) as caught:
        export_model(options(results, to, **changes), engine=trainer, fetch=fetch)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    assert not trainer.trained


def save_image(file: Path, height: int, width: int) -> str:
    Image.fromarray(np.zeros((height, width), np.uint8)).save(file)
    return str(file)


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        ("99999", "has the test examples 0 to"),
        ("nothing.png", "can't be read"),
        ("text.png", "is no PNG or JPEG"),
        ("wide.png", "has the size 28×30, the images of MNIST 28×28"),
    ],
)
def test_what_is_no_image_of_the_data_set_is_refused_before_any_training(
    results: Path, tmp_path: Path, image: str, sentence: str
) -> None:
    (tmp_path / "text.png").write_text("no image")
    save_image(tmp_path / "wide.png", 28, 30)
    given = image if image.isdecimal() else str(tmp_path / image)
    asked = PredictOptions(name="dense_512", results=results, architectures=fake.ARCHITECTURES, images=("0", given))
    trainer = brings(*WEIGHTS)
    with pytest.raises(NotAnImage, match=sentence) as caught:
        predict.predict(asked, engine=trainer, fetch=fetch)
    assert caught.value.exit_code == 2
    assert not trainer.trained
