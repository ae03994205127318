"""Weights that Keras publishes: its own cache, where a trial finds them, and their digest; it loads none itself."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import keras

from harness.backends.tensorflow import WEIGHTS_FOLDER
from harness.records.weights import weights_digest

SUBFOLDER = "models"


def share_weights_folder() -> None:
    """Let Keras, whose home is a run's own folder, find weights and keep them where it does so for the user."""
    home, own = os.environ.get("KERAS_HOME"), os.environ.get(WEIGHTS_FOLDER)
    if home is None or own is None:
        return
    Path(own).mkdir(parents=True, exist_ok=True)
    Path(home).mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):  # another trial of the run has done it
        (Path(home) / SUBFOLDER).symlink_to(Path(own).absolute(), target_is_directory=True)


def pretrained_digest(layers: Iterable[keras.Layer]) -> str | None:
    """Return the digest of the weights that were published; None where there are none."""
    found = [layer for layer in layers if getattr(layer, "pretrained_on", None)]
    return weights_digest([weight for layer in found for weight in layer.get_weights()]) if found else None
