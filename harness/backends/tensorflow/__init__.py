"""Keras on TensorFlow: the only folder whose modules import either, and never when this one is imported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.backends.tensorflow.network import TensorFlow


# Where Keras keeps the weights that it publishes for the user.
WEIGHTS_FOLDER = "BENCH_KERAS_WEIGHTS"


def variables(folder: Path) -> dict[str, str]:
    """Return the environment variables that TensorFlow and Keras must find when they are imported.

    No greetings; and none of the user's own settings of Keras, which could change its backend or the precision.
    """
    own = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "models"
    return {
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "KERAS_BACKEND": "tensorflow",
        "KERAS_HOME": str(folder),
        WEIGHTS_FOLDER: os.environ.get(WEIGHTS_FOLDER, str(own)),
    }


def load() -> TensorFlow:
    """Import TensorFlow and Keras."""
    from harness.backends.tensorflow.network import TensorFlow  # noqa: PLC0415 - takes seconds

    return TensorFlow()
