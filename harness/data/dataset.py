"""What a data set is, before a byte of it is read: inputs, classes, arrays, digests, sources; imports no NumPy."""

from __future__ import annotations

import hashlib
from math import prod
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from harness.data.preprocessing import AnyStep
from harness.data.sources.source import Source
from harness.declaration.kinds import Family
from harness.declaration.values import Count, Form, Line

Shape = Annotated[tuple[Count, ...], Field(strict=False, min_length=1, max_length=8)]
Sha256 = Annotated[str, Form("[0-9a-f]{64}", "write the 64 hexadecimal digits that 'sha256sum FILE' prints")]
AnySource = Annotated[Source, Family("source", Source, "harness.data.sources")]


class Declared(BaseModel):
    """A frozen part of a declaration."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class PublishedArray(Declared):
    """One array, as the IDX file that it was published as."""

    file: Line = Field(min_length=1, description="The published file's name, without .gz.")
    shape: Shape = Field(description="The array's shape, examples first: [60000, 28, 28].")
    dtype: Literal["uint8"] = Field(default="uint8", description="The type of the values.")
    sha256: Sha256 = Field(description="The digest of the uncompressed IDX file.")


class PublishedArrays(Declared):
    """The four arrays of a data set."""

    train_images: PublishedArray = Field(description="The images to train on.")
    train_labels: PublishedArray = Field(description="Their classes, counted from 0.")
    test_images: PublishedArray = Field(description="The images to test on.")
    test_labels: PublishedArray = Field(description="Their classes, counted from 0.")


class ContestedLabel(Declared):
    """A test image whose published label reviewers doubt."""

    index: int = Field(ge=0, description="Which test image, counted from 0.")
    label: int = Field(ge=0, description="Its published label.")


class ContestedLabels(Declared):
    """The test labels that a publication contests."""

    source: Line = Field(min_length=1, description="Who contests them, and where.")
    test_labels: tuple[ContestedLabel, ...] = Field(strict=False, description="The images, with their labels.")


class DatasetFile(Declared):
    """What a data set's file says, field by field."""

    title: Line = Field(min_length=1, max_length=120, description="What people call it.")
    source: Line = Field(min_length=1, description="The publication it comes from.")
    licence: Line | None = Field(default=None, description="The licence that it is published under, if it names one.")
    inputs: Shape = Field(description="The shape of one example as a network takes it: [28, 28, 1].")
    classes: tuple[Line, ...] = Field(strict=False, min_length=2, description="The classes' names, from label 0.")
    arrays: PublishedArrays = Field(description="The published files.")
    sources: tuple[AnySource, ...] = Field(
        default=(), strict=False, description="Where the files can be fetched, tried in this order."
    )
    preprocessing: tuple[AnyStep, ...] = Field(
        default=(), strict=False, description="What is done to an image's bytes before the network sees them."
    )
    contested: ContestedLabels | None = Field(default=None, description="Test labels that are contested.")

    @property
    def published(self) -> dict[str, PublishedArray]:
        """The arrays by name, in the order of the fields."""
        return dict(self.arrays)

    @property
    def sha256(self) -> str:
        """One digest of the arrays' published digests, in their order."""
        digests = "\n".join(array.sha256 for array in self.published.values())
        return hashlib.sha256(digests.encode()).hexdigest()

    @property
    def train_examples(self) -> int:
        """How many there are to train on."""
        return self.arrays.train_labels.shape[0]

    @property
    def test_examples(self) -> int:
        """How many there are to test on."""
        return self.arrays.test_labels.shape[0]

    @property
    def image_bytes(self) -> int:
        """All images as they are held: one byte for each number."""
        return prod(self.inputs) * (self.train_examples + self.test_examples)

    @property
    def contested_test_labels(self) -> dict[int, int]:
        """Test index → published label, where the label is contested."""
        return {image.index: image.label for image in self.contested.test_labels} if self.contested else {}

    @property
    def computed_on(self) -> tuple[object, ...]:
        """What the numbers of a training depend on: data sets that are equal in this are the same to a network."""
        return self.sha256, self.inputs, len(self.classes), self.preprocessing


class Dataset(DatasetFile):
    """A data set's declaration and the name it goes by: its file's."""

    name: str
