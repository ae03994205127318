"""The order of the examples belongs to the harness: seed and epoch decide it, nothing else."""

from __future__ import annotations

import numpy as np

from harness.worker.order import epoch_order


def test_order_is_the_documented_permutation() -> None:
    expected = np.random.default_rng((3, 2)).permutation(1_000)
    assert np.array_equal(epoch_order(seed=3, epoch=2, examples=1_000), expected)


def test_order_changes_with_seed_and_with_epoch() -> None:
    orders = [epoch_order(seed, epoch, 100).tolist() for seed in (0, 1) for epoch in (1, 2)]
    assert len({tuple(order) for order in orders}) == 4


def test_order_visits_every_example_once() -> None:
    assert sorted(epoch_order(0, 1, 50).tolist()) == list(range(50))
