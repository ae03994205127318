"""Facts of the data sets that are known without loading them; loads none."""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import UnknownDataset
from harness.spec.layers.shapes import Shape


@dataclass(frozen=True)
class DatasetFacts:
    """What a spec must fit: the shape of an image, the classes, and how many images there are."""

    name: str
    image_shape: Shape
    classes: int
    train_examples: int
    test_examples: int

    @property
    def image_bytes(self) -> int:
        """All images as they are held: one byte for each number."""
        height, width, channels = self.image_shape
        return height * width * channels * (self.train_examples + self.test_examples)


MNIST = DatasetFacts("mnist", (28, 28, 1), 10, 60_000, 10_000)

DATASETS = {facts.name: facts for facts in (MNIST,)}


def facts(name: str) -> DatasetFacts:
    """Return the data set's facts, or raise UnknownDataset with the nearest known names."""
    if name not in DATASETS:
        raise UnknownDataset(name, tuple(DATASETS))
    return DATASETS[name]
