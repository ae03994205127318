"""Uses a trained network in a process of its own, so that this one imports no framework; saves nothing itself."""

from __future__ import annotations

import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from harness.arrays import Values
from harness.declaration.files import cache_folder
from harness.errors import ModelFailed
from harness.execute.process_start import ONE_THREAD, main_hidden, process_context, process_folder, variables_set
from harness.planning.trial import Trial
from harness.worker.backend import Array
from harness.worker.model import ModelJob, use_model
from harness.worker.preload import preload_variables


def model_scores(
    trial: Trial, weights: tuple[Array, ...], images: Values | None = None, target: Path | None = None
) -> Array:
    """Return the network's scores of the images, or of the first test examples; save it where a target is given.

    Raises:
        ModelFailed: The framework can't do it, in its own words.
    """
    with tempfile.TemporaryDirectory(dir=process_folder()) as folder:
        job = ModelJob(trial, weights, cache_folder(), Path(folder, "log"), images, target)
        variables = {**ONE_THREAD, **preload_variables(trial.computation.backend, process_folder())}
        try:
            with ProcessPoolExecutor(1, mp_context=process_context()) as pool, main_hidden(), variables_set(variables):
                return pool.submit(use_model, job).result()
        except Exception as error:
            reason = next(iter(str(error).strip().splitlines()), "no message")
            raise ModelFailed(trial.label, f"{type(error).__name__}: {reason}") from error
