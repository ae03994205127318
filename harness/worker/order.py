"""The order of the examples in each epoch: the harness's own, so that no version of Keras changes it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def epoch_order(seed: int, epoch: int, examples: int) -> npt.NDArray[np.int32]:
    """Return a permutation of the examples' indices, shape (examples,); the first epoch is 1.

    Keras' own shuffle depends on its version, and in some not on the seed.
    """
    return np.random.default_rng((seed, epoch)).permutation(examples).astype(np.int32)
