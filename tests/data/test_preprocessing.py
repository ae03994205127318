"""Preprocessing: the shape first, then numbers that are fitted to the examples to train on alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import fake_digits
import numpy as np
import pytest
from PIL import Image

from harness.arrays import Values
from harness.data.dataset import Dataset
from harness.data.declarations import read_dataset
from harness.data.pipeline import fit
from harness.data.preprocessing import Divide, Pad, Resize, Standardize, Step
from harness.data.resizing import resized
from harness.declaration.spec_error import InvalidSpec

RNG = np.random.default_rng(3)


def of(steps: Sequence[Step], inputs: tuple[int, ...] = (5, 4, 1)) -> Dataset:
    return fake_digits.declared().model_copy(update={"preprocessing": tuple(steps), "inputs": inputs})


def processed(steps: Sequence[Step], images: Values, inputs: tuple[int, ...], test: Values | None = None) -> Values:
    """Return the images, or the test images, as a network takes them, the way a backend does it."""
    pipeline = fit(of(steps, inputs), images)
    values: Values = pipeline.shaped(images if test is None else test).astype(np.float32)
    for step, numbers in pipeline.scalings:
        values = step.apply(values, *numbers)
    return values


def test_bytes_become_fractions() -> None:
    images = np.array([[0, 51], [255, 128]], np.uint8)
    expected = images.astype(np.float32) / np.float32(255)
    assert np.array_equal(processed([Divide(by=255)], images, (2,)), expected)


@pytest.mark.parametrize(("by", "axes"), [("channel", (0, 1, 2)), ("pixel", 0), ("feature", 0)])
def test_means_and_deviations_are_those_of_the_training_images(by: str, axes: int | tuple[int, ...]) -> None:
    train = RNG.integers(0, 256, (50, 6, 5, 3), np.uint8)
    test = RNG.integers(0, 256, (9, 6, 5, 3), np.uint8)
    step = Standardize.model_validate({"by": by})
    mean, sd = train.mean(axis=axes), train.std(axis=axes)
    assert processed([step], train, (6, 5, 3), test) == pytest.approx((test - mean) / sd, rel=1e-5, abs=1e-5)
    assert processed([Divide(by=255), step], train, (6, 5, 3), test) == pytest.approx(
        (test - mean) / sd, rel=1e-4, abs=1e-5
    )


def test_a_place_that_never_changes_is_not_divided_by_nothing() -> None:
    train = np.array([[7, 1], [7, 3]], np.uint8)
    assert np.array_equal(processed([Standardize(by="feature")], train, (2,)), [[0, -1], [0, 1]])


def test_categories_behind_the_numbers_stay_as_they_are() -> None:
    train = np.array([[10, 1, 0], [30, 0, 1]], np.float32)
    assert np.array_equal(processed([Standardize(by="feature", columns=1)], train, (3,)), [[-1, 1, 0], [1, 0, 1]])


def test_padding_surrounds_the_image() -> None:
    padded = processed([Pad(by=(1, 2), value=9)], np.full((1, 2, 2), 5, np.uint8), (4, 6, 1))[0, :, :, 0]
    assert np.array_equal(padded[1:3, 2:4], [[5, 5], [5, 5]])
    assert (padded.sum(), padded[0, 0]) == (9 * 20 + 5 * 4, 9)


@pytest.mark.parametrize("size", [(32, 32), (14, 20), (1, 1), (28, 3), (57, 28)])
@pytest.mark.parametrize("channels", [1, 3])
def test_images_are_resized_to_the_bits_of_pillow(size: tuple[int, int], channels: int) -> None:
    images = RNG.integers(0, 256, (4, 28, 28, channels), np.uint8)
    height, width = size
    pillow = [Image.fromarray(image.squeeze()).resize((width, height), Image.Resampling.BILINEAR) for image in images]
    assert np.array_equal(
        resized(images, size), np.stack([np.asarray(image) for image in pillow]).reshape(4, *size, -1)
    )


def test_floats_are_resized_as_bytes_are_but_not_rounded() -> None:
    images = RNG.integers(0, 256, (3, 9, 9), np.uint8)
    assert resized(images.astype(np.float32), (5, 13)) == pytest.approx(resized(images, (5, 13)), abs=1.5)


def test_sizes_follow_one_another(tmp_path: Path) -> None:
    steps = (Pad(by=(2, 2)), Resize(size=(18, 16)), Divide(by=255))
    file = fake_digits.declare(tmp_path, of(steps, (18, 16, 1)))
    assert read_dataset(file).inputs == (18, 16, 1)
    assert processed(steps, fake_digits.arrays()["train_images"], (18, 16, 1)).shape == (12, 18, 16, 1)


@pytest.mark.parametrize(
    ("steps", "inputs", "expected"),
    [
        ((Pad(by=(2, 2)),), (5, 4, 1), "images of 9×8 do not fit inputs of 5×4×1"),
        ((Divide(by=2), Pad(by=(2, 2))), (9, 8, 1), "'pad' changes the shape and stands behind 'divide'"),
        ((Standardize(columns=2),), (5, 4, 1), "'columns' is 2, and the inputs have 1"),
    ],
)
def test_steps_that_do_not_fit_are_reported(
    tmp_path: Path, steps: tuple[Step, ...], inputs: tuple[int, ...], expected: str
) -> None:
    with pytest.raises(InvalidSpec, match=expected):
        read_dataset(fake_digits.declare(tmp_path, of(steps, inputs)))


def test_features_can_not_be_padded(tmp_path: Path) -> None:
    toy = of((Pad(by=(2, 2)),), (20,))
    flat = {
        name: array.model_copy(update={"shape": (array.shape[0], 20)})
        for name, array in toy.published.items()
        if name.endswith("images")
    }
    changed = toy.model_copy(update={"arrays": toy.arrays.model_copy(update=flat)})
    with pytest.raises(InvalidSpec, match="pad is for images, and these have no rows and columns; remove it"):
        read_dataset(fake_digits.declare(tmp_path, changed))
