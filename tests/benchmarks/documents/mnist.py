"""MNIST for the documents' scripts, in the shape that ``keras.datasets.mnist`` gives it; scales nothing."""

from __future__ import annotations

import os

from harness.arrays import Bytes
from harness.data.declarations import find_dataset
from harness.data.fetching import fetch

EXAMPLES = "BENCH_DOCUMENT_EXAMPLES"
"""Keep so many training and test examples only: a script is tried in seconds, its time then means nothing."""

Split = tuple[Bytes, Bytes]


def load_data() -> tuple[Split, Split]:
    """Return (training images, labels), (test images, labels), all uint8, from the verified cache."""
    data = fetch(find_dataset("mnist"))
    kept = int(os.environ[EXAMPLES]) if EXAMPLES in os.environ else None
    train = data.train_images[:kept], data.train_labels[:kept]
    test = data.test_images[:kept], data.test_labels[:kept]
    return train, test
