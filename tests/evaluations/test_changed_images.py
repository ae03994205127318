"""What each evaluation on changed images shows a network, and how its accuracies follow from the answers."""

from __future__ import annotations

import numpy as np
import pytest

from harness.arrays import Values
from harness.evaluations.evaluation import Examples, Scored, find_evaluation
from harness.evaluations.registry import evaluation_names
from harness.evaluations.transformed import SAMPLE, Transformed

RNG = np.random.default_rng(1)
N = 6
LABELS = np.arange(N, dtype=np.uint8)


def drawn(shape: tuple[int, ...] = (12, 12, 1), margin: int = 3) -> Examples:
    """Pictures whose ink keeps clear of the edges."""
    images = np.zeros((N, *shape), np.uint8)
    inside = images[:, margin : shape[0] - margin, margin : shape[1] - margin]
    inside[:] = RNG.integers(100, 256, inside.shape)
    images[:, margin, margin] = 255
    return Examples(images, LABELS)


def kind(name: str) -> Transformed:
    found = find_evaluation(name)
    assert isinstance(found, Transformed)
    return found


CHANGES = [name for name in evaluation_names() if isinstance(find_evaluation(name), Transformed)]


def answered(name: str, images: Values, *, right: Values) -> dict[str, float]:
    """What the evaluation gives where the answers to these examples are right."""
    labels = np.tile(LABELS, len(images) // N)
    classes = np.where(right, labels, (labels + 1) % N)
    return dict(kind(name).measure(Scored(np.eye(N, dtype=np.float32)[classes], labels, 0.0, images)))


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("shape", [(12, 12, 1), (9, 14, 3), (12, 10)])
def test_examples_keep_shape_and_type_and_come_out_the_same_twice(name: str, shape: tuple[int, ...]) -> None:
    plain = drawn(shape)
    found, again = (kind(name).examples(plain) for _ in range(2))
    assert found.images.shape == (N * (1 + kind(name).variants * len(kind(name).levels)), *shape)
    assert found.images.dtype == np.uint8
    assert np.array_equal(found.images, again.images)
    assert np.array_equal(found.images[:N], plain.images)
    assert np.array_equal(found.labels.reshape(-1, N), np.tile(LABELS, (len(found.labels) // N, 1)))
    assert not (found.images[N:].reshape(-1, N, *shape) == plain.images).all(axis=(1, 2, 3)).all(axis=-1).any()


@pytest.mark.parametrize("name", CHANGES)
def test_each_levels_accuracy_is_that_of_its_own_examples(name: str) -> None:
    images = kind(name).examples(drawn()).images
    blocks = len(images) // N
    right = np.zeros((blocks, N), bool)
    variants = kind(name).variants
    for place in range(len(kind(name).levels)):
        right[1 + place * variants, : place + 1] = True
    found = answered(name, images, right=right.ravel())
    for place, level in enumerate(kind(name).levels):
        assert found[f"accuracy@{level:g}"] == pytest.approx(min(place + 1, N) / (N * variants))
    assert found[f"accuracy@{kind(name).unchanged:g}"] == 0.0


def test_shifted_images_that_lose_ink_are_counted_apart() -> None:
    plain = drawn((12, 12, 1), margin=2)
    plain.images[0] = 0
    plain.images[0, 5:7, 5:7] = 200  # stays whole for five pixels in every direction
    images = kind("shift").examples(plain).images
    ink = (images > 0).sum(axis=(1, 2, 3)).reshape(-1, N)
    right = ink == ink[0]  # a network that is right where no ink is lost
    found = answered("shift", images, right=right.ravel())
    assert [found[f"whole@{level}"] for level in (1, 2, 3, 5)] == [1.0, 1.0, 1 / N, 1 / N]
    for level in range(1, 6):
        assert found[f"whole_accuracy@{level}"] == 1.0
        assert found[f"accuracy@{level}"] == found[f"whole@{level}"]
    assert found["whole@8"] == 0.0
    assert "whole_accuracy@8" not in found, "of no image at all no accuracy is known"


def test_shifts_go_in_all_four_directions() -> None:
    dot = np.zeros((1, 20, 20, 1), np.uint8)
    dot[0, 10, 10] = 255
    images = kind("shift").examples(Examples(dot, LABELS[:1])).images[..., 0]
    places = [tuple(int(at) for at in np.argwhere(image)[0]) for image in images]
    assert places[:9] == [(10, 10), (9, 10), (11, 10), (10, 9), (10, 11), (8, 10), (12, 10), (10, 8), (10, 12)]


def test_what_comes_in_from_beyond_the_edge_is_background() -> None:
    light = Examples(255 - drawn().images, LABELS)
    for name in ("shift", "rotation", "scale"):
        images = kind(name).examples(light).images
        assert (images[:, 0, 0] == 255).all()


def test_noise_keeps_to_the_range_of_the_images() -> None:
    plain = Examples(drawn().images // 16, LABELS)
    images = kind("noise").examples(plain).images.astype(float)
    assert (images.min(), images.max()) == (0, 15)
    changed = np.abs(images[N:].reshape(-1, N, 12, 12, 1) - images[:N]).mean(axis=(1, 2, 3, 4))
    assert (np.diff(changed) > 0).all()


def test_squares_cover_as_many_pixels_as_their_side_says_anywhere_in_the_image() -> None:
    full = Examples(np.full((200, 20, 20, 1), 9, np.uint8), np.zeros(200, np.uint8))
    full.images[:, 0], full.images[:, -1], full.images[:, :, 0], full.images[:, :, -1] = 0, 0, 0, 0
    images = kind("occlusion").examples(full).images.reshape(-1, 200, 20, 20)
    lost = (full.images[..., 0] > images[1:]).sum(axis=(2, 3))
    for sides, level in zip(lost, kind("occlusion").levels, strict=True):
        assert sides.max() == min(level, 18) ** 2
    assert (full.images[..., 0] > images[1]).any(axis=0)[1:-1, 1:-1].mean() > 0.8


def test_inversion_exchanges_the_lowest_and_the_highest_value() -> None:
    plain = Examples(np.array([[[0, 4], [16, 10]]], np.uint8), LABELS[:1])
    assert find_evaluation("inversion").examples(plain).images.tolist() == [[[16, 12], [0, 6]]]


def test_the_sample_is_spread_evenly_over_the_set() -> None:
    many = Examples(np.zeros((3 * SAMPLE, 2, 2), np.uint8), (np.arange(3 * SAMPLE) // SAMPLE).astype(np.uint8))
    assert np.bincount(many.spread(SAMPLE).labels).tolist() == [167, 167, 166]
    assert len(drawn().spread(SAMPLE).labels) == N


def test_tiles_stay_whole_and_change_places() -> None:
    plain = Examples(RNG.integers(0, 256, (40, 28, 28, 1)).astype(np.uint8), np.zeros(40, np.uint8))
    images = kind("tiles").examples(plain).images[40:].reshape(4, 40, 28, 28)
    for shuffled, level in zip(images, kind("tiles").levels, strict=True):
        tiles = int(level)
        side = 28 // tiles
        for before, after in zip(plain.images[..., 0], shuffled, strict=True):
            assert sorted(_tiles(before, tiles, side)) == sorted(_tiles(after, tiles, side))
        stayed = np.mean(
            [
                a == b
                for before, after in zip(plain.images[..., 0], shuffled, strict=True)
                for a, b in zip(_tiles(before, tiles, side), _tiles(after, tiles, side), strict=True)
            ]
        )
        assert stayed == pytest.approx(1 / tiles**2, abs=0.1)


def _tiles(image: Values, tiles: int, side: int) -> list[bytes]:
    places = [(row * side, column * side) for row in range(tiles) for column in range(tiles)]
    return [image[row : row + side, column : column + side].tobytes() for row, column in places]


def test_what_is_left_over_beside_the_tiles_stays_in_place() -> None:
    plain = Examples(RNG.integers(0, 256, (5, 9, 30, 3)).astype(np.uint8), np.zeros(5, np.uint8))
    images = kind("tiles").examples(plain).images.reshape(5, 5, 9, 30, 3)
    assert np.array_equal(images[1][:, 8:], plain.images[:, 8:])
    assert np.array_equal(images[2][:, :, 28:], plain.images[:, :, 28:])
    pixels = np.sort(plain.images.reshape(5, -1, 3), axis=1)
    assert all(np.array_equal(np.sort(shuffled.reshape(5, -1, 3), axis=1), pixels) for shuffled in images[1:])
