"""What is wrong with a data set's declaration whose fields are all valid by themselves; reads no file."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from pydantic_core import PydanticCustomError

from harness.data.dataset import DatasetFile
from harness.data.preprocessing import Reshaping, Standardize
from harness.declaration.spec_error import SpecError, refused


def content_mistakes(content: DatasetFile) -> Iterator[SpecError]:
    """Yield every mistake."""
    yield from _shapes(content)
    yield from _columns(content)
    yield from _digests(content)
    yield from _contested(content)


def _shapes(content: DatasetFile) -> Iterator[SpecError]:
    for part, images, labels in (
        ("train", content.arrays.train_images.shape, content.arrays.train_labels.shape),
        ("test", content.arrays.test_images.shape, content.arrays.test_labels.shape),
    ):
        try:
            preprocessed = _preprocessed(content, images[1:])
        except PydanticCustomError as error:
            context = error.context or {}
            yield SpecError(("preprocessing",), context["what"], context["remedy"], on_key=True)
            return
        if prod(preprocessed) != prod(content.inputs):
            what = f"images of {_text(preprocessed)} do not fit inputs of {_text(content.inputs)}"
            yield SpecError(("arrays", f"{part}_images", "shape"), what, "correct the shape, or the inputs")
        expected = (images[0], len(content.classes)) if content.multi_label else images[:1]
        if labels != expected:
            what = f"labels of shape [{_text(labels)}] for {images[0]:,} images"
            several = f", or [{images[0]}, {len(content.classes)}] in both parts where an example has several classes"
            remedy = f"write [{images[0]}]{several if part == 'train' else ', as the labels to train on have it'}"
            yield SpecError(("arrays", f"{part}_labels", "shape"), what, remedy)


def _columns(content: DatasetFile) -> Iterator[SpecError]:
    for place, step in enumerate(content.preprocessing):
        if isinstance(step, Standardize) and (step.columns or 0) > content.inputs[-1]:
            what = f"'columns' is {step.columns}, and the inputs have {content.inputs[-1]}"
            yield SpecError(("preprocessing", place, step.kind, "columns"), what, "write fewer")


def _preprocessed(content: DatasetFile, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of an image after the steps that change it, which come first."""
    scaled = None
    for step in content.preprocessing:
        if isinstance(step, Reshaping):
            if scaled is not None:
                what = f"'{step.kind}' changes the shape and stands behind '{scaled.kind}'"
                raise refused("step_order", what, "put the steps that change the shape first")
            shape = step.output_shape(shape)
        else:
            scaled = step
    return shape


def _digests(content: DatasetFile) -> Iterator[SpecError]:
    """Yield the arrays that nothing could be held against, and a split of files that set their test examples apart."""
    for name, array in content.published.items():
        if array.sha256 is None and not content.files:
            what = f"nothing says what {name} must be"
            yield SpecError(("arrays", name), what, "add its sha256, or 'files' with the digests of whole files")
    if content.split and not content.read_as:
        what = "'split' is for files that 'read_as' reads, and these hold the test examples by themselves"
        yield SpecError(("split",), what, "remove it", on_key=True)


def _contested(content: DatasetFile) -> Iterator[SpecError]:
    images, classes = content.arrays.test_labels.shape[0], len(content.classes)
    if content.contested and content.multi_label:
        what = "'contested' is of labels that are one class each, and examples have several"
        yield SpecError(("contested",), what, "remove it", on_key=True)
        return
    for number, contested in enumerate(content.contested.test_labels if content.contested else ()):
        for field, value, limit, things in (
            ("index", contested.index, images, "test images"),
            ("label", contested.label, classes, "classes"),
        ):
            if value >= limit:
                what = f"there are {limit:,} {things}, counted from 0, and this is {value:,}"
                yield SpecError(("contested", "test_labels", number, field), what, f"write {limit - 1:,} or less")


def _text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "one value"
