"""What a data set is, before a byte of it is read: inputs, classes, arrays, digests, sources; imports no NumPy."""

import hashlib
import json
from collections.abc import Iterable
from math import prod
from typing import Annotated, Literal

from annotated_types import Gt, Lt
from pydantic import BaseModel, ConfigDict, Field

from harness.data.formats.file_format import FileFormat
from harness.data.preprocessing import AnyStep
from harness.data.sources.source import Source
from harness.declaration.kinds import Family
from harness.declaration.values import Count, Form, Line

Shape = Annotated[tuple[Count, ...], Field(strict=False, min_length=1, max_length=8)]
Sha256 = Annotated[str, Form("[0-9a-f]{64}", "write the 64 hexadecimal digits that 'sha256sum FILE' prints")]
AnySource = Annotated[Source, Family("source", Source, "harness.data.sources")]
AnyFormat = Annotated[FileFormat, Family("file format", FileFormat, "harness.data.formats")]
Share = Annotated[float, Gt(0), Lt(1)]

ITEM_BYTES = {"uint8": 1, "float32": 4}
# Predicted classes are recorded as bytes.
MOST_CLASSES = 256
SEVERAL = "where an example may have several, a row of 0 and 1 for each, shape [60000, 5]"
# The data set of the first records, which name it and say no more. What its name means never changes.
KNOWN_BY_NAME = frozenset({"mnist"})


class DatasetPart(BaseModel):
    """A frozen part of a declaration."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class PublishedArray(DatasetPart):
    """One array, with the digest of the IDX file that it is published as, or would be."""

    file: Line | None = Field(
        default=None, min_length=1, description="The published file's name, without .gz, where it has one of its own."
    )
    shape: Shape = Field(description="The array's shape, examples first: [60000, 28, 28].")
    dtype: Literal["uint8", "float32"] = Field(default="uint8", description="The type of the values.")
    sha256: Sha256 | None = Field(
        default=None,
        description="The digest of the uncompressed IDX file; where it is not known, those in 'files' are held to.",
    )


class PublishedArrays(DatasetPart):
    """The four arrays of a data set."""

    train_images: PublishedArray = Field(description="The images to train on.")
    train_labels: PublishedArray = Field(description=f"Their classes, counted from 0; {SEVERAL}.")
    test_images: PublishedArray = Field(description="The images to test on.")
    test_labels: PublishedArray = Field(description="Their classes, in the same way.")


class PublishedFile(DatasetPart):
    """A file as it is published, known by a digest of its own."""

    name: Line = Field(min_length=1, description="What the file is called.")
    sha256: Sha256 = Field(description="The digest of its bytes as they are downloaded.")


class Split(DatasetPart):
    """How one set of examples becomes two: each class by the same share, drawn with a seed, then shuffled."""

    test: Share = Field(description="The share of each class to test on: 0.2.")
    seed: int = Field(default=0, ge=0, le=2**32 - 1, description="The seed that the examples are drawn with.")


class ContestedLabel(DatasetPart):
    """A test image whose published label reviewers doubt."""

    index: int = Field(ge=0, description="Which test image, counted from 0.")
    label: int = Field(ge=0, description="Its published label.")


class ContestedLabels(DatasetPart):
    """The test labels that a publication contests."""

    source: Line = Field(min_length=1, description="Who contests them, and where.")
    test_labels: tuple[ContestedLabel, ...] = Field(strict=False, description="The images, with their labels.")


class DatasetFile(DatasetPart):
    """What a data set's file says, field by field."""

    title: Line = Field(min_length=1, max_length=120, description="What people call it.")
    source: Line = Field(min_length=1, description="The publication it comes from.")
    licence: Line | None = Field(default=None, description="The licence that it is published under, if it names one.")
    inputs: Shape = Field(description="The shape of one example as a network takes it: [28, 28, 1].")
    classes: tuple[Line, ...] = Field(
        strict=False, min_length=2, max_length=MOST_CLASSES, description="The classes' names, from label 0."
    )
    arrays: PublishedArrays = Field(description="The arrays, as they are once read.")
    files: tuple[PublishedFile, ...] = Field(
        default=(), strict=False, description="Published files with digests of their own, where arrays have none."
    )
    sources: tuple[AnySource, ...] = Field(
        default=(), strict=False, description="Where the files can be fetched, tried in this order."
    )
    read_as: AnyFormat | None = Field(
        default=None, description="How the files are read; left out: IDX files or an npz, known by the arrays' digests."
    )
    split: Split | None = Field(default=None, description="How the test examples are set apart, if the files don't.")
    preprocessing: tuple[AnyStep, ...] = Field(
        default=(), strict=False, description="What is done to an image's bytes before the network sees them."
    )
    contested: ContestedLabels | None = Field(default=None, description="Test labels that are contested.")
    repeated_test_examples: int | None = Field(
        default=None, ge=0, description="How many examples to test on are also among those to train on, if counted."
    )

    @property
    def published(self) -> dict[str, PublishedArray]:
        """The arrays by name, in the order of the fields."""
        return dict(self.arrays)

    @property
    def sha256(self) -> str | None:
        """One digest of the arrays' published digests, in their order; None where one is not known."""
        digests = [array.sha256 for array in self.published.values() if array.sha256]
        return joint_digest(digests) if len(digests) == len(self.published) else None

    @property
    def multi_label(self) -> bool:
        """Whether an example may have several classes, or none: labels are a row of 0 and 1 for each."""
        return len(self.arrays.train_labels.shape) > 1

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
        """All images as they are held."""
        per_number = ITEM_BYTES[self.arrays.train_images.dtype]
        return prod(self.inputs) * (self.train_examples + self.test_examples) * per_number

    @property
    def contested_test_labels(self) -> dict[int, int]:
        """Test index → published label, where the label is contested."""
        return {image.index: image.label for image in self.contested.test_labels} if self.contested else {}

    @property
    def computed_on(self) -> tuple[object, ...]:
        """What the numbers of a training depend on: data sets that are equal in this are the same to a network."""
        several = ("several classes",) if self.multi_label else ()
        return self.content_sha256, self.inputs, len(self.classes), self.preprocessing, *several

    @property
    def content_sha256(self) -> str:
        """What tells the arrays from others: one digest of the files', or else of the arrays' own.

        Where files are known by their digests, those of the arrays can become known later and change nothing.
        """
        digests = [file.sha256 for file in self.files] or [array.sha256 or "" for array in self.published.values()]
        return joint_digest(digests)


class Dataset(DatasetFile):
    """A data set's declaration and the name it goes by: its file's."""

    name: str

    @property
    def identity(self) -> str | None:
        """What tells it from others of its name, as a digest; None where the name alone has to."""
        if self.name in KNOWN_BY_NAME:
            return None
        content, inputs, classes, _, *several = self.computed_on
        # Fields that a step gets later are left out at their defaults, so that they change no identity.
        steps = [{step.kind: step.model_dump(mode="json", exclude_defaults=True)} for step in self.preprocessing]
        text = json.dumps([content, inputs, classes, steps, *several], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def joint_digest(digests: Iterable[str]) -> str:
    """Return one digest of several, in their order."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()
