"""Changes of pictures beside those of scipy.ndimage, and beside loops over pixels."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import ndimage

from harness.evaluations.transformed import as_type, background, blurred, resampled, rotated, scaled, shifted

RNG = np.random.default_rng(3)
PICTURES = RNG.random((3, 7, 6, 2))
FILL = np.array([0.25, 0.5])


def affine(matrix: np.ndarray) -> np.ndarray:
    """Every channel of every picture by scipy, about the middle."""
    middle = (np.array(PICTURES.shape[1:3]) - 1) / 2
    found = np.empty_like(PICTURES)
    for number, picture in enumerate(PICTURES):
        for channel, fill in enumerate(FILL):
            found[number, :, :, channel] = ndimage.affine_transform(
                picture[:, :, channel], matrix, middle - matrix @ middle, order=1, mode="grid-constant", cval=fill
            )
    return found


@pytest.mark.parametrize(("down", "right"), [(2, 0), (-3, 0), (0, 1), (0, -2), (1, -1), (0, 0), (9, 0), (0, -8)])
def test_shifts_are_those_of_scipy(down: int, right: int) -> None:
    moved = shifted(PICTURES, down, right, FILL)
    for channel, fill in enumerate(FILL):
        expected = ndimage.shift(PICTURES[..., channel], (0, down, right), order=0, cval=fill)
        assert np.array_equal(moved[..., channel], expected)


@pytest.mark.parametrize("degrees", [0.0, 5.0, -30.0, 45.0, 90.0, 180.0])
def test_rotations_are_those_of_scipy(degrees: float) -> None:
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    assert_allclose(rotated(PICTURES, degrees, FILL), affine(matrix), atol=1e-12)


def test_a_positive_angle_turns_counterclockwise() -> None:
    square = PICTURES[:, :6]
    assert_allclose(rotated(square, 90, FILL), np.rot90(square, axes=(1, 2)), atol=1e-9)


@pytest.mark.parametrize("factor", [0.5, 0.85, 1.0, 1.3, 2.0])
def test_scales_are_those_of_scipy(factor: float) -> None:
    assert_allclose(scaled(PICTURES, factor, FILL), affine(np.eye(2) / factor), atol=1e-12)


def test_any_matrix_resamples_as_scipy_does() -> None:
    matrix = np.array([[1.1, -0.4], [0.2, 0.7]])
    assert_allclose(resampled(PICTURES, matrix, FILL), affine(matrix), atol=1e-12)


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.5])
def test_blurs_are_those_of_scipy(sigma: float) -> None:
    smooth = blurred(PICTURES, sigma, FILL)
    for number, picture in enumerate(PICTURES):
        for channel, fill in enumerate(FILL):
            expected = ndimage.gaussian_filter(picture[:, :, channel], sigma, mode="constant", cval=fill)
            assert_allclose(smooth[number, :, :, channel], expected, atol=1e-12)


def test_the_background_is_the_most_frequent_value_at_the_edges() -> None:
    pictures = np.zeros((2, 4, 5, 2), np.uint8)
    pictures[..., 1] = 255
    pictures[:, 1:-1, 1:-1] = 7  # more pixels than at the edge of one picture, and none at the edge
    pictures[0, 0, :3] = 9
    assert background(pictures).tolist() == [0, 255]
    edges = [pictures[n, i, j, 0] for n in range(2) for i in range(4) for j in range(5) if i in {0, 3} or j in {0, 4}]
    assert edges.count(0) == 2 * 14 - 3


def test_bytes_are_rounded_and_stay_bytes() -> None:
    found = as_type(np.array([-3.0, 0.5, 1.5, 254.6, 300.0]), np.uint8)
    assert (found.dtype, found.tolist()) == (np.dtype(np.uint8), [0, 0, 2, 255, 255])
    assert as_type(np.array([-3.25]), np.float32).tolist() == [-3.25]
