"""A trained Keras model: its scores, the files that it is saved as, and the scores that those give; trains nothing."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import keras
import numpy as np
import tensorflow as tf

from harness.backends.tensorflow.epoch import SCORED, of_classes
from harness.worker.backend import Array

Scorer = Callable[[Array], Array]


class TensorFlowModel:
    """A Keras model whose scores are probabilities, or logits."""

    def __init__(self, model: keras.Model, *, logits: bool) -> None:
        self._model = model
        self._logits = logits

    def scores(self, inputs: Array) -> Array:
        """Return the scores of each class."""
        return self._batched(_keras_scorer(self._model), inputs)

    def save(self, target: Path) -> None:
        """Write Keras' own file, an ONNX file, or a folder as TensorFlow Serving reads it."""
        # ONNX takes its names from a model that has been called.
        self._model(np.zeros((1, *self._model.input_shape[1:]), np.float32))
        with _quiet():
            if target.suffix == ".keras":
                self._model.save(target)
            elif target.suffix == ".onnx":
                self._model.export(target, format="onnx", verbose=False)
            else:
                self._model.export(target, format="tf_saved_model", verbose=False)

    def saved_scores(self, target: Path, inputs: Array) -> Array:
        """Return the scores that what was saved gives in Keras, ONNX Runtime or TensorFlow."""
        with _quiet():
            return self._batched(READERS.get(target.suffix, _saved_model_scorer)(target), inputs)

    def _batched(self, scorer: Scorer, inputs: Array) -> Array:
        parts = [scorer(inputs[first : first + SCORED]) for first in range(0, len(inputs), SCORED)]
        return of_classes(np.concatenate(parts), logits=self._logits)


def _keras_scorer(model: keras.Model) -> Scorer:
    return lambda inputs: np.asarray(model(inputs, training=False))


def _keras_file_scorer(target: Path) -> Scorer:
    return _keras_scorer(keras.models.load_model(target))


def _onnx_scorer(target: Path) -> Scorer:
    import onnxruntime  # noqa: PLC0415 - an extra

    session = onnxruntime.InferenceSession(target, providers=["CPUExecutionProvider"])
    [name] = [given.name for given in session.get_inputs()]
    return lambda inputs: np.asarray(session.run(None, {name: inputs})[0])


def _saved_model_scorer(target: Path) -> Scorer:
    loaded = tf.saved_model.load(str(target))  # its functions do not keep its variables
    return lambda inputs: np.asarray(loaded.serve(tf.constant(inputs)))


READERS: Mapping[str, Callable[[Path], Scorer]] = MappingProxyType(
    {".keras": _keras_file_scorer, ".onnx": _onnx_scorer}
)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the converters print and warn of to themselves."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
