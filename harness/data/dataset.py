"""A data set in memory, verified and read-only; scales, shuffles and converts nothing."""

from __future__ import annotations

from dataclasses import dataclass

from harness.data.idx import Bytes


@dataclass(frozen=True)
class Dataset:
    """Images and labels as published.

    For MNIST: ``train_images`` (60000, 28, 28), ``train_labels`` (60000,), ``test_images`` (10000, 28, 28),
    ``test_labels`` (10000,), all uint8. ``sha256`` is one digest of the four published digests.
    """

    name: str
    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes
    sha256: str
