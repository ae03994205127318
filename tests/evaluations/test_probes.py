"""Evaluations that look into a network: its first filters, and layers that follow a shift, where both are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from harness.arrays import Values
from harness.evaluations.equivariance import DIRECTIONS, SAMPLE, SHIFTS, Equivariance
from harness.evaluations.evaluation import Examples, Response, Scored
from harness.evaluations.filters import MOST_FILTERS, Filters, pictured

Layer = Callable[[Values], Values]
SIDE = 16


def pictures() -> Examples:
    """Blots that stay away from the edges."""
    images = np.zeros((60, SIDE, SIDE), np.uint8)
    images[:, 5:9, 5:9] = np.random.default_rng(0).integers(0, 255, (60, 4, 4))
    return Examples(images, np.zeros(60, np.uint8))


def agreement(*layers: tuple[Layer, tuple[int, int] | None]) -> dict[str, float]:
    """Return what is measured of a network whose layers are these functions of its inputs."""
    kind = Equivariance()
    examples = kind.examples(pictures())
    inputs = examples.images[..., np.newaxis].astype(np.float32)
    responses = [Response(layer(inputs), step) for layer, step in layers]
    scored = Scored(np.empty((0, 2), np.float32), examples.labels, 0.0, examples.images, (), responses)
    return dict(kind.measure(scored))


def pooled(images: Values) -> Values:
    """Return the means of 2 × 2 pixels."""
    count, height, width, channels = images.shape
    means: Values = images.reshape(count, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
    return means


def test_examples_are_the_sample_and_its_copies_moved_down_and_right() -> None:
    images = Equivariance().examples(pictures()).images
    blocks = images.reshape(1 + len(SHIFTS) * len(DIRECTIONS), SAMPLE, SIDE, SIDE)
    assert (blocks[1][:, 1:] == blocks[0][:, :-1]).all()
    assert (blocks[4][:, :, 4:] == blocks[0][:, :, :-4]).all()


def test_what_moves_with_the_image_is_equivariant_and_what_sums_it_up_invariant() -> None:
    found = agreement((np.square, (1, 1)), (lambda images: images.sum(axis=(1, 2)), None))
    assert {found["equivariance_by_1@1"], found["equivariance_by_4@1"]} == {1.0}
    assert found["invariance_by_4@1"] < 0.5
    assert {found["invariance_by_1@2"], found["invariance_by_4@2"]} == {1.0}
    assert not [name for name in found if name.startswith("equivariance") and name.endswith("@2")]


def test_pooling_follows_a_shift_by_whole_cells_alone() -> None:
    found = agreement((pooled, (2, 2)))
    assert found["equivariance_by_4@1"] == 1.0
    assert 0.2 < found["equivariance_by_1@1"] < 0.99


def test_a_layer_bound_to_its_place_does_not_follow() -> None:
    mask = np.random.default_rng(1).standard_normal((SIDE, SIDE, 1)).astype(np.float32)
    found = agreement((lambda images: images * mask, (1, 1)))
    assert found["equivariance_by_4@1"] < 0.5


def test_of_a_layer_that_answers_to_all_alike_nothing_is_known() -> None:
    assert agreement((np.zeros_like, (1, 1))) == {}


def test_a_shift_beyond_the_rows_that_there_are_is_left_out() -> None:
    found = agreement((lambda images: images[:, :3, :3], (1, 1)))
    assert not [name for name in found if name.startswith("equivariance_by_4")]


def kernel(filters: int = 3) -> Values:
    return np.random.default_rng(2).standard_normal((3, 3, 1, filters)).astype(np.float32)


def filters(*weights: Values) -> tuple[dict[str, float], Values | None]:
    kind, scored = Filters(), Scored(np.empty((0, 2), np.float32), np.empty(0, np.uint8), 0.0, weights=weights)
    return dict(kind.measure(scored)), kind.kept(scored)


def test_filters_are_kept_to_127_steps_of_the_largest_weight() -> None:
    _, kept = filters(np.ones(3), kernel(), kernel(5))
    assert kept is not None
    found = pictured(kept)
    assert found is not None
    assert found.shape == (3, 3, 1, 3)
    scale = abs(kernel()).max() / 127
    assert abs((found.astype(float) - 128) * scale - kernel()).max() <= scale / 2 + 1e-6


def test_of_many_filters_the_first_are_kept() -> None:
    _, kept = filters(kernel(MOST_FILTERS + 1))
    assert kept is not None
    assert pictured(kept).shape[-1] == MOST_FILTERS  # type: ignore[union-attr]


def test_an_edge_is_told_from_a_blur_and_a_filter_from_its_like() -> None:
    edge, blur = np.tile([-1.0, 0.0, 1.0], (3, 1)), np.ones((3, 3))
    found, _ = filters(np.stack([edge, blur], axis=-1)[:, :, np.newaxis])
    assert found == {"largest_weight": 1.0, "edges": 0.5, "likeness": pytest.approx(0.0)}
    found, _ = filters(np.stack([edge, -2 * edge], axis=-1)[:, :, np.newaxis])
    assert found == {"largest_weight": 2.0, "edges": 1.0, "likeness": pytest.approx(1.0)}


def test_dead_filters_and_a_single_one_have_numbers_too() -> None:
    assert filters(np.zeros((3, 3, 1, 2)))[0] == {"largest_weight": 0.0, "edges": 0.0, "likeness": 0.0}
    assert "likeness" not in filters(kernel(1))[0]


@pytest.mark.parametrize("kept", [b"", b"\x01" * 8, b"\xff" * 20, b"\x00" * 8, b"\x01\x00" * 4 + b"ab"])
def test_bytes_that_are_no_filters_are_none(kept: bytes) -> None:
    assert pictured(np.frombuffer(kept, np.uint8)) is None
