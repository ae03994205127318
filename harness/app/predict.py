"""What a benchmarked network makes of a few images: files of the user's, or test examples by their index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.app.exporting import check_packages
from harness.app.inputs import Fetch
from harness.app.models import ModelOptions, NetworkFinder, TrainedNetwork, recorded_entry, scored
from harness.app.progress import SILENT, Progress
from harness.arrays import Values
from harness.data import fetching
from harness.data.cache import DatasetArrays
from harness.data.image_files import Unusable, decoded, image_header
from harness.errors import NotAnImage
from harness.execute.engine import Engine
from harness.execute.model_process import model_scores

if TYPE_CHECKING:
    import pandas as pd

GRAY_AXES, COLOURS = 2, 3


@dataclass(frozen=True, kw_only=True)
class PredictOptions(ModelOptions):
    """Which images: paths of PNG or JPEG files, or indices of test examples, from 0."""

    images: tuple[str, ...]


@dataclass(frozen=True)
class ImagePrediction:
    """The scores of one image by class, the highest first; ``truth`` is its true class, where it is a test example.

    Where an image may have several labels, ``predicted`` and ``truth`` are tuples of those that it has.
    """

    image: str
    scores: tuple[tuple[str, float], ...]
    predicted: str | tuple[str, ...]
    truth: str | tuple[str, ...] | None = None

    @property
    def facts(self) -> Mapping[str, Any]:
        """The same for a program."""
        return {"image": self.image, "predicted": self.predicted, "true": self.truth, "scores": dict(self.scores)}


@dataclass(frozen=True)
class PredictResult:
    """The network that was asked, and what it makes of every image."""

    network: TrainedNetwork
    predictions: tuple[ImagePrediction, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """One row per image: its true class, the predicted one, and the score of each class in the data set's order."""
        import pandas as pd

        classes = self.network.entry.architecture.data.classes
        rows = [
            {"image": one.image, "true": one.truth, "predicted": one.predicted}
            | {f"score_{name}": dict(one.scores)[name] for name in classes}
            for one in self.predictions
        ]
        return pd.DataFrame(rows)


def predict(
    options: PredictOptions,
    *,
    engine: Engine | None = None,
    progress: Progress = SILENT,
    fetch: Fetch = fetching.fetch,
) -> PredictResult:
    """Let the network score the images.

    Raises:
        NotAnImage: One is no image, has another size, or no test example has its index.
        BenchError: As for the export of a model.
    """
    entry = recorded_entry(options, progress)
    architecture = entry.architecture
    with progress.fetching() as on_event:
        arrays = fetch(architecture.data, on_event)
    read = [_image(given, arrays) for given in options.images]
    network = NetworkFinder(options, engine, progress, fetch).find(entry)
    scores = model_scores(network.trial, tuple(network.weights), np.stack([image for image, _ in read]))
    made, classes = scored(network, scores), architecture.data.classes
    found = [
        ImagePrediction(
            given, _ranked(classes, row), named(classes, predicted), None if truth is None else named(classes, truth)
        )
        for given, (_, truth), row, predicted in zip(
            options.images, read, made.probabilities.tolist(), made.classes, strict=True
        )
    ]
    return PredictResult(network, tuple(found))


def _ranked(classes: tuple[str, ...], row: list[float]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(zip(classes, row, strict=True), key=lambda scored: -scored[1]))


def named(classes: Sequence[str], label: Values) -> str | tuple[str, ...]:
    """Return the name of a class by its number; those of several labels by the 0 and 1 of each."""
    if not np.ndim(label):
        return classes[int(label)]
    return tuple(name for name, has in zip(classes, label, strict=True) if has)


def _image(given: str, arrays: DatasetArrays) -> tuple[Values, Values | None]:
    """Return an image as the data set has them, and its true class where it is a test example."""
    if not given.isdecimal():
        return _from_file(Path(given), arrays), None
    index, examples = int(given), len(arrays.test_labels)
    if index >= examples:
        raise NotAnImage(f"{given}: {arrays.dataset.title} has the test examples 0 to {examples - 1:,}; choose one")
    return arrays.test_images[index], arrays.test_labels[index]


def _from_file(file: Path, arrays: DatasetArrays) -> Values:
    shape, title = arrays.test_images.shape[1:], arrays.dataset.title
    if not _is_picture(shape) or arrays.test_images.dtype != np.uint8:
        raise NotAnImage(f"{file}: the examples of {title} are no images of bytes; give the index of a test example")
    check_packages("bench predict with files", ("PIL",), "images")
    height, width = shape[:2]
    try:
        size = image_header(file).size
        if size != (height, width):
            what = f"has the size {size[0]}×{size[1]}, the images of {title} {height}×{width}"
            raise NotAnImage(f"{file}: {what}; resize it")
        return decoded(file, (height, width), shape[-1] if len(shape) == COLOURS else 1).reshape(shape)
    except Unusable as problem:
        remedy = "give a PNG or JPEG file, or the index of a test example"
        raise NotAnImage(f"{file}: {problem}; {remedy}") from None


def _is_picture(shape: tuple[int, ...]) -> bool:
    return len(shape) == GRAY_AXES or (len(shape) == COLOURS and shape[-1] in {1, COLOURS})
